package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// look is how a piece of a line is drawn. Empty colours are the terminal's.
type look struct {
	fore, back      string
	bold, underline bool
	reverse         bool
}

// run is a piece of a line in one look.
type run struct {
	look
	cell  int // where it begins
	cells int
	text  string
}

// runs splits a line into pieces.
func runs(line string) []run {
	var list []run
	var now look
	cell := 0
	add := func(text string) {
		if cells := ansi.StringWidth(text); cells > 0 {
			list = append(list, run{now, cell, cells, text})
			cell += cells
		}
	}
	for {
		before, after, styled := strings.Cut(line, "\x1b[")
		add(before)
		if !styled {
			return list
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return list
		}
		if after[end] == 'm' {
			now = now.with(strings.Split(after[:end], ";"))
		}
		line = after[end+1:]
	}
}

// with returns the look after an SGR sequence with these parameters.
func (l look) with(parameters []string) look {
	for i := 0; i < len(parameters); i++ {
		n, _ := strconv.Atoi(parameters[i]) // what is no number, such as nothing, is 0
		switch n {
		case 0:
			l = look{}
		case 1:
			l.bold = true
		case 4:
			l.underline = true
		case 7:
			l.reverse = true
		case 38, 48:
			c, used := colour(parameters[i+1:])
			if i += used; n == 38 {
				l.fore = c
			} else {
				l.back = c
			}
		}
	}
	return l
}

// colour reads a true colour from the parameters that follow 38 or 48, and how
// many of them it takes.
func colour(parameters []string) (c string, used int) {
	if len(parameters) < 4 || parameters[0] != "2" {
		return "", len(parameters)
	}
	var rgb [3]uint8
	for i := range rgb {
		n, _ := strconv.Atoi(parameters[1+i])
		rgb[i] = uint8(n)
	}
	return fmt.Sprintf("#%02x%02x%02x", rgb[0], rgb[1], rgb[2]), 4
}
