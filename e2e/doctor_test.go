//go:build unix

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vapitap/vapi/api"
)

func TestDoctorFindsNothingWrong(t *testing.T) {
	o := newOutside(t, 3)
	stdout, stderr, status := o.run(t, "doctor", target(t, echo)+"/vapi/webhook", "--url", "kind-fox.ngrok-free.dev")
	if status != 0 || stderr != "" {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	wantIn(t, stdout,
		"✓ edge         TCP: 127.0.0.1:", "✓              TLS: its certificate is trusted", "✓              protocol: it speaks ngrok's (region eu, ",
		"✓ ngrok        ngrok takes the authtoken of "+filepath.Join(o.dir, ".config", "ngrok", "ngrok.yml")+" (Ada Example, Free)",
		"✓ server       http://127.0.0.1:", "/vapi/webhook answers a harmless message with 200",
		"✓ vapi         the API key is valid ("+o.api.URL+")",
		`○ assistant    assistant "Front desk": `+oldURL+" does not lead here",
		"✓ clock        right to the second",
		"✓ store        "+o.store()+" can be written",
		"○ terminal     none")
	for _, asked := range o.api.Asked() {
		if asked.Method != "GET" && asked.Method != "HEAD" {
			t.Errorf("Vapi was asked to %s %s", asked.Method, asked.Path)
		}
	}
	if online := o.edge.Endpoints(); len(online) > 0 {
		t.Errorf("%v came online", online)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	o := newOutside(t, 2)
	o.api.Put(api.PhoneNumber, `{"id":"p1","number":"+15550100","server":{"url":"https://old-owl.ngrok-free.dev/vapi"}}`)
	o.api.Put(api.Tool, `{"id":"t1","function":{"name":"get_weather"},"server":{"url":"http://localhost:3000/tools"}}`)
	o.api.Put(api.Tool, `{"id":"t2","function":{"name":"get_time"},"server":{"url":"https://kind-fox.ngrok-free.dev/tools"}}`)
	o.world = append(o.world, "NGROK_AUTHTOKEN=wrong")
	stdout, _, status := o.run(t, "doctor", "localhost:"+itoa(freePort(t)), "--json", "--url", "kind-fox.ngrok-free.dev")
	if status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	got := map[string]string{}
	for line := range strings.Lines(stdout) {
		var f struct{ Check, Level, Finding, Do, ID string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if f.Level == "error" && f.Do == "" {
			t.Errorf("nothing to do about: %s", f.Finding)
		}
		got[f.Check+f.ID] += f.Level + " " + f.Finding
	}
	for check, want := range map[string]string{
		"ngrok": "(ERR_NGROK_", "server": "no answer from localhost:", "phone-numberp1": "yesterday's?",
		"toolt1": "not on the Internet", "edge": "ok TCP",
	} {
		if !strings.Contains(got[check], want) || check != "edge" && !strings.HasPrefix(got[check], "error ") {
			t.Errorf("%s: %q, want %q", check, got[check], want)
		}
	}
	if !strings.HasPrefix(got["toolt2"], "ok ") || !strings.HasPrefix(got["assistanta1"], "note ") {
		t.Errorf("what is well: %q, %q", got["toolt2"], got["assistanta1"])
	}
}

// TestDoctorLooksAtWhatIsNamed wants one assistant to lead here, which was
// attached by a vapitap that was killed.
func TestDoctorLooksAtWhatIsNamed(t *testing.T) {
	o := newOutside(t, 3)
	server := target(t, echo)
	stdout, _, status := o.run(t, "doctor", server, "--assistant", "front desk", "--url", "kind-fox.ngrok-free.dev")
	if status != 1 {
		t.Errorf("status %d, want 1: %s", status, stdout)
	}
	wantIn(t, stdout, `✗ assistant    assistant "Front desk": `+oldURL+" does not lead here", "vapitap TARGET --assistant a1 points it here")

	p := o.start(t, server, "--assistant", "a1", "--no-check")
	o.attached(t, p)
	stdout, _, status = o.run(t, "doctor", server, "--assistant", "a1")
	if status != 0 {
		t.Errorf("while it is attached: status %d: %s", status, stdout)
	}
	p.signal(syscall.SIGKILL)
	p.status()
	stdout, _, status = o.run(t, "doctor", server)
	if status != 1 {
		t.Errorf("after the kill: status %d, want 1", status)
	}
	wantIn(t, stdout, "✗ attached", "was attached by a vapitap that was killed", "vapitap detach puts it back")
}

func TestDoctorWithNothing(t *testing.T) {
	home := newHome(t)
	folder := filepath.Join(home.dir, "store")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file where a folder is meant
		t.Fatal(err)
	}
	p := launch(t, home.command("doctor", target(t, echo), "--db", filepath.Join(folder, "calls.db")))
	if status := p.status(); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	wantIn(t, p.stdout.String(), "○ ngrok        no authtoken", "○ vapi         no key for Vapi's API", "✗ store        store "+folder)
}
