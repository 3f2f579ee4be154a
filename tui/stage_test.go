package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/fixture"
	"vapitap/replay"
)

// stageTime is when every script begins.
var stageTime = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

// stage is the interface as a script sees it: the model, a store on disk, a
// server that listens, and a terminal of cells. It lives in a synctest bubble:
// its clock moves only when the script lets time pass, or waits for nothing else.
type stage struct {
	t       *testing.T
	store   *record.Store
	session string
	server  *server
	options Options
	places  chan Place
	notices chan string
	saved   string // the folder of fixtures

	model         *Model // nil until the terminal has a size
	queue         chan tea.Msg
	width, height int
	messages      int // how many the model was given
	quit          bool
	silent        bool // the terminal does not tell its background
	clipboard     string
	copies        int
}

// newStage opens a stage. It must be called in a bubble, with a server from
// outside it.
func newStage(t *testing.T, server *server) *stage {
	t.Helper()
	time.Sleep(time.Until(stageTime))
	store, err := record.Open(filepath.Join(t.TempDir(), "vapitap.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	session, err := store.StartSession("run", stageTarget)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{
		t: t, store: store, session: session.ID, server: server, saved: filepath.Join(t.TempDir(), "fixtures"),
		queue: make(chan tea.Msg, 1<<16), places: make(chan Place), notices: make(chan string),
	}
	s.options = Options{
		Store: store, Session: session.ID, Places: s.places, Notice: s.notices, Zone: time.UTC,
		Place:  Place{Listen: "http://127.0.0.1:4242", Public: "https://kind-fox.ngrok-free.dev", Target: stageTarget, Tunnel: Good, TunnelDelay: 24 * time.Millisecond},
		Sender: stageSender{store, server}, Saver: stageSaver{s.saved, store}, Exporter: stageExporter{},
	}
	return s
}

// stageTarget is where the proxy of the stage says that it forwards to.
const stageTarget = "http://localhost:3000/vapi/webhook"

// close ends what the stage started.
func (s *stage) close() {
	if s.model != nil {
		s.settle()
		s.model.Close()
	}
	close(s.places)
	close(s.notices)
	time.Sleep(time.Minute) // so that no tick is left that nobody waits for
	if err := s.store.Close(); err != nil {
		s.t.Error(err)
	}
}

// resize gives the terminal a size; the first begins the interface.
func (s *stage) resize(width, height int) {
	s.width, s.height = width, height
	if s.model == nil {
		s.model = New(s.options)
		s.run(s.model.Init())
	}
	s.give(tea.WindowSizeMsg{Width: width, Height: height})
	s.settle()
}

// give gives the model a message and does what it asks for.
func (s *stage) give(msg tea.Msg) {
	s.messages++
	_, cmd := s.model.Update(msg)
	s.run(cmd)
}

// look fails where the terminal does not show what it ought to.
func (s *stage) look() {
	if s.model == nil || s.t.Failed() {
		return
	}
	if err := frameError(s.frame(), s.width, s.height); err != nil {
		s.t.Fatal(err)
	}
}

// run does what a command says, beside the model as Bubble Tea does.
func (s *stage) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { s.queue <- cmd() }()
	}
}

// settle gives the model what came, until all that is left waits for time to
// pass or for something from outside. Then it looks at the screen.
func (s *stage) settle() {
	defer s.look()
	for {
		synctest.Wait()
		select {
		case msg := <-s.queue:
			s.obey(msg)
		default:
			return
		}
	}
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) {
	s.settle()
	over := time.NewTimer(d)
	defer over.Stop()
	for {
		select {
		case msg := <-s.queue:
			s.obey(msg)
		case <-over.C:
			s.settle()
			return
		}
	}
}

// obey does with a message what Bubble Tea does: some are for it, the rest is
// for the model.
func (s *stage) obey(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		s.quit = true
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			s.run(cmd)
		}
		return
	}
	v := reflect.ValueOf(msg)
	switch v.Type().String() {
	case "tea.sequenceMsg":
		cmds := v.Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd)
		go func() {
			for _, cmd := range cmds {
				if cmd != nil {
					s.queue <- cmd()
				}
			}
		}()
	case "tea.setClipboardMsg":
		s.clipboard = v.String()
		s.copies++
	case "tea.backgroundColorMsg":
		if !s.silent {
			s.give(tea.BackgroundColorMsg{Color: ansi.Black})
		}
	case "tea.execMsg":
		s.run(execOf(msg))
	default:
		s.give(msg)
	}
}

