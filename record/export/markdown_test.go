package export_test

import (
	"net/http"
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/record/export"
)

func TestMarkdownTellsWhatAReportNeeds(t *testing.T) {
	source := stored(t, aCall()...)
	source.IDs = source.IDs[4:5]
	text := first(written(t, "markdown", source, export.Options{Version: "v1.2.3"}))
	for _, want := range []string{
		"### 5 · `tool-calls` · 200 · 84 ms\n", "- target: `http://localhost:3000/vapi/webhook?x=1`\n",
		"- ✗ the result is an object", "(`tool-result-not-string` at `/results/0/result`)\n\n  Return this instead:\n\n  ```\n  {",
		"**Tool calls**\n\n- `log_in` `t2`\n  - called with: `{\"token\":\"REPLACED\"}`\n", "  - what Vapi took: `",
		"<details><summary><b>Request</b>: ", "```http\nPOST /vapi/webhook?x=1\nContent-Type: application/json\nX-Vapi-Secret: REPLACED\n```\n",
		"```json\n{\n  \"results\": [\n", "\nExported by vapitap v1.2.3.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

// hostile are texts that would be something else than text in Markdown.
var hostile = []string{
	"```\n# out\n```", "~~~\n# out", "````````\n</details><script>alert(1)</script>", "</details>\n\n# out", "<img src=x onerror=alert(1)>",
	"@everyone #1 !1", "[x](javascript:alert(1))", "a\r\n```\r\n# out", "\u2028```\n# out", "|a|b|\n|-|-|", "`` ` ``",
}

func TestNothingOfAPayloadActsAsMarkdown(t *testing.T) {
	for _, evil := range hostile {
		checkMarkdown(t, evil)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, evil := range hostile {
		f.Add(evil)
	}
	f.Fuzz(func(t *testing.T, evil string) { checkMarkdown(t, evil) })
}

// checkMarkdown puts text wherever a payload has some, and sees that what is
// outside of code is what was written for it.
func checkMarkdown(t *testing.T, evil string) {
	t.Helper()
	e := &record.Exchange{Method: "POST", Path: "/", Status: 200, Error: evil, Summary: evil, Time: began}
	e.Type = evil
	e.Request = record.Message{Header: http.Header{"X-A": {evil}}, Body: []byte(evil), Bytes: int64(len(evil))}
	e.Response = record.Message{Header: http.Header{}, Body: []byte(evil), Bytes: int64(len(evil))}
	source := export.Source{IDs: []int64{1}, Get: func(int64) (*record.Exchange, error) { return e, nil }}
	text := first(written(t, "markdown", source, export.Options{Secrets: true}))
	fence := ""
	var outside []string
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		ticks := len(trimmed) - len(strings.TrimLeft(trimmed, "`"))
		switch {
		case fence == "" && ticks >= 3 && !strings.Contains(trimmed[ticks:], "`"):
			fence = trimmed[:ticks]
		case fence != "" && ticks >= len(fence) && strings.TrimSpace(trimmed[ticks:]) == "":
			fence = ""
		case fence == "":
			outside = append(outside, line)
		}
	}
	if fence != "" {
		t.Errorf("%q: a block of code does not end\n%s", evil, text)
	}
	headings, ends := 0, 0
	for _, line := range outside {
		if strings.HasPrefix(line, "#") {
			headings++
		}
		if line == "</details>" {
			ends++
		}
		if rest := withoutCode(line); line != "</details>" && !strings.HasPrefix(line, "<details><summary><b>Re") && strings.Contains(rest, "<") {
			t.Errorf("%q acts in %q", evil, line)
		}
	}
	if headings != 1 || ends != 2 {
		t.Errorf("%q: %d headings and %d ends\n%s", evil, headings, ends, text)
	}
}

// withoutCode returns a line without its code spans.
func withoutCode(line string) string {
	var rest strings.Builder
	for line != "" {
		at := strings.IndexByte(line, '`')
		if at < 0 || at > 0 && line[at-1] == '\\' {
			rest.WriteString(line[:at+1])
			if line = line[at+1:]; at < 0 {
				rest.WriteString(line)
				break
			}
			continue
		}
		rest.WriteString(line[:at])
		line = line[at:]
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		line = line[len(ticks):]
		for end := 0; ; {
			next := strings.Index(line[end:], ticks)
			if next < 0 {
				return rest.String() + line
			}
			run := line[end+next:]
			length := len(run) - len(strings.TrimLeft(run, "`"))
			if end += next + length; length == len(ticks) {
				line = line[end:]
				break
			}
		}
	}
	return rest.String()
}
