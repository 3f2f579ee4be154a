package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ground is what is behind everything, and the colour of text that has none.
type ground struct{ back, fore, edge string }

var (
	dark  = ground{back: "#16181d", fore: "#d7dce5", edge: "#2b2f38"}
	white = ground{back: "#ffffff", fore: "#1f2430", edge: "#d5dae2"}
)

// The size of a cell and of the edge around all, in pixels.
const (
	cellWidth, cellHeight = 8.4, 18.0
	baseline              = 13.5
	edge                  = 14.0
)

// picture draws a frame.
func picture(frame string, g ground) []byte {
	lines := strings.Split(strings.TrimRight(frame, "\n"), "\n")
	width := 0
	for _, line := range lines {
		width = max(width, ansi.StringWidth(line))
	}
	p := &canvas{ground: g}
	w, h := 2*edge+float64(width)*cellWidth, 2*edge+float64(len(lines))*cellHeight
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.1f %.1f">`+"\n", w, h, w, h)
	p.f("<style>text{font-size:14px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}</style>\n")
	p.f(`<rect x=".5" y=".5" width="%.1f" height="%.1f" rx="8" fill="%s" stroke="%s"/>`+"\n", w-1, h-1, g.back, g.edge)
	for i, line := range lines {
		for _, r := range runs(line) {
			p.draw(r, edge+float64(i)*cellHeight)
		}
	}
	p.f("</svg>\n")
	return p.Bytes()
}

// canvas is an SVG that is written.
type canvas struct {
	bytes.Buffer
	ground ground
}

func (p *canvas) f(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// draw draws a run in the line whose upper edge is at y.
func (p *canvas) draw(r run, y float64) {
	fore, back := r.fore, r.back
	if fore == "" {
		fore = p.ground.fore
	}
	if r.reverse {
		if back == "" {
			back = p.ground.back
		}
		fore, back = back, fore
	}
	x := edge + float64(r.cell)*cellWidth
	if back != "" {
		p.f(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, y, float64(r.cells)*cellWidth, cellHeight, back)
	}
	for text := r.text; text != ""; {
		piece, drawn := cut(text)
		text = text[len(piece):]
		cells := ansi.StringWidth(piece)
		if drawn {
			p.lines(piece, x, y, fore)
		} else {
			p.text(piece, cells, x, y, fore, r.look)
		}
		x += float64(cells) * cellWidth
	}
}

// ruled are the characters that are drawn as lines, so that they meet whatever
// the font: which of their four arms they have.
var ruled = map[rune]struct{ left, right, up, down bool }{
	'─': {left: true, right: true}, '│': {up: true, down: true},
	'┬': {left: true, right: true, down: true}, '┴': {left: true, right: true, up: true},
	'╭': {right: true, down: true}, '╮': {left: true, down: true}, '╰': {right: true, up: true}, '╯': {left: true, up: true},
	'├': {right: true, up: true, down: true}, '┤': {left: true, up: true, down: true}, '┼': {true, true, true, true},
}

// cut returns the beginning of text that is drawn in one way: as lines, or as
// letters.
func cut(text string) (piece string, drawn bool) {
	for i, r := range text {
		_, is := ruled[r]
		is = is || r == '▌'
		if i == 0 {
			drawn = is
		} else if is != drawn {
			return text[:i], drawn
		}
	}
	return text, drawn
}

// lines draws characters that are lines; equal ones beside each other are one.
func (p *canvas) lines(text string, x, y float64, colour string) {
	if text == strings.Repeat("─", len(text)/len("─")) {
		p.stroke(x, y+cellHeight/2, x+float64(len(text)/len("─"))*cellWidth, y+cellHeight/2, colour)
		return
	}
	for _, r := range text {
		if r == '▌' {
			p.f(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, y, cellWidth/2, cellHeight, colour)
		}
		arms, mx, my := ruled[r], x+cellWidth/2, y+cellHeight/2
		for _, arm := range []struct {
			is   bool
			x, y float64
		}{{arms.left, x, my}, {arms.right, x + cellWidth, my}, {arms.up, mx, y}, {arms.down, mx, y + cellHeight}} {
			if arm.is {
				p.stroke(mx, my, arm.x, arm.y, colour)
			}
		}
		x += cellWidth
	}
}

func (p *canvas) stroke(x1, y1, x2, y2 float64, colour string) {
	p.f(`<path d="M%.1f %.1fL%.1f %.1f" stroke="%s"/>`+"\n", x1, y1, x2, y2, colour)
}

// text draws letters, as wide as their cells whatever the font. Spaces at the
// ends are not drawn.
func (p *canvas) text(text string, cells int, x, y float64, colour string, l look) {
	trimmed := strings.TrimLeft(text, " ")
	x += float64(len(text)-len(trimmed)) * cellWidth
	cells -= len(text) - len(trimmed)
	text = strings.TrimRight(trimmed, " ")
	if cells -= len(trimmed) - len(text); cells == 0 {
		return
	}
	p.f(`<text x="%.1f" y="%.1f" fill="%s" textLength="%.1f"`, x, y+baseline, colour, float64(cells)*cellWidth)
	if l.bold {
		p.f(` font-weight="700"`)
	}
	if l.underline {
		p.f(` text-decoration="underline"`)
	}
	p.f(">")
	xml.EscapeText(p, []byte(text))
	p.f("</text>\n")
}
