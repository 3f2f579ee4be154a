package jsonpath

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzValid compares Valid with encoding/json.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, `nul`, `true `, ` false`, `truex`, `0`, `-`, `-0`, `01`, `1.`, `.5`, `1.5e`, `1e+`, `1E-07`, `-12.25e3x`, `+1`,
		`""`, `"`, `"a`, `"\`, `"\"`, `"\u00e9"`, `"\u00g9"`, `"\u00`, `"\x"`, `"\b\f\n\r\t\/\\\""`, "\"\n\"", "\"\x7f\"", "\"\xff\"", "\"12345678\x1f\"", "\"1234567 \x00\"", `"12345678901234567890"`,
		`{}`, `{ }`, `[ ]`, `{`, `[`, `{]`, `[}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a":1 "b":2}`, `{1:2}`, ` { "a" : [ 1 , { "b" : null } ] } `, `{}{}`, `1 2`, "\ufeff{}",
		strings.Repeat(`[`, 199) + strings.Repeat(`]`, 199), strings.Repeat(`[`, 300) + strings.Repeat(`]`, 300), strings.Repeat(`{"a":`, 300) + `1` + strings.Repeat(`}`, 299),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := Valid(text), json.Valid(text); got != want {
			t.Errorf("Valid(%q) = %v, want %v", text, got, want)
		}
	})
}

// What is nested deeper than encoding/json takes it is not valid, and costs no
// more of the stack than anything else.
func TestValidOfWhatIsNestedDeep(t *testing.T) {
	for _, depth := range []int{deepestChecked - 1, deepestChecked, 9999, 10_000, 10_001, 5_000_000} {
		text := []byte(strings.Repeat(`[`, depth) + strings.Repeat(`]`, depth))
		if got, want := Valid(text), json.Valid(text); got != want {
			t.Errorf("at a depth of %d Valid = %v, want %v", depth, got, want)
		}
	}
}

func BenchmarkValid(b *testing.B) {
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"reply", []byte(`{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`)},
		{"64KB", conversation(64 << 10)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				if !Valid(c.text) {
					b.Fatal("not valid")
				}
			}
		})
	}
}
