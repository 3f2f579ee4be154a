package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// Markdown writes exchanges as they are told in an issue report: what each was,
// what is wrong with it, the tool calls, and both messages, of long bodies the
// beginning. Nothing of a payload acts as Markdown or HTML, nor mentions anybody.
func Markdown(w io.Writer, s Source, o Options) (Tally, error) {
	c := newCleaning(o)
	if err := c.learn(s, nil); err != nil {
		return c.tally, err
	}
	out := bufio.NewWriter(w)
	err := s.each(func(e *record.Exchange) error {
		d := markdown{out, c, c.exchange(e)}
		if c.tally.Exchanges > 1 {
			fmt.Fprint(out, "\n---\n\n")
		}
		d.exchange()
		return nil
	})
	if err != nil {
		return c.tally, err
	}
	if o.Version != "" {
		fmt.Fprintf(out, "\nExported by vapitap %s.\n", o.Version)
	}
	return c.tally, out.Flush()
}

// markdown writes one exchange.
type markdown struct {
	out *bufio.Writer
	*cleaning
	e *record.Exchange
}

func (d *markdown) exchange() {
	e := d.e
	heading := []string{fmt.Sprintf("### %d", e.ID), code(named(e))}
	if e.Status != 0 {
		heading = append(heading, fmt.Sprint(e.Status))
	}
	if e.Duration > 0 {
		heading = append(heading, took(e.Duration))
	}
	fmt.Fprintf(d.out, "%s\n\n", strings.Join(heading, " · "))
	if e.Summary != "" {
		fmt.Fprintf(d.out, "%s\n\n", prose(e.Summary))
	}
	d.facts()
	d.checks()
	d.toolCalls()
	d.message("Request", e.Method+" "+e.Path, &e.Request)
	if e.Status == 0 {
		fmt.Fprintf(d.out, "\n**Reply**: none\n")
		return
	}
	status := strings.TrimSpace(fmt.Sprint(e.Status, " ", http.StatusText(e.Status)))
	d.message("Reply", status, &e.Response)
}

func (d *markdown) facts() {
	e := d.e
	d.fact("time", e.Time.UTC().Format("2006-01-02 15:04:05.000 MST"))
	d.fact("call", e.CallID)
	d.fact("from", string(e.From))
	d.fact("target", e.Target)
	if e.FirstByte > 0 {
		d.fact("first byte", "after "+took(e.FirstByte))
	}
	if e.Auth.Scheme != "" {
		d.fact("authentication", e.Auth.Scheme+", "+e.Auth.Verdict)
	}
	if e.RedeliveryOf != 0 {
		d.fact("same as", fmt.Sprint(e.RedeliveryOf))
	}
	if e.Unreachable {
		d.fact("reply", "vapitap's own: no answer came from the server")
	}
	d.fact("error", e.Error)
}

func (d *markdown) fact(name, value string) {
	if value != "" {
		fmt.Fprintf(d.out, "- %s: %s\n", name, code(value))
	}
}

func (d *markdown) checks() {
	if len(d.e.Checks) == 0 {
		return
	}
	fmt.Fprint(d.out, "\n**Checks**\n\n")
	said := ""
	for _, check := range d.e.Checks {
		where := code(check.Code)
		if check.Path != "" {
			where += " at " + code(check.Path)
		}
		fmt.Fprintf(d.out, "- %s %s (%s)\n", check.Level.Sign(), prose(check.Message), where)
		switch {
		case check.Hint == "" || check.Hint == said:
		case json.Valid([]byte(check.Hint)) || strings.Contains(check.Hint, "\n"):
			fmt.Fprint(d.out, "\n  Return this instead:\n\n")
			d.fence("  ", "", []byte(check.Hint))
		default:
			fmt.Fprintf(d.out, "  Hint: %s\n", prose(check.Hint))
		}
		said = check.Hint
	}
}

