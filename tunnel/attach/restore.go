package attach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/vapi/api"
)

// Result is what became of an attachment.
type Result string

// The results.
const (
	Moved    Result = "moved"    // it points at the new public URL
	Restored Result = "restored" // the old value is back
	Already  Result = "already"  // the old value was back already
	Left     Result = "left"     // somebody else changed it, and it is left so
	Taken    Result = "taken"    // another vapitap has it now and puts it back
	Failed   Result = "failed"   // it could not be done; the journal has what is owed
)

// Outcome is what became of one attachment.
type Outcome struct {
	Object
	Result     Result
	URL        string // what stands there now, as far as it is known; "" for none
	SecretLost bool   // an old serverUrlSecret could not be put back, because it was never shown
	Err        error  // why it failed
}

// String tells it to a person, in one line.
func (o Outcome) String() string {
	text := ""
	switch o.Result {
	case Moved:
		text = fmt.Sprintf("%s points at %s now", o.Object, shownURL(o.URL))
	case Restored:
		text = fmt.Sprintf("%s is back at %s", o.Object, orNone(o.URL))
	case Already:
		text = fmt.Sprintf("%s was back at %s already", o.Object, orNone(o.URL))
	case Left:
		text = fmt.Sprintf("%s is left as it is: somebody changed its server URL to %s meanwhile", o.Object, orNone(o.URL))
	case Taken:
		text = fmt.Sprintf("%s is left to another vapitap, which points it at %s and puts it back", o.Object, orNone(o.URL))
	case Failed:
		return fmt.Sprintf("%s is not put back: %v", o.Object, withoutHint(o.Err))
	}
	if o.SecretLost {
		text += "; its serverUrlSecret is not: Vapi does not show it, set it again in the dashboard"
	}
	return text
}

func (o Outcome) failed(err error) Outcome {
	o.Result, o.Err = Failed, err
	return o
}

// orNone shows a URL that may not be there.
func orNone(address string) string {
	if address == "" {
		return "no server URL"
	}
	return shownURL(address)
}

// withoutHint is what an error says, without what it says to do.
func withoutHint(err error) string {
	what, _, _ := strings.Cut(err.Error(), "\nhint: ")
	return what
}

// Restore puts back what this Attacher has attached, the latest first, and tells
// of each. What failed stays in the journal and is tried again by the next
// Restore.
func (a *Attacher) Restore(ctx context.Context) []Outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	var outcomes []Outcome
	var owed []*Entry
	for _, e := range slices.Backward(a.held) {
		o := a.putBack(ctx, e, true)
		if o.Result == Failed {
			owed = append([]*Entry{e}, owed...)
		}
		outcomes = append(outcomes, o)
	}
	a.held = owed
	return outcomes
}

// Owed returns the entries of processes that have ended without putting back what
// they attached, through whatever API, and errors for what cannot be read.
func (j *Journal) Owed() (owed []*Entry, unreadable []error) {
	entries, unreadable := j.Entries()
	for _, e := range entries {
		if e.Owner != "" && !j.alive(e.Owner) {
			owed = append(owed, e)
		}
	}
	return owed, unreadable
}

// Recover puts back what processes left that were killed, and tells of each.
func (a *Attacher) Recover(ctx context.Context) []Outcome {
	owed, _ := a.Journal.Owed()
	return a.putBackAll(ctx, owed, true)
}

// Detach puts back all that the journal has, or what pick picks, where it is not
// nil: the originals, also where the vapitap that attached them still runs. The
// errors are those of files that cannot be read.
func (a *Attacher) Detach(ctx context.Context, pick func(*Entry) bool) ([]Outcome, []error) {
	entries, unreadable := a.Journal.Entries()
	if pick != nil {
		entries = slices.DeleteFunc(entries, func(e *Entry) bool { return !pick(e) })
	}
	return a.putBackAll(ctx, entries, false), unreadable
}

// putBackAll puts entries back, the latest first.
func (a *Attacher) putBackAll(ctx context.Context, entries []*Entry, toFound bool) []Outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	var outcomes []Outcome
	for _, e := range slices.Backward(entries) {
		outcomes = append(outcomes, a.putBack(ctx, e, toFound))
	}
	a.Journal.sweep()
	return outcomes
}

