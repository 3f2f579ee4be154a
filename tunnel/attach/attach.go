package attach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"vapitap/vapi/api"
)

// Attacher attaches and puts back. API and Journal are required. Its methods may
// be called by several goroutines, one at a time gets through.
type Attacher struct {
	API     *api.Client
	Journal *Journal

	// Stays leaves what is attached when the process ends, for Detach to put back.
	// Otherwise it belongs to this process: Restore puts it back, and after a kill
	// the Recover of the next one.
	Stays bool
	// Secret is written as serverUrlSecret beside a serverUrl; empty writes none.
	// Objects of the current shape have credentials, which are left alone.
	Secret string

	mu   sync.Mutex
	held []*Entry // of this process, oldest first
}

// afterwards is how long may be taken to find out, or to put right, what became of
// a change that was broken off.
const afterwards = 20 * time.Second

// Attach does what a plan says: all of it, or, where an error comes in between,
// nothing: what was changed already is put back. The error says so where that did
// not work either; the journal then has what is owed.
func (a *Attacher) Attach(ctx context.Context, p *Plan) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := len(a.held)
	for _, c := range p.Changes {
		if err := a.change(ctx, c); err != nil {
			return a.undo(ctx, before, fmt.Errorf("attach %s: %w", c.Object, err))
		}
	}
	return nil
}

// undo puts back what was attached since there were n attachments, because of err.
func (a *Attacher) undo(ctx context.Context, n int, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	var owed []string
	for _, e := range slices.Backward(a.held[n:]) {
		if o := a.putBack(ctx, e, true); o.Result == Failed {
			owed = append(owed, o.String())
		}
	}
	a.held = a.held[:n]
	if owed == nil {
		return err
	}
	return &undoError{err, owed}
}

// undoError is why something was not attached, and what could not be undone.
type undoError struct {
	err  error
	owed []string
}

func (e *undoError) Unwrap() error { return e.err }

func (e *undoError) Error() string {
	return withoutHint(e.err) + "\n" + strings.Join(e.owed, "\n") + "\nhint: vapitap detach puts back what is owed"
}

// Attached returns what this Attacher has attached and not put back.
func (a *Attacher) Attached() []Object {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []Object
	for _, e := range a.held {
		list = append(list, e.object())
	}
	return list
}

// change points one object at its new URL.
func (a *Attacher) change(ctx context.Context, c Change) error {
	others, _ := a.Journal.Entries() // before the object is read: its entry may be gone after
	raw, err := a.API.Get(ctx, c.Kind, c.ID)
	if err != nil {
		return err
	}
	now, shape := URLOf(raw)
	if now != c.From {
		return fmt.Errorf("its server URL was changed meanwhile, from %s to %s; it is left so\nhint: look who else works on it, and try again", orNone(c.From), orNone(now))
	}
	e := &Entry{Version: 1, Kind: c.Kind, ID: c.ID, Name: c.Name, Number: c.Number, API: a.API.BaseURL(), Ours: []string{c.To}, Time: time.Now()}
	if !a.Stays {
		e.Owner = a.Journal.owner
	}
	others = a.claimed(others, e, now)
	if c.There() && len(others) == 0 {
		return nil // somebody set it for good, and it stays
	}
	if err := a.write(ctx, e, raw, shape, c.To, others); err != nil {
		return err
	}
	a.held = append(a.held, e)
	return a.replace(others)
}

// claimed returns the entries by which the URL that stands in an object is a
// vapitap's, the newest last.
func (a *Attacher) claimed(entries []*Entry, e *Entry, now string) []*Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(other *Entry) bool { return !other.about(e) || !other.owns(now) })
}

// replace takes the entries out of the journal that a newer one stands in for:
// those that nobody lives to put back.
func (a *Attacher) replace(others []*Entry) error {
	for _, other := range others {
		if !a.Journal.alive(other.Owner) {
			if err := a.Journal.remove(other); err != nil {
				return err
			}
		}
	}
	return nil
}

// write puts the entry into the journal and the URL into the object.
func (a *Attacher) write(ctx context.Context, e *Entry, raw []byte, shape Shape, to string, others []*Entry) error {
	var err error
	for i, s := range shapesToTry(shape) {
		if i > 0 && !errors.Is(err, api.ErrInvalid) {
			break
		}
		var r revision
		if r, err = revise(raw, s, to, a.Secret); err != nil {
			return err
		}
		e.Fields = r.fields
		if len(others) > 0 { // what stands there is a vapitap's; the original is in its entry
			e.Found, _ = URLOf(raw)
			e.Fields = inherited(others[len(others)-1].Fields, r.fields)
		}
		if err := a.Journal.write(e); err != nil {
			return err
		}
		if now, _ := URLOf(raw); sameURL(now, to) {
			return nil // it points there already, and is ours to put back
		}
		if err = a.patch(ctx, e, r.patch, to); err == nil {
			return nil
		}
	}
	return err
}

