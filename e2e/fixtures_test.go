//go:build unix

package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vapitap/examples/start"
)

// TestFixturesOfTheDemo does what the README says: the demo's tool calls are
// saved and sent to each example server. They pass; they fail where another reply
// is wanted, with the one value that differs; and pass again after an update.
func TestFixturesOfTheDemo(t *testing.T) {
	t.Setenv("VAPI_SERVER_SECRET", "")
	home := newHome(t)
	home.must(t, "demo", "--output", "text", "--fast", "--port", "0", "--db", home.store())
	for _, name := range start.Names() {
		t.Run(name, func(t *testing.T) {
			webhook := start.Server(t, "../examples", name)
			fixtures := filepath.Join(t.TempDir(), "fixtures")
			wantIn(t, home.must(t, "save", "type:tool-calls", "--dir", fixtures, "--db", home.store()), "tool-calls-get-weather.json", "tool-calls-book-table.json")
			test := []string{"test", fixtures, "--to", webhook, "--db", home.store()}

			wantIn(t, home.must(t, test...), "✓ 2 fixtures in ")

			file := filepath.Join(fixtures, "tool-calls-get-weather.json")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			other := bytes.Replace(text, []byte("12 degrees and cloudy"), []byte("13 degrees and sunny"), -1)
			if err := os.WriteFile(file, other, 0o644); err != nil {
				t.Fatal(err)
			}
			out, _, status := home.run(t, test...)
			if status != 1 || strings.Count(out, "wanted ") != 1 {
				t.Errorf("status %d, want 1 and one difference\n%s", status, out)
			}
			wantIn(t, out, "    at /results/0/result\n", `wanted "13 degrees and sunny in Oslo"`, `got    "12 degrees and cloudy in Oslo"`)

			wantIn(t, home.must(t, append(test, "--update")...), `wanted "13 degrees and sunny in Oslo"`, "1 updated")
			wantIn(t, home.must(t, test...), "✓ 2 fixtures in ")
		})
	}
}

// TestTestStartsTheServer has the program run a server for the time of the test,
// which is gone afterwards with what it started.
func TestTestStartsTheServer(t *testing.T) {
	home, port := newHome(t), freePort(t)
	server := filepath.Join(home.dir, "server")
	if wrote, err := exec.Command("go", "build", "-o", server, "../examples/go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, wrote)
	}
	text, err := os.ReadFile("../examples/tests/go/fixtures/tool-calls-get-weather.json")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home.dir, "weather.json") // this server names the tool as well
	if err := os.WriteFile(file, bytes.Replace(text, []byte(`"mode": "json"`), []byte(`"mode": "subset"`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	out := home.must(t, "test", file, "--to", address, "--start", fmt.Sprintf("PORT=%d %s & wait", port, server), "--db", home.store())
	wantIn(t, out, "✓ 1 fixture in ")
	awaitRefusal(t, "http://"+address)
}
