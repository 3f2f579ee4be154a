package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"vapitap/record"
	"vapitap/tui/paint"
)

// Model is the whole interface: all state, and who gets which message. New makes
// one.
type Model struct {
	options Options
	theme   *paint.Theme
	look    look
	layout  layout
	share   int // thousandths of a wide terminal that the list takes

	history *history
	list    list
	filter  filter
	detail  detail
	focus   focus
	over    overlay // what is open over everything, nil where nothing is
	drafts  drafts
	sending sending

	place   Place
	server  serverState
	watcher *record.Watcher
	flash   flash // the last word on what was done
	paused  bool  // what comes is not shown until it goes on
	held    []record.Exchange
	away    *away // what was shown before an earlier session was opened, nil where none was
	ticking bool  // a tick is under way
	drag    bool  // the divider is being dragged
	closing bool
}

// look is what decides the theme.
type look struct {
	ground  paint.Ground
	chosen  bool // by the user, so that the terminal's answer no longer counts
	profile colorprofile.Profile
}

// focus is the part that gets the keys.
type focus int

const (
	focusList focus = iota
	focusDetail
)

// New returns a model that shows what the options say.
func New(o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	h := newHistory()
	m := &Model{
		options: o, history: h, list: newList(h), place: o.Place, share: defaultShare,
		look: look{ground: o.Ground, profile: colorprofile.TrueColor}, drafts: drafts{}, sending: newSending(),
	}
	m.restyle()
	if !o.Recorded || o.Session == "" {
		m.watcher = o.Store.Watch(true)
	}
	return m
}

// Close ends the watching of the store, and what is being sent.
func (m *Model) Close() {
	m.sending.end()
	if m.watcher != nil {
		m.watcher.Close()
	}
}

// Init asks for what is there already, for what comes, and for what the
// terminal looks like.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.loadRecorded(), m.nextArrivals(), m.nextPlace(), m.nextNotice(), tea.RequestBackgroundColor)
}

func (m *Model) restyle() { m.theme = paint.NewTheme(m.look.ground, m.look.profile) }

// Update takes one message in.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	return m, tea.Batch(cmd, m.follow(), m.keepTime())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		first := m.layout.width == 0
		m.resize(msg.Width, msg.Height)
		if !first && m.look.ground == paint.Unknown {
			return tea.RequestBackgroundColor // another terminal may look on now, as tmux attach brings one
		}
	case tea.BackgroundColorMsg:
		if !m.look.chosen {
			m.look.ground = paint.Light
			if msg.IsDark() {
				m.look.ground = paint.Dark
			}
			m.restyle()
		}
	case tea.ColorProfileMsg:
		m.look.profile = msg.Profile
		m.restyle()
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.MouseMsg:
		return m.mouse(msg)
	case arrivedMsg:
		return m.arrived(msg)
	case factsMsg:
		msg.call.facts.Merge(msg.facts)
	case loadedMsg:
		m.detail.loaded(msg)
	case pickedMsg:
		m.picked(msg)
	case placeMsg:
		m.setPlace(Place(msg))
		return m.nextPlace()
	case noticeMsg:
		m.say(string(msg))
		return m.nextNotice()
	case sentMsg:
		return m.sent(msg)
	case tickMsg:
		m.ticking = false
	case actMsg:
		return msg(m)
	}
	return nil
}

// actMsg is what a tea.Cmd wants done with the model when it comes back.
type actMsg func(*Model) tea.Cmd

// resize lays everything out anew.
func (m *Model) resize(width, height int) {
	m.layout = layOut(width, height, m.share)
	m.list.height = m.layout.list.h
	m.list.scroll()
}

// say shows a sentence in the footer for a while.
func (m *Model) say(sentence string) { m.flash = flash{text: sentence, at: m.options.Now()} }

// complain is say for what went wrong.
func (m *Model) complain(sentence string) {
	m.flash = flash{text: sentence, at: m.options.Now(), bad: true}
}

// unsay takes the sentence out of the footer where that has something to say of a
// place in a body, to which one has moved on.
func (m *Model) unsay() {
	if m.focus == focusDetail && m.detail.payload() != nil {
		m.flash = flash{}
	}
}

// flash is a sentence that is shown for a while.
type flash struct {
	text string
	at   time.Time
	bad  bool
}

// flashTime is how long a sentence is shown.
const flashTime = 6 * time.Second

// Ticks: while something is in flight its duration runs, and a sentence goes
// when its time is over. Else nothing is drawn.
const (
	flightTick = 100 * time.Millisecond
	slowTick   = time.Second
)

type tickMsg struct{}

// keepTime sees that the next tick comes, where one is needed.
func (m *Model) keepTime() tea.Cmd {
	if m.flash.text != "" && m.options.Now().Sub(m.flash.at) >= flashTime {
		m.flash = flash{}
	}
	wait := time.Duration(0)
	switch {
	case m.ticking || m.closing:
	case m.history.flying > 0:
		wait = flightTick
	case m.flash.text != "" || m.server.state == Bad:
		wait = slowTick
	}
	if wait == 0 {
		return nil
	}
	m.ticking = true
	return tea.Tick(wait, func(time.Time) tea.Msg { return tickMsg{} })
}
