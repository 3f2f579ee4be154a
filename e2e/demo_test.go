//go:build unix

package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDemo runs the demo as somebody does who has just installed the program,
// and then types what it suggests.
func TestDemo(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	shown := home.must(t, "demo", "--output", "text", "--speed", "20", "--port", "0")
	for what, pattern := range map[string]string{
		"the call that comes in":      `(?m)^ +1 .* assistant-request .* \+1 415 555 0100 → assistant "Weather & Tables"$`,
		"what the caller says":        `transcript .* user: "Hi, what's the weather like in Oslo today\?"`,
		"the tool call that is right": `(?m)^ +[0-9]+ [0-9:.]+   tool-calls .* get_weather\(city: "Oslo"\) → "12 degrees and cloudy in Oslo"$`,
		"the one that is not, and why": `(?m)^ +[0-9]+ [0-9:.]+ ✗ tool-calls .* book_table\(guests: 2, time: "19:00"\) → {"table":7,"time":"19:00"}\n` +
			` +✗ the result is an object; Vapi takes a string, so the assistant hears no result \(tool-result-not-string\)$`,
		"the report, its reason and cost": `end-of-call-report .* customer ended the call · 1 m 20 s · \$0\.[0-9]{2} · "The caller asked for the weather in Oslo and got an answer`,
	} {
		if !regexp.MustCompile(pattern).MatchString(shown) {
			t.Errorf("the demo does not show %s: %s", what, pattern)
		}
	}
	if t.Failed() {
		t.Fatalf("it shows:\n%s", shown)
	}

	try := suggestions(t, shown)
	if len(try) != 5 || try[4] != "vapitap 3000/vapi/webhook" {
		t.Fatalf("the demo suggests %q", try)
	}
	for i, want := range []string{
		`^vapitap events type:tool-calls$`,
		`^vapitap show [0-9]+$`,
		`^vapitap show [0-9]+ --json$`,
		`^vapitap replay [0-9]+ --set '.*=Bergen' --diff$`,
	} {
		if !regexp.MustCompile(want).MatchString(try[i]) {
			t.Fatalf("the demo suggests %q, want %s", try[i], want)
		}
	}
	listed := home.shell(t, try[0])
	wantIn(t, listed, `get_weather(city: "Oslo")`, `book_table(guests: 2`)
	if n := strings.Count(listed, " tool-calls "); n != 2 {
		t.Errorf("%s lists %d tool calls, want 2:\n%s", try[0], n, listed)
	}
	wantIn(t, home.shell(t, try[1]), "book_table", "the result is an object; Vapi takes a string", "hint: return this",
		`"result": "{\"table\":7,\"time\":\"19:00\"}"`)
	wantWeather(t, home.shell(t, try[2]))
	wantIn(t, home.shell(t, try[3]), `results[0].result: "12 degrees and cloudy in Oslo" → "8 degrees and rain in Bergen"`)
}

// wantWeather reads an exchange as a program does.
func wantWeather(t *testing.T, text string) {
	t.Helper()
	var e struct {
		Type      string
		ToolCalls []struct {
			Name      string
			Arguments struct{ City string }
			Result    string
		}
	}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatalf("no JSON: %v: %s", err, text)
	}
	if e.Type != "tool-calls" || len(e.ToolCalls) != 1 || e.ToolCalls[0].Name != "get_weather" ||
		e.ToolCalls[0].Arguments.City != "Oslo" || e.ToolCalls[0].Result != "12 degrees and cloudy in Oslo" {
		t.Errorf("the tool call is %+v", e)
	}
}

// TestDemoForAProgram has nothing but exchanges on standard output. What is
// suggested beside them leads to the store that was named.
func TestDemoForAProgram(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	store := filepath.Join(home.dir, "it's a store.db")
	stdout, stderr, status := home.run(t, "demo", "--output", "json", "--fast", "--port", "0", "--db", store)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	list := parse(t, stdout)
	if len(list) < 20 || list[0].Type != "assistant-request" || list[len(list)-1].Type != "end-of-call-report" {
		t.Errorf("it printed %+v", list)
	}
	for _, e := range list {
		if e.From != "simulate" || e.Status != 200 || e.Error != "" {
			t.Errorf("exchange %+v", e)
		}
	}
	if recorded := home.must(t, "events", "--json", "--limit", "0", "--db", store); recorded != stdout {
		t.Errorf("it printed\n%s\nand recorded\n%s", stdout, recorded)
	}
	try := suggestions(t, stderr)
	if len(try) != 5 {
		t.Fatalf("on standard error it suggests %q", try)
	}
	wantWeather(t, home.shell(t, try[2]))
}

// TestDemoFromSource suggests what can be typed where no program is installed,
// when it was just built and when it was before.
func TestDemoFromSource(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	for range 2 {
		cmd := exec.Command("go", "run", ".", "demo", "--output", "text", "--fast", "--port", "0")
		cmd.Dir = ".."
		cmd.Env = append(home.environment(), "HOME="+os.Getenv("HOME")) // where Go keeps what it has built
		p := launch(t, cmd)
		if status := p.status(); status != 0 {
			t.Fatalf("status %d: %s", status, p.stderr)
		}
		for _, line := range suggestions(t, p.stdout.String()) {
			if !strings.HasPrefix(line, "go run . ") {
				t.Errorf("the demo suggests %q", line)
			}
		}
	}
}

// suggestions returns the commands that the demo says to try next, in order.
func suggestions(t *testing.T, text string) (commands []string) {
	t.Helper()
	_, after, ok := strings.Cut(text, "\nTry next:\n")
	if !ok {
		t.Fatalf("it does not say what to try next:\n%s", text)
	}
	for _, match := range regexp.MustCompile(`(?m)^  (\S.*)$`).FindAllStringSubmatch(after, -1) {
		commands = append(commands, match[1])
	}
	return commands
}

// shell runs a line as it is typed, which must end well, and returns what it
// prints.
func (h home) shell(t *testing.T, line string) string {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Env, cmd.Dir = h.environment(), h.dir
	p := launch(t, cmd)
	if status := p.status(); status != 0 {
		t.Fatalf("%s: status %d\n%s", line, status, p.stderr)
	}
	return p.stdout.String()
}
