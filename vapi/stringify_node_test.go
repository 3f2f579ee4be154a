package vapi

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

var recordNode = flag.Bool("record-node", false, "write testdata/stringify.jsonl anew, with what Node gives")

const (
	nodeScript   = "testdata/stringify.mjs"
	nodeRecorded = "testdata/stringify.jsonl"
)

// nodeAnswer is one line of the recorded expectations. Text is the JSON in
// base64; Written is null where Node refused it.
type nodeAnswer struct {
	Text    []byte  `json:"text"`
	Written *string `json:"written"`
}

// What Node gave for these documents when it was asked last.
func TestStringifyIsWhatNodeRecorded(t *testing.T) {
	if *recordNode {
		record(t)
	}
	file, err := os.Open(nodeRecorded)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	count := 0
	for ; lines.Scan(); count++ {
		var a nodeAnswer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		compare(t, a.Text, a.Written)
	}
	if count < 300 || lines.Err() != nil {
		t.Errorf("%d documents in %s (%v)", count, nodeRecorded, lines.Err())
	}
}

// What Node gives now, for thousands of documents. It is asked where
// VAPITAP_E2E=1 is set, and then its absence is a failure.
func TestStringifyIsWhatNodeGives(t *testing.T) {
	if os.Getenv("VAPITAP_E2E") != "1" {
		return
	}
	random := rand.New(rand.NewPCG(3, 4))
	texts := pickedDocuments()
	for range 6000 {
		texts = append(texts, newDocument(random))
	}
	for i, written := range askNode(t, texts) {
		compare(t, texts[i], written)
	}
}

func compare(t *testing.T, text []byte, want *string) {
	t.Helper()
	got, err := Stringify(text)
	switch {
	case (err == nil) != (want != nil):
		t.Errorf("%q: %v, while Node gives %v", text, err, want)
	case err == nil && string(got) != *want:
		t.Errorf("%q\n got %q\nNode %q", text, got, *want)
	case IsStringified(text) != (err == nil && bytes.Equal(got, text)):
		t.Errorf("%q: IsStringified = %v, and it is written %q", text, IsStringified(text), got)
	}
}

