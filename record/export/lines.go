package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"vapitap/record"
)

// JSONLines writes each exchange as one JSON object on a line of its own, in the
// documented form of vapitap show --json: all that is known of it, headers and
// bodies included.
func JSONLines(w io.Writer, s Source, o Options) (Tally, error) {
	c := newCleaning(o)
	if err := c.learn(s, nil); err != nil {
		return c.tally, err
	}
	out := bufio.NewWriter(w)
	err := s.each(func(e *record.Exchange) error {
		text, err := c.exchange(e).ShowJSON(true)
		if err != nil {
			return err
		}
		_, err = out.Write(append(c.json(text), '\n')) // tool calls have what other exchanges show
		return err
	})
	if err != nil {
		return c.tally, err
	}
	return c.tally, out.Flush()
}

// Commands writes for each exchange the command that sends its request again, as
// Curl does, with a line before each that says which it is where there are
// several.
func Commands(w io.Writer, s Source, o Options) (Tally, error) {
	c := newCleaning(o)
	if err := c.learn(s, nil); err != nil {
		return c.tally, err
	}
	out := bufio.NewWriter(w)
	err := s.each(func(e *record.Exchange) error {
		e = c.exchange(e)
		target := e.Target
		if o.Target != nil {
			var err error
			if target, err = o.Target(e); err != nil {
				return fmt.Errorf("exchange %d: %w", e.ID, err)
			}
		}
		if c.tally.Exchanges > 1 {
			fmt.Fprintln(out)
		}
		if len(s.IDs) > 1 {
			fmt.Fprintf(out, "# %d %s\n", e.ID, harmless(named(e)))
		}
		_, err := fmt.Fprintln(out, Curl(e, target, true))
		return err
	})
	if err != nil {
		return c.tally, err
	}
	return c.tally, out.Flush()
}

// harmless returns words that mean nothing to a shell, also to one in which a #
// begins no comment, as when they are pasted into zsh.
func harmless(words string) string {
	const most = 60
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '_' || r == '/' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, words)
	return plain[:min(len(plain), most)]
}
