package export

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// mostCards is how many exchanges a page can have and still be opened.
const mostCards = 10_000

// HTML writes a page that shows exchanges to a person, in one file that needs no
// other: of each call that is there in whole its timeline, the conversation, the
// tool calls there and back, how long the turns took and what it cost; and of
// each exchange its checks, headers and payloads. More than 10,000 exchanges are
// refused, and of payloads that are long, or many, the beginning is there.
//
// A browser loads nothing for it from elsewhere, and runs nothing of a payload:
// each is text, the page has no address that leads out of it, and its policy
// lets only its own script and style be used.
func HTML(w io.Writer, s Source, o Options) (Tally, error) {
	c := newCleaning(o)
	if len(s.IDs) > mostCards {
		return c.tally, fmt.Errorf("a page of %d exchanges could not be opened, %d are the most; pick fewer, such as those of one call", len(s.IDs), mostCards)
	}
	p, err := newPage(c, s, o)
	if err != nil {
		return c.tally, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := pageTemplate().ExecuteTemplate(out, "page.html", p); err != nil {
		return c.tally, err
	}
	if p.err != nil {
		return c.tally, p.err
	}
	return c.tally, out.Flush()
}

// page is what the template shows.
type page struct {
	Style   template.CSS
	Script  template.JS
	Policy  template.HTMLAttr
	Title   string
	Version string
	Made    string
	Count   int // exchanges
	Calls   []*callView
	Others  *cardList // what belongs to no call that is shown
	Secrets bool      // they are in it

	source   Source
	cleaning *cleaning
	room     int   // for payloads, in bytes
	err      error // of reading exchanges while the page is written
}

// cardList is exchanges that are read when they are written.
type cardList struct {
	Count int
	Cards iter.Seq[*card]
}

// newPage reads all that is not shown exchange by exchange.
func newPage(c *cleaning, s Source, o Options) (*page, error) {
	p := &page{
		Style: pageStyle, Script: pageScript, Policy: pagePolicy, Version: o.Version, Secrets: o.Secrets,
		source: s, cleaning: c, room: mostPayloads,
	}
	if !o.Made.IsZero() {
		p.Made = o.Made.Local().Format(dayAndTime)
	}
	var calls []string
	ofCall, there := map[string]bool{}, map[int64]bool{}
	err := c.learn(s, func(e *record.Exchange) {
		there[e.ID] = true
		p.Count++
		if e.CallID != "" && !ofCall[e.CallID] {
			ofCall[e.CallID] = true
			calls = append(calls, e.CallID)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, id := range calls {
		if err := p.addCall(id, there); err != nil {
			return nil, err
		}
	}
	p.addOthers(there)
	p.Title = p.title()
	return p, nil
}

// addCall adds the account of a call, if all of it is there: who picks one
// exchange did not pick the conversation. What is shown with it is no longer
// there for others.
func (p *page) addCall(id string, there map[int64]bool) error {
	call, err := p.source.Call(id)
	if err != nil {
		return err
	}
	whole := len(call.Exchanges) > 0 && !slices.ContainsFunc(call.Exchanges, func(e record.Exchange) bool { return !there[e.ID] })
	if !whole {
		return nil
	}
	if err := p.cleanCall(call); err != nil {
		return err
	}
	view := newCallView(p.cleaning, call, len(p.Calls)+1)
	var ids []int64
	for i := range call.Exchanges {
		ids = append(ids, call.Exchanges[i].ID)
		delete(there, call.Exchanges[i].ID)
	}
	view.cardList = p.cards(ids, call)
	p.Calls = append(p.Calls, view)
	return nil
}

// cleanCall replaces secrets in what is told of the exchanges of a call. Where that
// has arguments of tools or parts of a reply, it is told again of what may be shown.
func (p *page) cleanCall(call *timeline.Call) error {
	for i := range call.Exchanges {
		e := &call.Exchanges[i]
		if p.cleaning.keep {
			continue
		}
		e.Summary, e.Error = p.cleaning.text(e.Summary), p.cleaning.text(e.Error)
		if len(e.ToolNames) == 0 && len(e.Checks) == 0 && e.Kind == vapi.KindServer {
			continue
		}
		found, err := p.source.Get(e.ID)
		if errors.Is(err, record.ErrNoExchange) {
			continue
		}
		if err != nil {
			return err
		}
		clean, _ := p.cleaning.clean(found)
		e.Summary, e.Checks, e.Error = clean.Summary, clean.Checks, clean.Error
	}
	return nil
}

func (p *page) addOthers(there map[int64]bool) {
	var ids []int64
	for _, id := range p.source.IDs {
		if there[id] {
			ids = append(ids, id)
			delete(there, id)
		}
	}
	if len(ids) > 0 {
		p.Others = p.cards(ids, nil)
	}
}

// cards returns the cards of exchanges, in order of time within a call.
func (p *page) cards(ids []int64, call *timeline.Call) *cardList {
	return &cardList{len(ids), func(yield func(*card) bool) {
		for _, id := range ids {
			e, err := p.get(id)
			if err != nil {
				p.err = err
				return
			}
			if e != nil && !yield(p.card(e, call)) {
				return
			}
		}
	}}
}

// get returns an exchange as it is shown; nil for one that was deleted meanwhile.
func (p *page) get(id int64) (e *record.Exchange, err error) {
	one := Source{IDs: []int64{id}, Get: p.source.Get}
	err = one.each(func(found *record.Exchange) error {
		e = p.cleaning.exchange(found)
		return nil
	})
	return e, err
}

// title names the page.
func (p *page) title() string {
	switch {
	case len(p.Calls) == 1:
		return p.Calls[0].Title
	case len(p.Calls) > 1:
		return fmt.Sprintf("%d calls", len(p.Calls))
	case p.Count == 1:
		return fmt.Sprintf("Exchange %d", p.source.IDs[0])
	}
	return fmt.Sprintf("%d exchanges", p.Count)
}

// dayAndTime is how moments are written for people.
const dayAndTime = "Mon 2 Jan 2006, 15:04:05 MST"

func clock(t time.Time) string { return t.Local().Format("15:04:05.000") }

//go:embed page/page.html
var pageText string

//go:embed page/page.css
var pageStyle template.CSS

//go:embed page/page.js
var pageScript template.JS

// pagePolicy lets a browser use the page's own style and script, and nothing
// else: nothing is loaded, and nothing sent. It is known by the hash of what
// stands between the tags.
var pagePolicy = template.HTMLAttr(fmt.Sprintf(
	`content="default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'"`,
	sourceHash(string(pageStyle)), sourceHash(string(pageScript))))

func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page.html").Parse(pageText))
})
