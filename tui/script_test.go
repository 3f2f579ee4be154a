package tui

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// TestScripts runs testdata/*.txt, each as a person would do it: what comes, what
// is pressed, what is seen. The words are in the table below.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			server := newServer(t)
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, server)
				defer s.close()
				for i, line := range strings.Split(string(text), "\n") {
					if err := s.do(line); err != nil {
						t.Fatalf("%s:%d: %s: %v", file, i+1, line, err)
					}
				}
			})
		})
	}
}

// word does a line of a script; rest is the line without the word, args are its
// words.
type word func(s *stage, rest string, args []string) error

// words are the language of the scripts. A line that is empty or begins with # does
// nothing. The first size begins the interface: what arrived before is there
// already.
var words = map[string]word{
	"size": func(s *stage, _ string, args []string) error { // size WIDTH HEIGHT
		n, err := numbers(args, 2)
		if err == nil {
			s.resize(n[0], n[1])
		}
		return err
	},
	"option":     setOption, // option recorded|readonly|silent, before the first size
	"events":     events,    // events demo
	"earlier":    earlier,   // earlier demo: in a session of its own, before the first size
	"arrive":     func(s *stage, _ string, args []string) error { return s.arrive(args, 0) },
	"slowly":     func(s *stage, _ string, args []string) error { return s.arrive(args, 17*time.Second) },
	"begin":      beginOne, // begin NAME WORDS...: it stays in flight
	"wait":       wait,     // wait DURATION
	"press":      press,    // press KEY...
	"type":       func(s *stage, rest string, _ []string) error { s.typed(rest); return nil },
	"paste":      func(s *stage, rest string, _ []string) error { return s.input(tea.PasteMsg{Content: rest}) },
	"click":      click, // click X Y, or click 'PATTERN': where that stands
	"drag":       drag,  // drag X1 Y1 X2 Y2
	"wheel":      wheel, // wheel up|down X Y
	"screen":     screen,
	"noscreen":   noScreen,
	"golden":     golden,   // golden NAME [colour]
	"server":     serve,    // server ok|down|up, server reply STATUS BODY
	"sent":       sent,     // sent METHOD PATH [PATTERN of the body]: the last that the server got
	"place":      setPlace, // place none|connected|waiting|failed|attached [TEXT]
	"notice":     func(s *stage, rest string, _ []string) error { s.notices <- rest; s.settle(); return nil },
	"background": background, // background dark|light
	"profile":    profile,    // profile true|256|16|ascii|none
	"clipboard":  clipboard,
	"file":       file, // file PATTERN: a file that was saved
	"quits":      quits,
}

// do does one line.
func (s *stage) do(line string) error {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	name, rest, _ := strings.Cut(line, " ")
	w, ok := words[name]
	if !ok {
		return fmt.Errorf("no such word: %s", name)
	}
	return w(s, rest, strings.Fields(rest))
}

