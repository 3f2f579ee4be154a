package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
)

// listing writes exchanges to standard output: one JSON object a line, or one
// line to read each. On a terminal headings tell days and calls apart; elsewhere
// there are none, so that each line can be searched for and counted.
type listing struct {
	style    style
	out      *bufio.Writer
	json     bool
	headings bool
	day      string // of the exchange before
	call     string // the last call that there was an exchange of
	last     int64  // the id of the exchange before
}

func (a *app) listing(asJSON bool) *listing {
	return &listing{
		style: a.style, out: bufio.NewWriterSize(a.out, 64<<10),
		json: asJSON, headings: !asJSON && onTerminal(a.out),
	}
}

// add writes one exchange.
func (l *listing) add(e *record.Exchange) error {
	l.last = e.ID
	if l.json {
		return jsonWriter(l.out, e)
	}
	if l.headings {
		if heading := l.heading(e); heading != "" {
			fmt.Fprintln(l.out, l.style.muted(heading))
		}
	}
	_, err := fmt.Fprintln(l.out, l.style.line(e))
	return err
}

// heading returns what is new with e: its day, its call. The call is written as
// the filter that picks it.
func (l *listing) heading(e *record.Exchange) string {
	var news []string
	if day := e.Time.Local().Format("Mon 2 Jan 2006"); day != l.day {
		l.day = day
		news = append(news, day)
	}
	if e.CallID != "" && e.CallID != l.call {
		l.call = e.CallID
		news = append(news, "call:"+plain.Text(e.CallID))
	}
	if news == nil {
		return ""
	}
	return "── " + strings.Join(news, " · ") + " ──"
}

func (l *listing) flush() error { return l.out.Flush() }

// empty reports whether nothing was added.
func (l *listing) empty() bool { return l.last == 0 }

// follow goes on with what is recorded after the last exchange that was added,
// until ctx ends or the store is closed.
func (l *listing) follow(ctx context.Context, store *record.Store, watcher *record.Watcher, q record.Query) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-watcher.C():
			if !open {
				return nil
			}
		}
		changed, err := watcher.Read()
		for err == nil && len(changed) > 0 {
			if err = l.addNew(ctx, store, changed, q); err == nil {
				changed, err = watcher.Read()
			}
		}
		if err == nil {
			err = l.flush()
		}
		if err != nil {
			return err
		}
	}
}

// addNew adds those of changed that q picks and that are new: an exchange comes
// again each time it is amended.
func (l *listing) addNew(ctx context.Context, store *record.Store, changed []record.Exchange, q record.Query) error {
	for i := range changed {
		e := &changed[i]
		if e.ID <= l.last || q.Session != "" && e.Session != q.Session {
			continue
		}
		picked, err := picks(ctx, store, q.Filter, e)
		if err != nil {
			return err
		}
		if picked {
			if err := l.add(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// picks reports whether a filter picks an exchange that was read without its
// headers and bodies, which are read where the filter asks for them.
func picks(ctx context.Context, store *record.Store, filter *record.Filter, e *record.Exchange) (bool, error) {
	if !filter.Candidate(e) {
		return false, nil
	}
	if filter.NeedsPayload() {
		err := store.Load(ctx, e)
		if errors.Is(err, record.ErrNoExchange) {
			return false, nil // deleted meanwhile
		}
		if err != nil {
			return false, err
		}
	}
	return filter.Match(e), nil
}
