// Package plain writes things as people read them: how long something took, when
// it was in a call, how many bytes there are, and text without anything that a terminal would obey. It
// knows no colours and no widths.
package plain

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Duration writes how long something took, as short as it can be read: <1 ms,
// 84 ms, 2.1 s, 1 m 20 s.
func Duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d m %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

// Offset writes when something was, from the beginning of a call: 0:04.3,
// 1:20.0, 1:02:03. What was before it has a minus.
func Offset(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	if d = d.Round(100 * time.Millisecond); d < time.Hour {
		return fmt.Sprintf("%s%d:%04.1f", sign, int(d.Minutes()), (d % time.Minute).Seconds())
	}
	seconds := int(d.Seconds())
	return fmt.Sprintf("%s%d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
}

// Size writes a number of bytes: 1 byte, 92 bytes, 8.3 KB, 1.2 MB. A KB is 1000
// bytes.
func Size(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 999_950:
		return fmt.Sprintf("%.1f KB", float64(n)/1e3)
	case n < 999_950_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// Text returns text without anything that a terminal would obey: escape
// sequences and control characters, those that turn the direction of writing or
// take no room among them. Line breaks and tabs become spaces, broken UTF-8
// U+FFFD.
func Text(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] >= ' ' && text[i] < 0x7f
	}
	if plain {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case Control(r):
			return -1
		}
		return r
	}, ansi.Strip(strings.ToValidUTF8(text, "\uFFFD")))
}

// Control reports whether a terminal might obey r, or r would upset how text is
// laid out: C0 and C1, marks of direction, separators of lines, characters
// without a width. Those that join characters into one are none.
func Control(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff, r == 0x200b, r == 0x2060, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
