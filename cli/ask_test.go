package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

func TestAsk(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Y\r\n": true, " yes \n": true, "y": true,
		"\n": false, "n\n": false, "": false, "yesterday\n": false, "\ny\n": false,
	} {
		var said bytes.Buffer
		a := &app{in: strings.NewReader(answer), err: &said}
		if got := a.ask(t.Context(), "delete all 3 exchanges?"); got != want {
			t.Errorf("%q: %v, want %v", answer, got, want)
		}
		if said.String() != "delete all 3 exchanges? [y/N] " {
			t.Errorf("asked %q", &said)
		}
	}
}

func TestAskEndsWhenInterrupted(t *testing.T) {
	in, answer := io.Pipe()
	defer answer.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	a := &app{in: in, err: io.Discard}
	if a.ask(ctx, "delete?") {
		t.Error("an interrupt is taken for a yes")
	}
}

func TestTheNullDeviceIsNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if onTerminal(null) || onTerminal(&bytes.Buffer{}) || onTerminal(nil) {
		t.Error("something is taken for a terminal")
	}
}
