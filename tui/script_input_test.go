package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// input gives a message of the terminal, and what follows from it time to
// happen.
func (s *stage) input(msg tea.Msg) error {
	s.give(msg)
	s.settle()
	return nil
}

func press(s *stage, _ string, args []string) error {
	for _, name := range args {
		key, err := keyNamed(name)
		if err != nil {
			return err
		}
		s.input(key)
	}
	return nil
}

func (s *stage) typed(text string) {
	for _, r := range text {
		s.input(runeKey(r))
	}
}

func runeKey(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "delete": tea.KeyDelete,
}

// keyNamed returns the key that Bubble Tea calls by this name.
func keyNamed(name string) (tea.KeyPressMsg, error) {
	var key tea.KeyPressMsg
	rest := name
	for rest != "" {
		mod, after, ok := strings.Cut(rest, "+")
		m, known := map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "shift": tea.ModShift, "alt": tea.ModAlt}[mod]
		if !ok || !known {
			break
		}
		key.Mod |= m
		rest = after
	}
	if code, ok := keyCodes[rest]; ok {
		key.Code = code
		if rest == "space" {
			key.Text = " "
		}
	} else if r := []rune(rest); len(r) == 1 {
		key.Code = r[0]
		if key.Mod == 0 {
			key.Text = rest
		}
	}
	if key.Code == 0 || key.String() != name {
		return key, fmt.Errorf("no key is called %q", name)
	}
	return key, nil
}

func click(s *stage, rest string, args []string) error {
	if strings.HasPrefix(rest, "'") {
		re, err := pattern(rest)
		if err != nil {
			return err
		}
		for y, line := range strings.Split(s.text(), "\n") {
			if at := re.FindStringIndex(line); at != nil {
				return s.clickAt(ansi.StringWidth(line[:at[0]]), y)
			}
		}
		return fmt.Errorf("it is not on the screen:\n%s", s.text())
	}
	n, err := numbers(args, 2)
	if err != nil {
		return err
	}
	return s.clickAt(n[0], n[1])
}

func (s *stage) clickAt(x, y int) error {
	s.input(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	return s.input(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func drag(s *stage, _ string, args []string) error {
	n, err := numbers(args, 4)
	if err != nil {
		return err
	}
	s.input(tea.MouseClickMsg{X: n[0], Y: n[1], Button: tea.MouseLeft})
	s.input(tea.MouseMotionMsg{X: n[2], Y: n[3], Button: tea.MouseLeft})
	return s.input(tea.MouseReleaseMsg{X: n[2], Y: n[3], Button: tea.MouseLeft})
}

func wheel(s *stage, _ string, args []string) error {
	if len(args) != 3 {
		return errors.New("wheel up|down X Y")
	}
	n, err := numbers(args[1:], 2)
	if err != nil {
		return err
	}
	button := tea.MouseWheelDown
	if args[0] == "up" {
		button = tea.MouseWheelUp
	}
	return s.input(tea.MouseWheelMsg{X: n[0], Y: n[1], Button: button})
}