// frame is what the terminal shows.
func (s *stage) frame() string { return s.model.View().Content }

// frameError says what is wrong with a frame for a terminal of this size, nil
// where nothing is.
func frameError(frame string, width, height int) error {
	lines := strings.Split(frame, "\n")
	if len(lines) != height {
		return fmt.Errorf("the frame has %d lines, the terminal %d:\n%s", len(lines), height, ansi.Strip(frame))
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != width {
			return fmt.Errorf("line %d is %d cells wide, the terminal %d: %q", i, w, width, line)
		}
		if strings.ContainsFunc(unstyled(line), plain.Control) {
			return fmt.Errorf("line %d has a control character: %q", i, line)
		}
	}
	return nil
}

// unstyled returns a line without what a theme writes into it: styles, and
// nothing else that a terminal obeys.
func unstyled(line string) string {
	var plain strings.Builder
	for {
		before, after, styled := strings.Cut(line, "\x1b[")
		plain.WriteString(before)
		if !styled {
			return plain.String()
		}
		line = strings.TrimLeft(after, "0123456789;")
		if !strings.HasPrefix(line, "m") {
			return plain.String() + "\x1b"
		}
		line = line[1:]
	}
}

// stageSaver saves fixtures in a folder.
type stageSaver struct {
	folder string
	store  *record.Store
}

func (s stageSaver) Save(_ context.Context, e *record.Exchange, force bool) (file string, replaced int, err error) {
	f, err := fixture.Of(e)
	if err != nil {
		return "", 0, err
	}
	file, err = f.Write(s.folder, force)
	return filepath.Join("fixtures", filepath.Base(file)), len(f.Replaced), err
}

func (s stageSaver) SaveCall(ctx context.Context, callID string, force bool) (folder string, written []int64, replaced int, err error) {
	list, err := s.store.List(ctx, record.Query{CallID: callID})
	if err != nil {
		return "", nil, 0, err
	}
	for i := range list {
		if err := s.store.Load(ctx, &list[i]); err != nil {
			return "", nil, 0, err
		}
		f, failure := fixture.Of(&list[i])
		if failure == nil {
			f.Name = fmt.Sprintf("%02d-%s", i+1, f.Name)
			_, failure = f.Write(filepath.Join(s.folder, "call"), force)
			replaced += len(f.Replaced)
		}
		if err = cmp.Or(err, failure); failure == nil {
			written = append(written, list[i].ID)
		}
	}
	return "fixtures/call", written, replaced, err
}

type stageExporter struct{}

func (stageExporter) Curl(e *record.Exchange, secrets bool) string {
	return export.Curl(e, "", secrets)
}

// stageSender sends with package replay, to the stage's server.
type stageSender struct {
	store  *record.Store
	server *server
}

func (s stageSender) Draft(_ context.Context, e *record.Exchange) (Draft, error) {
	return Draft{Of: e.ID, Method: e.Method, Path: e.Path, Header: replay.Renew(e.Request.Header), Body: e.Request.Body}, nil
}

func (s stageSender) Send(ctx context.Context, d Draft) (*record.Exchange, error) {
	to, err := url.Parse(s.server.url() + d.Path)
	if err != nil {
		return nil, err
	}
	sender := replay.Sender{Store: s.store, From: record.FromReplay}
	e, err := sender.Send(ctx, replay.Message{Method: d.Method, URL: to, Header: d.Header, Body: d.Body, ReplayOf: d.Of})
	if none := (*replay.NoReplyError)(nil); errors.As(err, &none) {
		err = nil // the exchange tells
	}
	return e, err
}

func (s stageSender) Watch(ctx context.Context, _ Draft) (<-chan bool, error) {
	to, err := url.Parse(s.server.url())
	return replay.Watch(ctx, to), err
}
