package cli

import (
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/vapi"
)

// That no reply came is said once on a line, where a status would stand.
func TestLineWithoutReply(t *testing.T) {
	e := &record.Exchange{Identity: vapi.Identity{Type: "tool-calls"}, Summary: `get_weather(city: "Oslo") → no answer`}
	if line := (style{}).line(e); !strings.HasSuffix(line, ` no reply get_weather(city: "Oslo")`) {
		t.Error(line)
	}
	e.Status = 502 // vapitap's own, in the place of one
	if line := (style{}).line(e); !strings.HasSuffix(line, ` 502 get_weather(city: "Oslo") → no answer`) {
		t.Error(line)
	}
}