func numbers(args []string, n int) ([]int, error) {
	if len(args) < n {
		return nil, fmt.Errorf("%d numbers are needed", n)
	}
	list := make([]int, n)
	for i := range list {
		var err error
		if list[i], err = strconv.Atoi(args[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// pattern reads what stands between single quotes.
func pattern(rest string) (*regexp.Regexp, error) {
	if len(rest) < 2 || rest[0] != '\'' || rest[len(rest)-1] != '\'' {
		return nil, errors.New("a pattern stands in single quotes")
	}
	return regexp.Compile("(?m)" + rest[1:len(rest)-1])
}

func events(s *stage, _ string, args []string) error {
	if len(args) != 1 || args[0] != "demo" {
		return errors.New("events demo")
	}
	s.playDemo()
	return nil
}

// earlier plays a call in a session that is over when the interface begins.
func earlier(s *stage, rest string, args []string) error {
	if err := events(s, rest, args); err != nil {
		return err
	}
	session, err := s.store.StartSession("run", stageTarget)
	if err != nil {
		return err
	}
	s.session, s.options.Session = session.ID, session.ID
	return nil
}

func (s *stage) arrive(args []string, takes time.Duration) error {
	r, err := requestNamed(args)
	if err == nil {
		r.takes = takes
		s.deliver(r)
	}
	return err
}

func beginOne(s *stage, _ string, args []string) error {
	r, err := requestNamed(args)
	if err == nil {
		s.begin(r)
		s.wait(100 * time.Millisecond)
	}
	return err
}

func requestNamed(args []string) (request, error) {
	if len(args) == 0 || made[args[0]] == nil {
		return request{}, fmt.Errorf("no such request: %q", args)
	}
	for i := range args {
		args[i] = invisible.ReplaceAllStringFunc(args[i], func(s string) string {
			n, _ := strconv.ParseUint(s[3:7], 16, 32)
			return string(rune(n))
		})
	}
	return made[args[0]](args[1:]), nil
}

// invisible is how a script writes a character that nobody could see in it.
var invisible = regexp.MustCompile(`<U\+[0-9A-F]{4}>`)

func wait(s *stage, rest string, _ []string) error {
	d, err := time.ParseDuration(rest)
	if err == nil {
		s.wait(d)
	}
	return err
}

func serve(s *stage, rest string, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "ok":
		s.server.answer(0, "")
		return s.server.up()
	case len(args) == 1 && args[0] == "up":
		return s.server.up()
	case len(args) == 1 && args[0] == "down":
		s.server.down()
		return nil
	case len(args) >= 2 && args[0] == "reply":
		status, err := strconv.Atoi(args[1])
		_, body, _ := strings.Cut(strings.TrimPrefix(rest, "reply "), " ")
		s.server.answer(status, body)
		return err
	}
	return errors.New("server ok|up|down, or server reply STATUS BODY")
}

// setPlace changes what is said of the tunnel.
func setPlace(s *stage, rest string, args []string) error {
	p := s.options.Place
	word, text, _ := strings.Cut(rest, " ")
	p.TunnelDelay, p.TunnelSays = 0, text
	switch word {
	case "none":
		p.Public, p.Tunnel = "", Off
	case "waiting":
		p.Tunnel = Waiting
	case "failed":
		p.Public, p.Tunnel = "", Bad
	case "connected":
		p.Tunnel = Good
	case "attached":
		p.Tunnel, p.TunnelSays, p.Attached = Good, "", text
	default:
		return fmt.Errorf("no such place: %q", args)
	}
	if s.model == nil {
		s.options.Place = p
		return nil
	}
	s.places <- p
	s.settle()
	return nil
}

func setOption(s *stage, _ string, args []string) error {
	if s.model != nil || len(args) != 1 {
		return errors.New("option WORD, before the first size")
	}
	switch args[0] {
	case "recorded":
		s.options.Recorded = true
	case "silent":
		s.silent = true
	case "readonly":
		s.options.Sender, s.options.Saver = nil, nil
	default:
		return errors.New("no such option")
	}
	return nil
}

func background(s *stage, rest string, _ []string) error {
	m := tea.BackgroundColorMsg{Color: ansi.Black}
	if rest == "light" {
		m.Color = ansi.BrightWhite
	}
	return s.input(m)
}

func profile(s *stage, rest string, _ []string) error {
	p, ok := map[string]colorprofile.Profile{
		"true": colorprofile.TrueColor, "256": colorprofile.ANSI256, "16": colorprofile.ANSI, "ascii": colorprofile.ASCII, "none": colorprofile.NoTTY,
	}[rest]
	if !ok {
		return errors.New("profile true|256|16|ascii|none")
	}
	return s.input(tea.ColorProfileMsg{Profile: p})
}

func quits(s *stage, _ string, _ []string) error {
	if !s.quit {
		return errors.New("it goes on")
	}
	return nil
}