func (d *markdown) toolCalls() {
	calls := d.e.ToolCalls()
	if len(calls) == 0 {
		return
	}
	fmt.Fprint(d.out, "\n**Tool calls**\n\n")
	for _, call := range calls {
		fmt.Fprintf(d.out, "- %s %s\n", code(call.Name), code(call.ID))
		d.value("called with", call.ReadableArguments())
		d.value("result", call.Result)
		d.value("error", call.Error)
		d.value("what Vapi took", call.Recorded)
		if !call.Answered && !call.Async {
			fmt.Fprint(d.out, "  - no answer\n")
		}
	}
}

// value writes a JSON value on the line of its name.
func (d *markdown) value(name string, text vapi.RawJSON) {
	const most = 2_000
	if text == nil {
		return
	}
	words := string(d.json(text))
	if len(words) > most {
		words = string(wholeRunes([]byte(words[:most]))) + "…"
	}
	fmt.Fprintf(d.out, "  - %s: %s\n", name, code(words))
}

// message writes one direction: its first line, headers, and body. A request is
// folded, since most of what Vapi sends tells of the call so far.
func (d *markdown) message(name, first string, m *record.Message) {
	fmt.Fprintf(d.out, "\n<details><summary><b>%s</b>: %s</summary>\n\n", name, plain.Size(m.Bytes))
	var head bytes.Buffer
	fmt.Fprintln(&head, first)
	for _, header := range record.SortedHeader(m.Header) {
		for _, value := range m.Header[header] {
			fmt.Fprintf(&head, "%s: %s\n", header, value)
		}
	}
	d.fence("", "http", head.Bytes())
	d.body(m)
	fmt.Fprint(d.out, "\n</details>\n")
}

// mostMarkdown is how much of a body is written, in bytes: GitHub takes 65,536
// characters in all.
const mostMarkdown = 12 << 10

func (d *markdown) body(m *record.Message) {
	body := m.Decoded()
	if len(body) == 0 {
		fmt.Fprint(d.out, "\nNo body.\n")
		return
	}
	fmt.Fprintln(d.out)
	text, language := readable(body)
	if len(text) > mostMarkdown {
		d.tally.Shortened++
		d.fence("", language, wholeRunes(text[:mostMarkdown]))
		fmt.Fprintf(d.out, "\nThe beginning, %s of %s.\n", plain.Size(mostMarkdown), plain.Size(int64(len(text))))
	} else {
		d.fence("", language, text)
	}
	if m.Truncated {
		fmt.Fprintf(d.out, "\nCut short: %s of %s were recorded.\n", plain.Size(int64(len(m.Body))), plain.Size(m.Bytes))
	}
}

// fence writes text as a block of code that ends where the text ends, whatever it
// holds, with an indentation before each line.
func (d *markdown) fence(indent, language string, text []byte) {
	shown := visible(string(text), true)
	fence := strings.Repeat("`", max(3, longestRun(shown, '`')+1))
	fmt.Fprintf(d.out, "%s%s%s\n", indent, fence, language)
	for line := range strings.SplitSeq(strings.TrimSuffix(shown, "\n"), "\n") {
		fmt.Fprintf(d.out, "%s%s\n", indent, line)
	}
	fmt.Fprintf(d.out, "%s%s\n", indent, fence)
}

// code writes words as code on one line.
func code(words string) string {
	const long = 20_000
	words = visible(words[:min(len(words), long)], false)
	if words == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longestRun(words, '`')+1)
	if strings.Trim(words, "` ") != words {
		words = " " + words + " "
	}
	return fence + words + fence
}

// prose writes words as words: what Markdown or HTML would take for something
// else is escaped, and nobody is mentioned.
func prose(words string) string {
	const special = "\\`*_{}[]()>!|~$#"
	words = strings.TrimSpace(visible(words, false))
	listNumber := len(words) - len(strings.TrimLeft(words, "0123456789")) // what a dot behind it would make of it
	var b strings.Builder
	for i, r := range words {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune(special, r), i == 0 && strings.ContainsRune("-+=", r), i == listNumber && r == '.':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' || r == '#' {
			b.WriteRune(wordJoiner) // so that it leads to nobody's page, and to no other issue
		}
	}
	return b.String()
}

// wordJoiner is a character that nobody sees.
const wordJoiner = '\u2060'

// longestRun returns how often c follows itself in text at most.
func longestRun(text string, c byte) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
