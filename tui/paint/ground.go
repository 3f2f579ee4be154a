package paint

import (
	"strconv"
	"strings"
)

// Ground is what is behind the text of a terminal, as far as it is known.
type Ground int

// The grounds. On an unknown one text has the terminal's own colour, and nothing
// has one that could not be read on dark and on light.
const (
	Unknown Ground = iota
	Dark
	Light
)

// GroundOf returns the ground that COLORFGBG tells, as rxvt, Konsole and others
// set it: the numbers of the colours in front and behind, such as 15;0, with
// more between them in some. Unknown is what it does not tell.
func GroundOf(colorFGBG string) Ground {
	last := colorFGBG[strings.LastIndexByte(colorFGBG, ';')+1:]
	behind, err := strconv.Atoi(last)
	switch {
	case err != nil || last == colorFGBG || behind < 0 || behind > 15:
		return Unknown
	case behind == 7 || behind > 8: // white, and the bright ones but grey
		return Light
	}
	return Dark
}
