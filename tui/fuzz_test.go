package tui

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// FuzzInterface does whatever a person, a server and Vapi might do, in an order
// that the bytes say: keys, the mouse, sizes, hostile payloads. After each step the
// frame must be as large as the terminal and hold nothing that a terminal obeys
// but styles.
func FuzzInterface(f *testing.F) {
	for seed := range uint64(3) {
		f.Add(randomSteps(seed))
	}
	server := newServer(f)
	f.Fuzz(func(t *testing.T, steps []byte) { playMonkey(t, server, steps) })
}

var monkeyTime = flag.Duration("monkey", 0, "how long TestMonkey goes on")

// TestMonkey is FuzzInterface with steps by chance. It does not look for what was
// not reached yet, and is fast for that. go test ./tui -run TestMonkey -monkey 1m
// goes on for a minute.
func TestMonkey(t *testing.T) {
	server := newServer(t)
	over := time.Now().Add(*monkeyTime)
	seed := uint64(0)
	for ; seed < 8 || time.Now().Before(over); seed++ {
		if !t.Run(fmt.Sprint(seed), func(t *testing.T) { playMonkey(t, server, randomSteps(seed)) }) {
			break
		}
		if *monkeyTime > 0 && seed == 7 {
			seed += uint64(time.Now().UnixNano()) // others than last time
		}
	}
}

// randomSteps returns steps that the seed decides.
func randomSteps(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	steps := make([]byte, 500)
	for i := range steps {
		steps[i] = byte(random.Uint32())
	}
	return steps
}

// playMonkey does the steps on a stage of their own.
func playMonkey(t *testing.T, server *server, steps []byte) {
	synctest.Test(t, func(t *testing.T) {
		server.answer(0, "")
		s := newStage(t, server)
		defer s.close()
		s.resize(120, 36)
		s.deliver(request{path: "/first", body: "{}"})
		m := monkey{s, steps[:min(len(steps), 2000)]}
		for len(m.steps) > 0 && !s.quit {
			m.step()
		}
	})
}

// monkey does what bytes say.
type monkey struct {
	*stage
	steps []byte
}

// next returns the next byte as a number below n.
func (m *monkey) next(n int) int {
	if len(m.steps) == 0 {
		return 0
	}
	b := m.steps[0]
	m.steps = m.steps[1:]
	return int(b) * n / 256
}

// pressed are the keys that do something, and some that do not.
var pressed = strings.Fields(`j k g G f l h t c d m y e s r n N ' x z w p T W ? : / [ ] J K 1 2 3 4 5 6 7 u a 0 é 日
	up down left right home end pgup pgdown enter esc tab shift+tab space backspace delete
	ctrl+d ctrl+u ctrl+p ctrl+n ctrl+a ctrl+e ctrl+k ctrl+w ctrl+r ctrl+z ctrl+s ctrl+f ctrl+b alt+b alt+f j k j k esc enter`)

// typedIn is what is typed or pasted somewhere.
var typedIn = []string{
	"type:tool-calls", "is:failed", "body:Oslo", "tipe:x", "!status:200", `"`, "é日本👩‍👩‍👧‍👦", "\x1b[2J\a", "a\tb\r\nc", strings.Repeat("long ", 30), "message", "3",
}

// hostile are bodies that try to upset the screen.
var hostile = []string{
	"", "{", "null", "\x00", "\x1b[2J\x1b]0;owned\a\x9b31m", "line\r\nline\ttab\v\f\b\x7f",
	"{\"a\\u001b[31m\":\"\\u202eevil\\u202c\",\"\u202e\":\"\u200b\u2060\ufeff\",\"日本\":\"👩‍👩‍👧‍👦🇳🇴\",\"a\":1,\"a\":2}",
	"\u202e" + strings.Repeat("é", 300) + "\u200f\u061c\u2028\u2029\u0085", strings.Repeat("\u0301", 400), strings.Repeat("[", 3000),
	"data: {\"choices\":[{\"delta\":{\"content\":\"hi\\u001b[0m\"}}]}\n\ndata: [DONE]\n\n", "\xff\xfe\xfd" + strings.Repeat("\x01", 64),
	`{"message":{"type":"tool-calls\u001b[5m","call":{"id":"\u202e\u0007"},"toolCallList":[{"id":"\u001b","function":{"name":"\u200f\n","arguments":"{\"a\":\"\\u001b[1m\"}"}}]}}`,
	`{"message":{"type":"transcript","role":"user","transcriptType":"partial","transcript":"\u202e\ud83d\udc69\u200d\ud83d\udc69 \u001b[2J\t"}}`,
	`{"message":{"type":"assistant-request","call":{"id":"x","type":"inboundPhoneCall","customer":{"number":"\u001b[31m+1415\u202e"}}}}`,
	`{"message":{"type":"end-of-call-report","endedReason":"\u001b[2J","cost":1e308,"costBreakdown":{"llm":-1,"stt":"x"},"artifact":{"messages":[{"role":"bot","message":"\u202e\r\n"}],"transcript":"\u0007"},"summary":"\u200b"}}`,
	`{"model":"\u001b","messages":[{"role":"user","content":"\u202e"}],"call":{"id":"y"}}`,
}

