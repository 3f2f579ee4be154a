package replay

import (
	"context"
	"errors"
	"sync"
	"time"

	"vapitap/record"
)

// Once records what is sent, and nothing that a proxy on the way to the server
// records to the same store: the proxy's exchange is the record then, and what was
// sent gets its id. Its methods may be called by any goroutine.
type Once struct {
	store           *record.Store
	command, target string // of the session
	patience        time.Duration

	mu       sync.Mutex
	session  string // empty until something is recorded here
	upto     int64  // all exchanges up to this id were looked at
	expected map[sending]*copies
	proxied  bool // a copy was found, so that others are worth waiting for
	vain     int  // how often none was there, before any was
	alone    bool // none is looked for any more
}

// sending is what a request and a proxy's record of it have in common. Where the
// request names its call, as most do, there is one of it on its way at a time.
type sending struct {
	call, typ, method, path string
	bytes                   int64 // of the request's body
}

func sendingOf(e *record.Exchange) sending {
	return sending{e.CallID, e.Type, e.Method, e.Path, e.Request.Bytes}
}

// copies are what others recorded of requests that are on their way, and nobody
// has claimed.
type copies struct {
	onTheWay int
	found    []foundCopy
}

type foundCopy struct {
	id int64
	at time.Time
}

// A proxy commits an exchange before the end of its reply, unless the disk is slow.
const (
	// copyPatience is how long a copy is waited for where others were found. After
	// one that did not come none is looked for any more.
	copyPatience = 2 * time.Second
	// mostVain is how many exchanges without a copy it takes, from the first on, to
	// know that there is no proxy.
	mostVain = 5
)

// NewOnce returns what records to the store from now on. What it records itself is
// a session of this command and target, which begins with the first such exchange.
func NewOnce(ctx context.Context, store *record.Store, command, target string) (*Once, error) {
	_, newest, err := store.Span(ctx)
	if err != nil {
		return nil, err
	}
	return &Once{
		store: store, command: command, target: target, patience: copyPatience,
		upto: newest, expected: make(map[sending]*copies),
	}, nil
}

// expect is called before an exchange is sent, and record must be after it.
func (o *Once) expect(e *record.Exchange) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := sendingOf(e)
	if o.expected[key] == nil {
		o.expected[key] = &copies{}
	}
	o.expected[key].onTheWay++
}

// record commits an exchange that is over, and gives it its id: that of its copy
// where there is one.
func (o *Once) record(e *record.Exchange) error {
	e.ID = o.copyOf(e)
	if e.ID != 0 {
		if original := e.ReplayOf; original != 0 { // which the proxy cannot know
			o.store.Amend(&record.Exchange{ID: e.ID}, func(e *record.Exchange) { e.ReplayOf = original })
		}
		return nil
	}
	session, err := o.begin()
	if err != nil {
		return err
	}
	e.Session = session
	o.store.Begin(e)
	return o.store.Commit(e, 0, nil)
}

// begin returns the session, which it begins unless that was done.
func (o *Once) begin() (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.session != "" {
		return o.session, nil
	}
	session, err := o.store.StartSession(o.command, o.target)
	if err == nil {
		o.session = session.ID
	}
	return o.session, err
}

// copyOf returns the id of the copy of an exchange that was expected, 0 where
// there is none.
func (o *Once) copyOf(e *record.Exchange) int64 {
	defer o.forget(e)
	// Whoever interrupts the call is not to find its last exchange twice either.
	ctx, cancel := context.WithTimeout(context.Background(), o.patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		id, again := o.look(ctx, e)
		if !again {
			return id
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// forget is called when an exchange is not on its way any more.
func (o *Once) forget(e *record.Exchange) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := sendingOf(e)
	if o.expected[key].onTheWay--; o.expected[key].onTheWay == 0 {
		delete(o.expected, key)
	}
}

// look looks for the copy of an exchange, and reports whether to look again where
// there is none.
func (o *Once) look(ctx context.Context, e *record.Exchange) (id int64, again bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.alone {
		return 0, false
	}
	if id = o.claim(e); id == 0 {
		o.alone = o.read(ctx) != nil
		id = o.claim(e)
	}
	switch {
	case id != 0:
		o.proxied = true
	case !o.proxied:
		o.vain++
		o.alone = o.alone || o.vain == mostVain
	}
	return id, id == 0 && o.proxied && !o.alone
}

// claim takes the copy of an exchange, 0 where it is not known. What came before
// the exchange began is of an earlier delivery.
func (o *Once) claim(e *record.Exchange) int64 {
	began := e.Time.Truncate(time.Microsecond) // as exact as the store is
	of := o.expected[sendingOf(e)]
	for i, c := range of.found {
		if !c.at.Before(began) {
			of.found = append(of.found[:i], of.found[i+1:]...)
			return c.id
		}
	}
	return 0
}

// errSeen ends the reading where it has been before.
var errSeen = errors.New("seen before")

// read learns what was recorded since it was called last. It waits for what a
// proxy has in its spool.
func (o *Once) read(ctx context.Context) error {
	upto := o.upto
	err := o.store.Each(ctx, record.Query{}, func(e *record.Exchange) error {
		if e.ID <= upto {
			return errSeen
		}
		o.upto = max(o.upto, e.ID)
		if of := o.expected[sendingOf(e)]; of != nil && e.Session != o.session && e.ReplayOf == 0 {
			of.found = append(of.found, foundCopy{e.ID, e.Time})
		}
		return nil
	})
	if errors.Is(err, errSeen) {
		return nil
	}
	return err
}
