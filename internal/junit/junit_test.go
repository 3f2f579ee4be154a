package junit

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	var b strings.Builder
	err := Write(&b, "vapitap simulate", []Suite{
		{Name: "inbound", Started: time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC), Cases: []Case{
			{Name: "1 assistant-request", Class: "inbound.assistant-request", Duration: 84200 * time.Microsecond},
			{Name: "2 tool-calls get_weather", Class: "inbound.tool-calls", Duration: time.Second,
				Failure: &Failure{"tool-result-not-string", `"result" is <an object>`, "at /results/0/result\x00"}, Output: "vapitap show 12"},
		}},
		{Name: "empty"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="vapitap simulate" tests="2" failures="1" time="1.084">
  <testsuite name="inbound" tests="2" failures="1" errors="0" skipped="0" time="1.084" timestamp="2026-11-23T14:02:15">
    <testcase name="1 assistant-request" classname="inbound.assistant-request" time="0.084"></testcase>
    <testcase name="2 tool-calls get_weather" classname="inbound.tool-calls" time="1.000">
      <failure type="tool-result-not-string" message="&#34;result&#34; is &lt;an object&gt;">at /results/0/result` + "\uFFFD" + `</failure>
      <system-out>vapitap show 12</system-out>
    </testcase>
  </testsuite>
  <testsuite name="empty" tests="0" failures="0" errors="0" skipped="0" time="0.000"></testsuite>
</testsuites>
`
	if b.String() != want {
		t.Errorf("wrote\n%s\nwant\n%s", b.String(), want)
	}
}

// Whatever a reply said, what is written can be read.
func FuzzWrite(f *testing.F) {
	f.Add("a\x1b[31m", "]]>")
	f.Add("\xff\xfe", "\uFFFF\u0000")
	f.Fuzz(func(t *testing.T, message, text string) {
		var b strings.Builder
		if err := Write(&b, message, []Suite{{Name: text, Cases: []Case{{Name: message, Failure: &Failure{text, message, text}, Output: text}}}}); err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(strings.NewReader(b.String()))
		for {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%v in\n%s", err, b.String())
			}
		}
	})
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.xml")
	if err := os.WriteFile(path, []byte(strings.Repeat("older and longer ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, "x", nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(string(text), "></testsuites>\n") {
		t.Errorf("the file holds %q (%v)", text, err)
	}
	if err := WriteFile(filepath.Join(path, "x.xml"), "x", nil); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("into a file as if it were a folder: %v", err)
	}
}
