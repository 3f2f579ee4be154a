package vapi

import (
	"testing"
	"time"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		name   string
		known  bool
		reply  ReplyKind
		budget time.Duration
	}{
		{"assistant-request", true, ReplyJSON, 7500 * time.Millisecond},
		{"tool-calls", true, ReplyJSON, 20 * time.Second},
		{"transfer-destination-request", true, ReplyJSON, 20 * time.Second},
		{"handoff-destination-request", true, ReplyJSON, 20 * time.Second},
		{"knowledge-base-request", true, ReplyJSON, 20 * time.Second},
		{"voice-request", true, ReplyAudio, 20 * time.Second},
		{"call.endpointing.request", true, ReplyJSON, 20 * time.Second},
		{"campaign.predial", true, ReplyJSON, 20 * time.Second},
		{"status-update", true, ReplyNone, 0},
		{"function-call", true, ReplyNone, 0},
		{"transcript", true, ReplyNone, 0},
		{`transcript[transcriptType="final"]`, true, ReplyNone, 0},
		{`transcript[transcriptType="partial"]`, true, ReplyNone, 0},
		{"transcript[", false, ReplyNone, 0},
		{"brand-new-event", false, ReplyNone, 0},
		{"", false, ReplyNone, 0},
	} {
		got, known := Lookup(c.name)
		if known != c.known || got.Reply != c.reply || got.Budget != c.budget {
			t.Errorf("Lookup(%q) = %+v, %v", c.name, got, known)
		}
		if known && got.Name != c.name {
			t.Errorf("Lookup(%q) renames it to %q", c.name, got.Name)
		}
		if want := c.reply != ReplyNone; WantsReply(c.name) != want {
			t.Errorf("WantsReply(%q) = %v", c.name, !want)
		}
	}
}

func TestTypesCannotBeChangedFromOutside(t *testing.T) {
	Types()[0].Name = "mine"
	if Types()[0].Name != "assistant-request" {
		t.Error("the catalogue was changed through what Types returns")
	}
}

func TestBudget(t *testing.T) {
	call := `"toolCallList":[{"id":"a","name":"f"},{"id":"b","name":"g"}]`
	for _, c := range []struct {
		name string
		r    Request
		want time.Duration
	}{
		{"fixed", message(`"type":"assistant-request","assistant":{"server":{"timeoutSeconds":60}}`), 7500 * time.Millisecond},
		{"default", message(`"type":"tool-calls",` + call), 20 * time.Second},
		{"of the assistant", message(`"type":"tool-calls",` + call + `,"assistant":{"server":{"timeoutSeconds":45}}`), 45 * time.Second},
		{"the least patient tool", message(`"type":"tool-calls",` + call + `,"toolWithToolCallList":[
			{"server":{"timeoutSeconds":60},"toolCall":{"id":"a"}},{"server":{"timeoutSeconds":5},"toolCall":{"id":"b"}}]`), 5 * time.Second},
		{"an async tool does not count", message(`"type":"tool-calls",` + call + `,"toolWithToolCallList":[
			{"server":{"timeoutSeconds":60},"toolCall":{"id":"a"}},{"async":true,"server":{"timeoutSeconds":5},"toolCall":{"id":"b"}}]`), time.Minute},
		{"all async", message(`"type":"tool-calls","toolWithToolCallList":[{"async":true,"toolCall":{"id":"a"}}]`), 0},
		{"a timeout that cannot be", message(`"type":"tool-calls","toolWithToolCallList":[{"server":{"timeoutSeconds":1e9},"toolCall":{"id":"a"}}]`), 20 * time.Second},
		{"the voice's own server", message(`"type":"voice-request","assistant":{"server":{"timeoutSeconds":9},"voice":{"server":{"timeoutSeconds":3}}}`), 3 * time.Second},
		{"no reply wanted", message(`"type":"transcript"`), 0},
		{"chat completion", posted(`{"model":"m","messages":[]}`), 0},
	} {
		if got := Budget(Identify(c.r), c.r); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
