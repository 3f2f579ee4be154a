package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// letters returns the text of an SVG, which must be well-formed.
func letters(t *testing.T, svg []byte) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	var text strings.Builder
	in := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == "text" {
				text.Write(token)
				text.WriteByte('|')
			}
		}
	}
}

func TestPicture(t *testing.T) {
	for _, tt := range []struct{ name, frame, letters, has string }{
		{"plain", "one\n two  ", "one|two|", `fill="#d7dce5"`},
		{"what XML would take for its own", "<a> & \"b\"", `<a> & "b"|`, ""},
		{"a colour", "a\x1b[38;2;255;0;16mred\x1b[mb", "a|red|b|", `fill="#ff0010"`},
		{"bold and underlined", "\x1b[1;4;38;2;1;2;3mx\x1b[m", "x|", `fill="#010203" textLength="8.4" font-weight="700" text-decoration="underline"`},
		{"a background", "\x1b[48;2;1;2;3mx\x1b[m", "x|", `<rect x="14.0" y="14.0" width="8.4" height="18.0" fill="#010203"/>`},
		{"reversed", "\x1b[7mx\x1b[m", "x|", `fill="#16181d" textLength`},
		{"wide characters keep their cells", "日本\x1b[1mx", "日本|x|", `x="47.6" y="27.5"`},
		{"lines are drawn", "a──b", "a|b|", `<path d="M22.4 23.0L39.2 23.0"`},
		{"the bar is drawn", "▌a", "a|", `width="4.2" height="18.0"`},
		{"other sequences are left out", "a\x1b[2Jb\x1b[", "a|b|", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			svg := picture(tt.frame, dark)
			if got := letters(t, svg); got != tt.letters {
				t.Errorf("the letters are %q, want %q", got, tt.letters)
			}
			if !strings.Contains(string(svg), tt.has) {
				t.Errorf("no %s in %s", tt.has, svg)
			}
		})
	}
}

func FuzzPicture(f *testing.F) {
	f.Add("\x1b[38;2;1;2m\x1b[48;5;7mx\x1b[999999999999m\xff─▌\x00")
	f.Fuzz(func(t *testing.T, frame string) { letters(t, picture(frame, white)) })
}
