//go:build unix

package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vapitap/examples/start"
	"vapitap/vapi"
)

// TestSimulateExamples plays every scenario against each example server: Vapi
// would find nothing wrong with any reply.
func TestSimulateExamples(t *testing.T) {
	t.Setenv("VAPI_SERVER_SECRET", "correct horse battery staple") // the servers inherit it
	for _, name := range start.Names() {
		t.Run(name, func(t *testing.T) {
			home := newHome(t)
			webhook := start.Server(t, "../examples", name)
			for _, scenario := range vapi.Scenarios() {
				to := webhook
				if scenario == "llm" { // where the examples have their model
					to = strings.TrimSuffix(webhook, "/vapi/webhook")
				}
				out, stderr, status := home.run(t, "simulate", "--to", to, "--scenario", scenario, "--strict", "--db", home.store(),
					"--secret", "correct horse battery staple")
				if status != 0 || !strings.Contains(out, "and Vapi could use every reply") {
					t.Errorf("%s: status %d\n%s%s", scenario, status, out, stderr)
				}
			}
			if wrong := home.must(t, "events", "is:failed|warned", "--db", home.store()); wrong != "" {
				t.Errorf("recorded as wrong:\n%s", wrong)
			}
		})
	}
}

// TestSimulateStartsTheServer has the program run a server itself, which is gone
// afterwards, and shown where something failed.
func TestSimulateStartsTheServer(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "server")
	if wrote, err := exec.Command("go", "build", "-o", binary, "../examples/go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, wrote)
	}
	home, port := newHome(t), freePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	begin := fmt.Sprintf("echo starting; PORT=%d %s & wait", port, binary)

	out, stderr, status := home.run(t, "simulate", "--to", address+"/vapi/webhook", "--start", begin, "--db", home.store())
	if status != 0 || strings.Contains(stderr, "server|") {
		t.Errorf("status %d\n%s%s", status, out, stderr)
	}
	awaitRefusal(t, "http://"+address)

	out, stderr, status = home.run(t, "simulate", "--to", address+"/elsewhere", "--start", begin, "--db", home.store())
	if status != 1 || !strings.Contains(out, "reply-not-200") {
		t.Errorf("status %d\n%s", status, out)
	}
	wantIn(t, stderr, "server| starting\n")
	awaitRefusal(t, "http://"+address)
}
