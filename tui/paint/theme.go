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
	Faint  Style // lines, and what is of interest to few

	Accent Style // what wants a reply, and what is selected
	Active Style // the tab or entry one is at
	Model  Style // model traffic
	Report Style // reports and replays

	Bad, Warn, Good Style // verdicts
	BadStrong       Style // a verdict in bold

	Key, String, Number, Literal, Punct Style // JSON
	Match, MatchHere                    Style // what a search found, and where one is
	Added, Removed                      Style // of a diff
	CursorLine                          Style // behind the line one is at; only a background
}

type hue struct {
	dark, light [3]uint8
	basic       uint8 // one of the 16: 30-37, 90-97
	basicLight  uint8 // the same on a light background; 0 is the same
}

var (
	accent = hue{dark: [3]uint8{0x5f, 0xe3, 0xc0}, light: [3]uint8{0x00, 0x7f, 0x68}, basic: 36}
	violet = hue{dark: [3]uint8{0xb6, 0x9c, 0xff}, light: [3]uint8{0x6b, 0x46, 0xc1}, basic: 35}
	blue   = hue{dark: [3]uint8{0x7c, 0xb7, 0xff}, light: [3]uint8{0x1f, 0x6f, 0xeb}, basic: 94, basicLight: 34}
	red    = hue{dark: [3]uint8{0xff, 0x7b, 0x80}, light: [3]uint8{0xc6, 0x2f, 0x3b}, basic: 91, basicLight: 31}
	amber  = hue{dark: [3]uint8{0xf2, 0xc4, 0x6d}, light: [3]uint8{0x9a, 0x67, 0x00}, basic: 33}
	green  = hue{dark: [3]uint8{0x7f, 0xd8, 0x8f}, light: [3]uint8{0x1a, 0x7f, 0x37}, basic: 32}
	text   = hue{dark: [3]uint8{0xd7, 0xdc, 0xe5}, light: [3]uint8{0x1f, 0x24, 0x30}}
	muted  = hue{dark: [3]uint8{0x8b, 0x93, 0xa3}, light: [3]uint8{0x5d, 0x65, 0x73}}
	faint  = hue{dark: [3]uint8{0x5b, 0x62, 0x70}, light: [3]uint8{0xa3, 0xaa, 0xb6}, basic: 90}
)

// NewTheme returns the theme for a terminal with a dark or light background and
// so many colours. Terminals with 256 colours get the true ones, which Bubble
// Tea brings down to what there is; those with 16 get theirs chosen here; those
// without get bold, faint and reverse.
func NewTheme(dark bool, profile colorprofile.Profile) *Theme {
	p := palette{dark: dark, profile: profile}
	t := &Theme{
		Text: p.fore(text), Strong: p.bold(text), Muted: p.fore(muted), Faint: p.fore(faint),
		Accent: p.bold(accent), Active: p.underlined(accent), Model: p.bold(violet), Report: p.fore(blue),
		Bad: p.fore(red), Warn: p.fore(amber), Good: p.fore(green), BadStrong: p.bold(red),
		Key: p.fore(blue), String: p.fore(green), Number: p.fore(amber), Literal: p.fore(violet), Punct: p.fore(muted),
		Match: p.reversed(amber, false), MatchHere: p.reversed(amber, true),
		Added: p.fore(green), Removed: p.fore(red),
	}
	if profile >= colorprofile.ANSI256 {
		t.CursorLine = Style{"\x1b[48;2;39;43;52m"}
		if !dark {
			t.CursorLine = Style{"\x1b[48;2;232;236;242m"}
		}
	}
	return t
}

type palette struct {
	dark    bool
	profile colorprofile.Profile
}

// ground returns the parameters that choose a colour, "" where there are none.
func (p palette) ground(h hue) string {
	switch {
	case p.profile >= colorprofile.ANSI256:
		c := h.light
		if p.dark {
			c = h.dark
		}
		return fmt.Sprintf("38;2;%d;%d;%d", c[0], c[1], c[2])
	case p.profile == colorprofile.ANSI && h.basic != 0:
		if !p.dark && h.basicLight != 0 {
			return fmt.Sprint(h.basicLight)
		}
		return fmt.Sprint(h.basic)
	}
	return ""
}

func (p palette) with(before string, h hue) Style {
	ground := p.ground(h)
	if p.profile < colorprofile.Ascii || (before == "" && ground == "") {
		return Style{}
	}
	if before != "" && ground != "" {
		before += ";"
	}
	return Style{"\x1b[" + before + ground + "m"}
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
