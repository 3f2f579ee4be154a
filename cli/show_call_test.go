package cli

import (
	"bufio"
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// demoCall plays the demo's call and returns the account of it.
func demoCall(t *testing.T) *timeline.Call {
	t.Helper()
	db := filepath.Join(t.TempDir(), "demo.db")
	var out, errOut bytes.Buffer
	if status := Main([]string{"demo", "--fast", "--port", "0", "--output", "text", "--db", db}, strings.NewReader(""), &out, &errOut); status != 0 {
		t.Fatalf("demo: status %d\n%s", status, errOut.String())
	}
	store, err := record.Open(db, record.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx := context.Background()
	id, err := callNamed(ctx, store, lastCall)
	if err != nil {
		t.Fatal(err)
	}
	call, err := timeline.Read(ctx, store, id)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// The account of the demo's call fits the terminal, whatever its width.
func TestCallFitsTheTerminal(t *testing.T) {
	call := demoCall(t)
	for _, width := range []int{60, 80, 120, 200} {
		var out bytes.Buffer
		a := &app{out: &out, style: style{width: width}}
		if err := a.showCallText(call); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if ansi.StringWidth(line) > width && !strings.Contains(line, "https://") { // an address is not cut
				t.Errorf("%d cells in a terminal of %d: %s", ansi.StringWidth(line), width, line)
			}
		}
		for _, part := range []string{"\ntimeline\n", "\nconversation\n", "\ntool calls\n", "\nturns: ", "\ncost: ", "\nwhat failed\n", "\nhow it ended\n"} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%q is missing at %d cells", part, width)
			}
		}
	}
}

// A turn has the same columns as its heading, at any width.
func TestTurnsStandBelowTheirHeadings(t *testing.T) {
	call := &timeline.Call{ID: "c", Turns: []timeline.Turn{
		{N: 1, Endpointing: 300 * time.Millisecond, Model: 2 * time.Second, Server: 900 * time.Millisecond, Voice: time.Millisecond, Total: 3 * time.Second},
		{N: 12, Timed: true, Offset: 5 * time.Hour, Model: 90 * time.Second, Total: 90 * time.Second, Estimated: true},
	}}
	for _, c := range []struct {
		width int
		want  string
	}{
		{75, `  turn       at     total   ░ endp.   ▓ model  █ server   ▚ voice
     1              3.0 s    300 ms     2.0 s    900 ms      1 ms
    12  5:00:00 ~1 m 30 s           ~1 m 30 s
`},
		{100, `  turn       at     total  ░ endpointing   ▓ model  █ your server   ▚ voice
     1              3.0 s         300 ms     2.0 s         900 ms      1 ms  ▓
    12  5:00:00 ~1 m 30 s                ~1 m 30 s                           ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
`},
	} {
		var out bytes.Buffer
		s := account{sheet: sheet{style: style{width: c.width}, out: bufio.NewWriter(&out)}, call: call}
		s.latency()
		s.out.Flush()
		var got strings.Builder
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "(") {
				break
			}
			if !strings.HasPrefix(line, "turns:") {
				got.WriteString(strings.TrimRight(line, " \n") + "\n")
			}
		}
		if got.String() != c.want {
			t.Errorf("at %d cells\n got\n%swant\n%s", c.width, got.String(), c.want)
		}
	}
}

func TestPosition(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0:00.0"}, {4349 * time.Millisecond, "0:04.3"}, {59960 * time.Millisecond, "1:00.0"}, {80 * time.Second, "1:20.0"},
		{time.Hour - 50*time.Millisecond, "1:00:00"}, {62*time.Minute + 3*time.Second, "1:02:03"}, {-2 * time.Second, "-0:02.0"},
	} {
		if got := plain.Offset(c.d); got != c.want {
			t.Errorf("%s: %s, want %s", c.d, got, c.want)
		}
	}
}

func TestFolds(t *testing.T) {
	for _, c := range []struct {
		name string
		e    record.Exchange
		want bool
	}{
		{"a speech-update", record.Exchange{Status: 200, Identity: vapi.Identity{Kind: vapi.KindServer, Type: "speech-update"}}, true},
		{"one that was not answered well", record.Exchange{Status: 500, Identity: vapi.Identity{Kind: vapi.KindServer, Type: "speech-update"}}, false},
		{"one that broke off", record.Exchange{Status: 200, Error: "client went away", Identity: vapi.Identity{Kind: vapi.KindServer, Type: "speech-update"}}, false},
		{"a partial transcript", record.Exchange{Status: 200, Summary: `user: "Hi" (partial)`, Identity: vapi.Identity{Kind: vapi.KindServer, Type: "transcript"}}, true},
		{"somebody says (partial)", record.Exchange{Status: 200, Summary: `user: "Hi (partial)"`, Identity: vapi.Identity{Kind: vapi.KindServer, Type: "transcript"}}, false},
		{"another caller's", record.Exchange{Status: 200, Identity: vapi.Identity{Kind: vapi.KindHTTP, Type: "speech-update"}}, false},
	} {
		if got := folds(&c.e); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
