package vapi

import "testing"

func TestOneLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"4 degrees", "4 degrees"},
		{" 4  degrees\r\n", "4 degrees"},
		{"tab\there", "tab here"},
		{"a\x1b[31mb", "a [31mb"},
		{"del\x7fete", "del ete"},
		{"f(x) → \"12 °C\" · …", "f(x) → \"12 °C\" · …"},
		{"дождь 😀", "дождь 😀"},
		{"no\u00a0break", "no break"},
		{"next\u0085line\u2028too", "next line too"},
		{"\u3000a\u3000", "a"},
		{"right\u202eleft\ufeff", "rightleft"},
		{"a\xffb\ufffd", "a\ufffdb\ufffd"},
		{"exactly twenty chars", "exactly twenty chars"},
		{"twenty and one chars!", "twenty and one char…"},
		{"zwanzig für schön üb", "zwanzig für schön üb"},
	} {
		if got := oneLine(c.text, 20); got != c.want {
			t.Errorf("%q is %q, want %q", c.text, got, c.want)
		}
	}
}

func TestKeysAndPhrasesAreOneLine(t *testing.T) {
	for _, c := range []struct{ arguments, want string }{
		{`{"city":"Oslo"}`, `city: "Oslo"`},
		{`{"city":" Oslo"}`, `city: "Oslo"`},
		{`{"a  key":"two  spaces"}`, `a key: "two spaces"`},
		{`{"":"","n":null}`, `: "", n: null`},
		{`{"quoted":"say \"hi\"","line":"a\nb"}`, `quoted: "say "hi"", line: "a b"`},
		{`{"long":"` + "0123456789012345678901234567890123456789" + `","longer":"` + "01234567890123456789012345678901234567890" + `"}`,
			`long: "0123456789012345678901234567890123456789", longer: "012345678901234567890123456789012345678…"`},
		{`"x"`, `"x"`},
		{`12`, `12`},
	} {
		if got := arguments(root([]byte(c.arguments))); got != c.want {
			t.Errorf("%s is written %s, want %s", c.arguments, got, c.want)
		}
	}
}
