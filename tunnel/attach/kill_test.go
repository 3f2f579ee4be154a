package attach_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// The child process attaches an assistant, says so, and lives until it is killed.
const (
	childAPI     = "ATTACH_TEST_API"
	childJournal = "ATTACH_TEST_JOURNAL"
)

func TestMain(m *testing.M) {
	if base := os.Getenv(childAPI); base != "" {
		if err := attachAndStay(base, os.Getenv(childJournal)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func attachAndStay(base, journal string) error {
	client, err := api.New(api.Options{Key: apitest.Key, BaseURL: base})
	if err != nil {
		return err
	}
	a := attach.Attacher{API: client, Journal: attach.OpenJournal(journal)}
	ctx := context.Background()
	p, err := a.Plan(ctx, []attach.Target{desk}, public(fox))
	if err != nil {
		return err
	}
	if err := a.Attach(ctx, p); err != nil {
		return err
	}
	fmt.Println("attached")
	_, err = bufio.NewReader(os.Stdin).ReadByte() // until the parent is gone
	return err
}

// child starts one and returns it with what it says.
func (s *scene) child() (*exec.Cmd, *bufio.Scanner) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childAPI+"="+s.api.URL, childJournal+"="+s.dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

func killNow(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // it was killed
}

func TestKilledBetweenTheJournalAndTheChange(t *testing.T) {
	for name, applied := range map[string]bool{"not made": false, "made and not answered": true} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			reached := make(chan bool)
			s.api.Fail(apitest.Failure{
				Method: http.MethodPatch, Times: 1, Applied: applied, Wait: make(chan bool),
				Reached: func() { close(reached) },
			})
			cmd, _ := s.child()
			<-reached
			s.owes(1)
			s.came(s.process().Recover(t.Context())) // it lives
			killNow(t, cmd)
			want := attach.Already
			if applied {
				want = attach.Restored
			}
			s.came(s.process().Recover(t.Context()), want)
			s.is(api.Assistant, "a1", prod)
			s.owes(0)
		})
	}
}

func TestKilledWhileAttached(t *testing.T) {
	for name, putBack := range map[string]func(*attach.Attacher) []attach.Outcome{
		"the next start": func(a *attach.Attacher) []attach.Outcome { return a.Recover(context.Background()) },
		"detach":         func(a *attach.Attacher) []attach.Outcome { o, _ := a.Detach(context.Background(), nil); return o },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			cmd, out := s.child()
			if !out.Scan() || out.Text() != "attached" {
				t.Fatalf("the child said %q", out.Text())
			}
			s.is(api.Assistant, "a1", fox+"/vapi/webhook")
			s.came(s.process().Recover(t.Context())) // it lives
			killNow(t, cmd)
			if owed, _ := attach.OpenJournal(s.dir).Owed(); len(owed) != 1 {
				t.Errorf("owed are %v", owed)
			}
			s.came(putBack(s.process()), attach.Restored)
			s.is(api.Assistant, "a1", prod)
			s.owes(0)
			if left, err := os.ReadDir(s.dir); err != nil || len(left) != 0 {
				t.Errorf("the folder still has %v (%v)", left, err)
			}
		})
	}
}