// inherited are the fields to put back where another vapitap changed them before:
// what it knows of the original, and what is only changed now.
func inherited(original, now []Field) []Field {
	knowsSecret := slices.ContainsFunc(original, func(f Field) bool { return f.Path == pathSecret })
	for _, f := range now {
		if f.Path == pathSecret && !knowsSecret {
			return append(slices.Clip(original), f)
		}
	}
	return original
}

// shapesToTry are the shapes to write for the shape that was read: where there was
// none, the older after the current.
func shapesToTry(read Shape) []Shape {
	if read == ShapeNone {
		return []Shape{ShapeCurrent, ShapeOlder}
	}
	return []Shape{read}
}

// patch sends a change that makes to the object's URL. Where it is not done, the
// entry is out of the journal again; where nobody knows, it stays, and the error
// says what is owed.
func (a *Attacher) patch(ctx context.Context, e *Entry, change []byte, to string) error {
	answer, err := a.API.Patch(ctx, e.Kind, e.ID, change)
	if err == nil {
		if now, _ := URLOf(answer); sameURL(now, to) {
			return nil
		}
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	raw, unread := a.API.Get(after, e.Kind, e.ID)
	if unread != nil {
		if err != nil && !api.Uncertain(err) {
			return errors.Join(err, a.Journal.remove(e)) // it was refused
		}
		return &OwedError{Object: e.object(), Err: cmp.Or(err, unread)}
	}
	now, _ := URLOf(raw)
	switch {
	case sameURL(now, to) && ctx.Err() == nil:
		return nil // it was done after all
	case sameURL(now, to):
		if o := a.putBack(after, e, true); o.Result == Failed {
			return o.Err
		}
		return ctx.Err()
	case err == nil:
		err = fmt.Errorf("the change was taken, but the server URL is %s now, not %s", orNone(now), shownURL(to))
	}
	return errors.Join(err, a.Journal.remove(e))
}

// OwedError is that nobody knows whether something was changed, or that it could
// not be put back: the journal has it, and vapitap detach owes it.
type OwedError struct {
	Object Object
	Err    error
}

func (e *OwedError) Unwrap() error { return e.Err }

// Error says it with what to do in place of what the cause says to do.
func (e *OwedError) Error() string {
	return fmt.Sprintf("%s may still point here: %s\nhint: vapitap detach puts it back", e.Object, withoutHint(e.Err))
}

// Owes reports whether an error of Attach leaves something for vapitap detach.
func Owes(err error) bool {
	return errors.As(err, new(*OwedError)) || errors.As(err, new(*undoError))
}

// Follow points what is attached at another public URL, each at its own path. What
// somebody else changed meanwhile is left, and not held any more; the outcomes tell
// of each.
func (a *Attacher) Follow(ctx context.Context, public *url.URL) []Outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	var outcomes []Outcome
	for _, e := range slices.Clone(a.held) {
		o := a.follow(ctx, e, ServerURL(public, e.was()))
		if o.Result == Left || o.Result == Taken {
			a.held = slices.DeleteFunc(a.held, func(held *Entry) bool { return held == e })
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// follow points one object at another URL.
func (a *Attacher) follow(ctx context.Context, e *Entry, to string) Outcome {
	o := Outcome{Object: e.object(), URL: to}
	raw, err := a.API.Get(ctx, e.Kind, e.ID)
	if err != nil {
		return o.failed(err)
	}
	now, shape := URLOf(raw)
	if !e.owns(now) {
		return a.leave(e, o, now)
	}
	e.Ours = append(e.Ours, to) // both until it is known which one stands there
	if err := a.Journal.write(e); err != nil {
		return o.failed(err)
	}
	if !sameURL(now, to) {
		r, err := revise(raw, shape, to, "")
		if err != nil {
			return o.failed(err)
		}
		answer, err := a.API.Patch(ctx, e.Kind, e.ID, r.patch)
		if err != nil {
			return o.failed(err)
		}
		if now, _ := URLOf(answer); !sameURL(now, to) {
			return o.failed(fmt.Errorf("the change was taken, but the server URL is %s", orNone(now)))
		}
	}
	e.Ours = []string{to}
	if err := a.Journal.write(e); err != nil {
		return o.failed(err)
	}
	o.Result = Moved
	return o
}