// large are bodies of a size that nobody wants to draw whole.
var large = []func() string{
	func() string { return `{"` + strings.Repeat("k", 1<<20) + `":1}` },
	func() string { return `"` + strings.Repeat("日本語 ", 5<<20/10) + `"` },
	func() string { return "[" + strings.Repeat("0,", 100_000) + "0]" },
}

func (m *monkey) step() {
	switch m.next(16) {
	case 0, 1:
		m.arrival()
	case 2:
		m.resize(1+m.next(250), 1+m.next(70))
	case 3:
		sizes := [][2]int{{120, 36}, {80, 24}, {60, 15}, {1, 1}, {170, 50}, {59, 14}, {110, 16}}
		size := sizes[m.next(len(sizes))]
		m.resize(size[0], size[1])
	case 4, 5:
		m.mouse()
	case 6:
		text := typedIn[m.next(len(typedIn))]
		if m.next(2) == 0 {
			m.input(tea.PasteMsg{Content: text})
		} else {
			m.typed(text)
		}
	case 7:
		m.rest()
	default:
		for range 1 + m.next(4) {
			key, err := keyNamed(pressed[m.next(len(pressed))])
			if err != nil {
				m.t.Fatal(err)
			}
			m.input(key)
		}
	}
}

// rest is what comes now and then.
func (m *monkey) rest() {
	switch m.next(8) {
	case 0:
		m.pass(time.Duration(m.next(256)) * 100 * time.Millisecond)
	case 1:
		m.input(tea.ColorProfileMsg{Profile: colorprofile.Profile(m.next(6))})
	case 2:
		m.input(tea.BackgroundColorMsg{Color: ansi.BrightWhite})
	case 3:
		m.notices <- hostile[m.next(len(hostile))]
		m.settle()
	case 4:
		m.server.answer(200+m.next(400), hostile[m.next(len(hostile))])
	case 5:
		m.server.answer(0, "")
	case 6:
		p := m.options.Place
		p.Public, p.TunnelSays, p.Tunnel = hostile[m.next(len(hostile))], hostile[m.next(len(hostile))], Light(m.next(4))
		m.places <- p
		m.settle()
	case 7:
		if m.next(4) == 0 {
			m.deliver(request{path: "/large", body: large[m.next(len(large))]()})
		}
	}
}

func (m *monkey) arrival() {
	r := request{path: "/vapi/webhook", body: hostile[m.next(len(hostile))]}
	switch m.next(8) {
	case 0:
		r.path = "/\u202e%1b%5b2J?a=%00&b=\u9b31"
	case 1:
		r.header = http.Header{"Content-Type": {hostile[m.next(len(hostile))]}, "X-Odd\x1b": {"\x1b[2J\u202e"}, "Cookie": {"a=b"}}
	case 2, 3, 4:
		r = made["partial"]([]string{typedIn[m.next(len(typedIn))]})
	case 5:
		r = made["weather"]([]string{"Oslo"})
	case 6:
		m.begin(r)
		return
	}
	m.deliver(r)
}

func (m *monkey) mouse() {
	at := tea.Mouse{X: m.next(m.width + 2), Y: m.next(m.height + 2), Button: tea.MouseLeft}
	switch m.next(6) {
	case 0:
		at.Button = tea.MouseWheelUp
		m.input(tea.MouseWheelMsg(at))
	case 1:
		at.Button = tea.MouseWheelDown
		m.input(tea.MouseWheelMsg(at))
	case 2:
		m.input(tea.MouseMotionMsg(at))
	case 3:
		m.input(tea.MouseReleaseMsg(at))
	default:
		m.input(tea.MouseClickMsg(at))
	}
}
