package paint

import (
	"fmt"

	"github.com/charmbracelet/colorprofile"
)

// Style is how a piece of text looks. The zero Style leaves it as it is.
type Style struct{ on string }

// Off ends every style.
const off = "\x1b[m"

// Wrap returns text, which must be clean, in the style.
func (s Style) Wrap(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + off
}

// Theme has the styles by meaning, for one kind of terminal. Meaning never lies
// in a colour alone: with no colours at all everything can still be read.
type Theme struct {
	Text   Style // what is read
	Strong Style // what is looked at first
	Muted  Style // what stands beside it
	Faint  Style // what is of interest to few
	Rule   Style // lines between parts

	Accent Style // what wants a reply, and what is selected
	Active Style // the tab or entry one is at
	Model  Style // model traffic
	Report Style // reports and replays

	Bad, Warn, Good Style // verdicts
	BadStrong       Style // a verdict in bold

	Key, String, Number, Literal, Punct Style // JSON
	Selected                            Style // text that gives way to what is typed
	Match, MatchHere                    Style // what a search found, and where one is
	Added, Removed                      Style // of a diff
	CursorLine                          Style // behind the line one is at; only a background
}

type hue struct {
	dark, light [3]uint8
	either      [3]uint8 // what can be read on both; black is the terminal's own
	basic       uint8    // one of the 16: 30-37, 90-97
	basicLight  uint8    // the same on a light background; 0 is the same
}

var (
	accent = hue{dark: [3]uint8{0x5f, 0xe3, 0xc0}, light: [3]uint8{0x00, 0x7f, 0x68}, either: [3]uint8{0x00, 0x8a, 0x72}, basic: 36}
	violet = hue{dark: [3]uint8{0xb6, 0x9c, 0xff}, light: [3]uint8{0x6b, 0x46, 0xc1}, either: [3]uint8{0x8a, 0x63, 0xe0}, basic: 35}
	blue   = hue{dark: [3]uint8{0x7c, 0xb7, 0xff}, light: [3]uint8{0x1f, 0x6f, 0xeb}, either: [3]uint8{0x2f, 0x7b, 0xe6}, basic: 94, basicLight: 34}
	red    = hue{dark: [3]uint8{0xff, 0x7b, 0x80}, light: [3]uint8{0xc6, 0x2f, 0x3b}, either: [3]uint8{0xd9, 0x48, 0x4f}, basic: 91, basicLight: 31}
	amber  = hue{dark: [3]uint8{0xf2, 0xc4, 0x6d}, light: [3]uint8{0x9a, 0x67, 0x00}, either: [3]uint8{0xa0, 0x6e, 0x00}, basic: 33}
	green  = hue{dark: [3]uint8{0x7f, 0xd8, 0x8f}, light: [3]uint8{0x1a, 0x7f, 0x37}, either: [3]uint8{0x26, 0x87, 0x3e}, basic: 32}
	text   = hue{dark: [3]uint8{0xd7, 0xdc, 0xe5}, light: [3]uint8{0x1f, 0x24, 0x30}}
	muted  = hue{dark: [3]uint8{0x8b, 0x93, 0xa3}, light: [3]uint8{0x5d, 0x65, 0x73}, either: [3]uint8{0x76, 0x7b, 0x85}}
	faint  = hue{dark: [3]uint8{0x5b, 0x62, 0x70}, light: [3]uint8{0x63, 0x6a, 0x77}, either: [3]uint8{0x76, 0x7b, 0x85}, basic: 90}
	rule   = hue{dark: [3]uint8{0x5b, 0x62, 0x70}, light: [3]uint8{0xa3, 0xaa, 0xb6}, either: [3]uint8{0x8b, 0x90, 0x99}, basic: 90}

	cursorDark  = [3]uint8{0x27, 0x2b, 0x34} // behind the line one is at
	cursorLight = [3]uint8{0xe8, 0xec, 0xf2}
)

// NewTheme returns the theme for a terminal with a dark, light or unknown
// background and so many colours. Terminals with 256 colours get the true ones, which Bubble
// Tea brings down to what there is; those with 16 get theirs chosen here; those
// without get bold, faint and reverse.
func NewTheme(ground Ground, profile colorprofile.Profile) *Theme {
	p := palette{ground: ground, profile: profile}
	t := &Theme{
		Text: p.fore(text), Strong: p.bold(text), Muted: p.fore(muted), Faint: p.fore(faint), Rule: p.fore(rule),
		Accent: p.bold(accent), Active: p.underlined(accent), Model: p.bold(violet), Report: p.fore(blue),
		Bad: p.fore(red), Warn: p.fore(amber), Good: p.fore(green), BadStrong: p.bold(red),
		Key: p.fore(blue), String: p.fore(green), Number: p.fore(amber), Literal: p.fore(violet), Punct: p.fore(muted),
		Selected: p.reversed(text, false), Match: p.reversed(amber, false), MatchHere: p.reversed(amber, true),
		Added: p.fore(green), Removed: p.fore(red),
	}
	if profile >= colorprofile.ANSI256 {
		switch ground {
		case Dark:
			t.CursorLine = behind(cursorDark)
		case Light:
			t.CursorLine = behind(cursorLight)
		}
	}
	return t
}

func behind(c [3]uint8) Style { return Style{fmt.Sprintf("\x1b[48;2;%d;%d;%dm", c[0], c[1], c[2])} }

type palette struct {
	ground  Ground
	profile colorprofile.Profile
}

// colour returns the parameters that choose a colour, "" where there are none.
func (p palette) colour(h hue) string {
	switch {
	case p.profile >= colorprofile.ANSI256:
		c := map[Ground][3]uint8{Unknown: h.either, Dark: h.dark, Light: h.light}[p.ground]
		if c == [3]uint8{} {
			return ""
		}
		return fmt.Sprintf("38;2;%d;%d;%d", c[0], c[1], c[2])
	case p.profile == colorprofile.ANSI && h.basic != 0:
		if p.ground == Light && h.basicLight != 0 {
			return fmt.Sprint(h.basicLight)
		}
		return fmt.Sprint(h.basic)
	}
	return ""
}

func (p palette) with(before string, h hue) Style {
	colour := p.colour(h)
	if p.profile < colorprofile.Ascii || (before == "" && colour == "") {
		return Style{}
	}
	if before != "" && colour != "" {
		before += ";"
	}
	return Style{"\x1b[" + before + colour + "m"}
}

func (p palette) fore(h hue) Style       { return p.with("", h) }
func (p palette) bold(h hue) Style       { return p.with("1", h) }
func (p palette) underlined(h hue) Style { return p.with("1;4", h) }
func (p palette) reversed(h hue, bold bool) Style {
	if bold {
		return p.with("1;7", h)
	}
	return p.with("7", h)
}