// putBack puts one object back, if its URL is still ours, and takes the entry out
// of the journal. With toFound the URL of another vapitap that still runs is put
// back where that was found, and not the original.
func (a *Attacher) putBack(ctx context.Context, e *Entry, toFound bool) Outcome {
	o := Outcome{Object: e.object()}
	if e.API != a.API.BaseURL() {
		return o.failed(fmt.Errorf("it was attached through %s, and this is %s: set %s", e.API, a.API.BaseURL(), api.BaseURLVariable))
	}
	raw, err := a.API.Get(ctx, e.Kind, e.ID)
	if err != nil {
		if errors.Is(err, api.ErrNotFound) && e.file != "" {
			err = fmt.Errorf("%s; if it was deleted, delete %s", withoutHint(err), e.file)
		}
		return o.failed(err)
	}
	now, _ := URLOf(raw)
	if !e.owns(now) {
		return a.leave(e, o, now)
	}
	if toFound && a.lives(e, now) { // it goes on at the same public URL
		o.Result, o.URL = Taken, now
		return a.forget(e, o)
	}
	fields, address := e.Fields, e.original()
	if toFound && e.Found != "" && a.lives(e, e.Found) {
		fields, address = []Field{{Path: e.Fields[0].Path, Was: jsonpath.Quote(e.Found)}}, jsonpath.Quote(e.Found)
	}
	if sameURL(now, unquote(address)) && len(fields) == 1 {
		o.Result, o.URL = Already, now
		return a.forget(e, o)
	}
	return a.forget(e, a.send(ctx, e, o, raw, fields, address))
}

// original returns the JSON text of the URL that stood there first, nil for none.
func (e *Entry) original() []byte {
	for _, f := range e.Fields {
		if f.Path != pathSecret {
			return f.Was
		}
	}
	return nil
}

// send changes an object back. Fields name what, address is its URL.
func (a *Attacher) send(ctx context.Context, e *Entry, o Outcome, raw []byte, fields []Field, address []byte) Outcome {
	patches, err := revert(raw, fields, address)
	if err != nil {
		return o.failed(err)
	}
	var answer []byte
	for _, patch := range patches {
		if answer, err = a.API.Patch(ctx, e.Kind, e.ID, patch); err == nil || !errors.Is(err, api.ErrInvalid) {
			break
		}
	}
	if err != nil { // it may have been done all the same
		var unread error
		if answer, unread = a.API.Get(ctx, e.Kind, e.ID); unread != nil {
			return o.failed(err)
		}
	}
	if o.URL, _ = URLOf(answer); e.owns(o.URL) && !sameURL(o.URL, unquote(address)) {
		if err == nil {
			err = fmt.Errorf("the change was taken, but the server URL is still %s", shownURL(o.URL))
		}
		return o.failed(err)
	}
	o.Result = Restored
	for _, f := range fields {
		o.SecretLost = o.SecretLost || f.Hidden
	}
	return o
}

// leave leaves an object whose URL is not ours any more.
func (a *Attacher) leave(e *Entry, o Outcome, now string) Outcome {
	o.URL = now
	switch {
	case sameURL(now, e.was()) || now == e.was():
		o.Result = Already
	case a.lives(e, now) || a.inJournal(e, now):
		o.Result = Taken
	default:
		o.Result = Left
	}
	return a.forget(e, o)
}

// forget takes an entry out of the journal whose outcome is no failure.
func (a *Attacher) forget(e *Entry, o Outcome) Outcome {
	if o.Result == Failed {
		return o
	}
	if err := a.Journal.remove(e); err != nil {
		return o.failed(fmt.Errorf("take it out of the journal: %w", err))
	}
	return o
}

// lives reports whether a URL is that of another vapitap which still runs and has
// the same object attached.
func (a *Attacher) lives(e *Entry, address string) bool {
	return a.others(e, func(other *Entry) bool { return other.owns(address) && a.Journal.alive(other.Owner) })
}

// inJournal reports whether a URL is that of another vapitap, alive or dead.
func (a *Attacher) inJournal(e *Entry, address string) bool {
	return a.others(e, func(other *Entry) bool { return other.owns(address) })
}

func (a *Attacher) others(e *Entry, are func(*Entry) bool) bool {
	entries, _ := a.Journal.Entries()
	return slices.ContainsFunc(entries, func(other *Entry) bool { return other.about(e) && other.file != e.file && are(other) })
}