func record(t *testing.T) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	texts := pickedDocuments()
	for range 300 {
		texts = append(texts, newDocument(random))
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for i, written := range askNode(t, texts) {
		if err := e.Encode(nodeAnswer{texts[i], written}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(nodeRecorded, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// askNode returns what Node writes for each text, nil where it refuses it.
func askNode(t *testing.T, texts [][]byte) []*string {
	t.Helper()
	var in bytes.Buffer
	for _, text := range texts {
		in.WriteString(base64.StdEncoding.EncodeToString(text) + "\n")
	}
	cmd := exec.Command("node", nodeScript)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ask Node: %v", err)
	}
	var answers []*string
	for line := range bytes.Lines(out) {
		var written *string
		if err := json.Unmarshal(line, &written); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, written)
	}
	if len(answers) != len(texts) {
		t.Fatalf("Node answered %d of %d texts", len(answers), len(texts))
	}
	return answers
}

// pickedDocuments are those that a generator would hardly find.
func pickedDocuments() [][]byte {
	var texts [][]byte
	for _, text := range []string{
		``, ` `, `nul`, `[1,]`, `{"a":1,}`, `{"a" 1}`, `{1:2}`, `[01]`, `[1.]`, `[.5]`, `[+1]`, `[-]`, `[1e]`, `"a`, `"\x"`, `"\u12g4"`, "\"\t\"", `[1 2]`, `{} {}`, `]`, `{"a":1]`, `"\`, "\uFEFF\uFEFF1", "\v1",
		"\uFEFF{}", "\"\uFEFF\"", `null`, `true`, ` "x" `, `0`, `-0`, `-0.0`, `-0e9`, `[ ]`, `{ }`,
		`{"__proto__":1,"a":2,"__proto__":{"b":1}}`, `{"constructor":1,"toString":2,"length":3}`,
		`{"4294967295":1,"4294967294":2,"4294967296":3,"x":0,"-0":1,"00":3,"0":1,"1.0":4,"1e3":5," 1":6,"+1":7}`,
		`{"b":1,"\u0031\u0030":2,"2":3,"10":4,"\u0062":5}`, `{"2":{"b":1,"1":2},"1":[{"z":0,"0":1}],"2":3}`,
		`{"a":{"b":1,"1":{"c":2,"2":{"d":3,"3":[4,{"e":5,"4":6}]}}},"0":{"x":1,"x":{"y":1,"y":{"z":1,"z":2}}}}`,
		`[1e21,1e20,123456789012345680000,1e-6,1e-7,0.000001234,0.00000012345,5e-324,2.5e-324,2e-324,1.7976931348623157e308,1.7976931348623159e308,-1e400,1e-400,-1e-400]`,
		`[9007199254740991,9007199254740992,9007199254740993,-9007199254740993,999999999999999,9999999999999999,4.35,0.1,100,1.10,1E5,1e+5,1e05,0.30000000000000004,1e100,1.5e+100,12e-9]`,
		`"\ud800"`, `"\uDC00"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\ude00\ud83d"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx\ude00"`, `"\udfff\udfff"`, `"\ud800\u0041"`, `"\\ud83d\\ude00"`, `"\ud83d\n"`,
		`{"\ud800":1,"\ud800":2,"\uDBFF":3,"\ufffd":4}`,
		`"\u2028\u2029` + "\u2028\u2029\u007f\u0080" + `\u0000\u001f\u007F\b\t\n\f\r\/\"\\\u0008\u000A\u000b"`, `"/<>&'é😀"`, `"\u00e9\u00E9"`,
	} {
		texts = append(texts, []byte(text))
	}
	for _, broken := range []string{"\xe2\x82", "\xed\xa0\x80", "\xf0\x9f\x98", "\xf0\x80\x80", "\xc0\x80", "\xe2\x82A", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xff\xfe", "\x80", "\xc3", "\xc3\xa9\xc3", "\xf0\x9f\x98\x80\xf0\x9f", "\xef\xbf\xbd\xef\xbf"} {
		texts = append(texts, []byte(`["`+broken+`",{"`+broken+`":1}]`), []byte(broken), []byte(`"a`+broken))
	}
	return texts
}

// newDocument returns JSON text written in any of the ways that are allowed, or,
// seldom, something that is none.
func newDocument(random *rand.Rand) []byte {
	w := documentWriter{Rand: random}
	w.value(4)
	text := w.out
	switch {
	case random.IntN(40) == 0:
		text = append([]byte("\uFEFF"), text...)
	case random.IntN(40) == 0:
		text[random.IntN(len(text))] = byte(random.IntN(256))
	case random.IntN(60) == 0:
		text = text[:random.IntN(len(text))]
	}
	return text
}

type documentWriter struct {
	*rand.Rand
	out []byte
}

func (w *documentWriter) value(depth int) {
	w.space()
	switch n := w.IntN(10); {
	case n < 3 && depth > 0:
		w.out = append(w.out, '{')
		for i := range w.IntN(7) {
			w.comma(i)
			w.space()
			w.key()
			w.space()
			w.out = append(w.out, ':')
			w.value(depth - 1)
		}
		w.space()
		w.out = append(w.out, '}')
	case n < 5 && depth > 0:
		w.out = append(w.out, '[')
		for i := range w.IntN(5) {
			w.comma(i)
			w.value(depth - 1)
		}
		w.space()
		w.out = append(w.out, ']')
	case n < 7:
		w.text(w.IntN(8))
	case n < 9:
		w.number()
	default:
		w.out = append(w.out, []string{"true", "false", "null"}[w.IntN(3)]...)
	}
	w.space()
}

func (w *documentWriter) comma(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
}

func (w *documentWriter) space() {
	if w.IntN(12) == 0 {
		w.out = append(w.out, []string{" ", "\n", "\t", "\r\n", "  "}[w.IntN(5)]...)
	}
}

func (w *documentWriter) key() {
	switch w.IntN(4) {
	case 0:
		w.out = fmt.Appendf(w.out, `"%d"`, []uint64{w.Uint64N(12), w.Uint64N(1 << 34), math.MaxUint32 - w.Uint64N(3)}[w.IntN(3)])
	case 1:
		w.out = append(w.out, []string{`"a"`, `"b"`, `"\u0061"`, `"__proto__"`, `"01"`, `"-1"`, `""`, `"\u0031"`, `"1.5"`}[w.IntN(9)]...)
	default:
		w.text(w.IntN(3))
	}
}

func (w *documentWriter) text(length int) {
	w.out = append(w.out, '"')
	for range length {
		switch w.IntN(12) {
		case 0:
			w.out = fmt.Appendf(w.out, []string{`\u%04x`, `\u%04X`}[w.IntN(2)], w.IntN(1<<16))
		case 1:
			w.out = fmt.Appendf(w.out, `\u%04x`, 0xd800+w.IntN(0x800))
		case 2:
			w.out = fmt.Appendf(w.out, `\u%04x`, w.IntN(0x80))
		case 3:
			w.out = append(w.out, '\\', `"\/bfnrt`[w.IntN(8)])
		case 4:
			w.out = append(w.out, []string{"\u2028", "\u2029", "é", "😀", "\x7f", "\ufeff", "\uffff"}[w.IntN(7)]...)
		case 5:
			if w.IntN(8) == 0 {
				w.out = append(w.out, byte(0x80+w.IntN(0x80)))
			}
		default:
			w.out = append(w.out, strings.ReplaceAll(strings.ReplaceAll(string(rune(' '+w.IntN(95))), `\`, `/`), `"`, `'`)...)
		}
	}
	w.out = append(w.out, '"')
}

func (w *documentWriter) number() {
	switch w.IntN(6) {
	case 0:
		w.out = strconv.AppendInt(w.out, int64(w.Uint64()), 10)
	case 1: // any double at all, in one of three forms
		f := math.Float64frombits(w.Uint64())
		if math.IsInf(f, 0) || math.IsNaN(f) {
			f = math.Copysign(0, -1)
		}
		w.out = strconv.AppendFloat(w.out, f, "efE"[w.IntN(3)], -1+w.IntN(2)*20, 64)
	case 2:
		w.out = strconv.AppendInt(w.out, int64(w.IntN(2000)-1000), 10)
	case 3:
		w.out = fmt.Appendf(w.out, "%s%d.%0*d", []string{"", "-"}[w.IntN(2)], w.IntN(100), 1+w.IntN(8), w.IntN(10))
	case 4:
		w.out = fmt.Appendf(w.out, "%d%s%d", 1+w.IntN(9999), []string{"e", "E", "e+", "e-", "E-0"}[w.IntN(5)], w.IntN(340))
	default:
		w.out = append(w.out, []string{"-0", "-0.0", "0.0", "1.0", "0e0", "1e21", "1e-7", "123456789012345678901234567890"}[w.IntN(8)]...)
	}
}
