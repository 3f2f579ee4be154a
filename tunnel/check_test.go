package tunnel

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vapitap/tunnel/ngroktest"
)

// checked opens a tunnel whose server asks c, and records what reaches it else.
func checked(t *testing.T, e *ngroktest.Edge, c *Checker) (Tunnel, chan *http.Request) {
	t.Helper()
	others := make(chan *http.Request, 10)
	tun, _ := open(t, options(e), c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		others <- r
		io.WriteString(w, "the server")
	})))
	return tun, others
}

// failedCheck returns why a check failed.
func failedCheck(t *testing.T, err error) *CheckFailure {
	t.Helper()
	var f *CheckFailure
	if !errors.As(err, &f) {
		t.Fatalf("the check ended with %v", err)
	}
	if strings.Contains(f.Error(), checkParameter) {
		t.Errorf("it shows the number: %v", f)
	}
	return f
}

func TestACheckProvesThatThePublicURLLeadsHere(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	var c Checker
	tun, others := checked(t, e, &c)
	took, err := c.Check(t.Context(), tun.Status().URL, client(t, e, ""))
	if err != nil || took <= 0 {
		t.Errorf("%v, %v", took, err)
	}
	if len(others) > 0 {
		t.Error("it reached the server")
	}
	if len(c.numbers) > 0 || c.waiting.Load() != 0 {
		t.Error("it is remembered")
	}
}

func TestANumberIsAnsweredOnceAndOnlyWhileItsCheckLasts(t *testing.T) {
	var c Checker
	number, _ := c.begin()
	answered := func(n string) bool {
		return c.Answer(httptest.NewRecorder(), httptest.NewRequest("GET", "/any/path?"+checkParameter+"="+n, nil))
	}
	if answered("guess") || answered("") {
		t.Error("a guess is answered")
	}
	if !answered(number) {
		t.Error("its number is not answered")
	}
	if answered(number) {
		t.Error("it is answered twice")
	}
	c.end(number)
	other, _ := c.begin()
	c.end(other)
	if answered(other) {
		t.Error("it is answered after its end")
	}
}

func TestACheckSaysWhatStandsInTheWay(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	var c Checker
	tun, others := checked(t, e, &c)
	url, client := tun.Status().URL, client(t, e, "")

	t.Run("warning page", func(t *testing.T) {
		e.Warn(func(*http.Request) bool { return true })
		defer e.Warn(nil)
		_, err := c.Check(t.Context(), url, client)
		f := failedCheck(t, err)
		if !f.Interstitial || f.Code != "ERR_NGROK_6024" || f.Arrived || !strings.Contains(f.Do, "ngrok-skip-browser-warning") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("warning page for browsers alone", func(t *testing.T) {
		e.Warn(ngroktest.Browsers)
		defer e.Warn(nil)
		if _, err := c.Check(t.Context(), url, client); err != nil {
			t.Error(err)
		}
	})
	t.Run("another address", func(t *testing.T) {
		_, err := c.Check(t.Context(), "https://yesterday.ngrok-free.dev", client)
		if f := failedCheck(t, err); f.Code != "ERR_NGROK_3200" || f.Status != 404 || !strings.Contains(f.Says, "is offline") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("another vapitap", func(t *testing.T) {
		var other Checker
		_, err := other.Check(t.Context(), url+"/", client)
		if f := failedCheck(t, err); f.Arrived || f.Status != 200 || !strings.Contains(f.Says, "leads elsewhere") {
			t.Errorf("%+v", f)
		}
		if r := <-others; r.Method != "GET" {
			t.Errorf("what reached the other one is %s", r.Method)
		}
	})
	t.Run("no certificate that is trusted", func(t *testing.T) {
		strict := httptest.NewUnstartedServer(nil)
		strict.Config.ErrorLog = log.New(io.Discard, "", 0)
		strict.StartTLS()
		defer strict.Close()
		_, err := c.Check(t.Context(), strict.URL, nil)
		if f := failedCheck(t, err); !strings.Contains(f.Says, "not trusted, so that Vapi will not call it") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		gone := httptest.NewServer(nil)
		gone.Close()
		_, err := c.Check(t.Context(), gone.URL, nil)
		if f := failedCheck(t, err); f.Status != 0 || !strings.Contains(f.Says, "cannot be reached") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("a reply that is changed on the way", func(t *testing.T) {
		changing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.Answer(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusForbidden)
		}))
		defer changing.Close()
		_, err := c.Check(t.Context(), changing.URL, nil)
		if f := failedCheck(t, err); !f.Arrived || f.Status != 403 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("no URL", func(t *testing.T) {
		for _, url := range []string{"", "kind-fox.ngrok-free.dev", "ftp://x", "http://[", "http:///x"} {
			_, err := c.Check(t.Context(), url, nil)
			failedCheck(t, err)
		}
	})
}

// TestMain lets the test binary be a program of its own that asks one URL.
func TestMain(m *testing.M) {
	if url := os.Getenv("TUNNEL_TEST_URL"); url != "" {
		response, err := http.Get(url)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		io.Copy(os.Stdout, response.Body)
		os.Exit(0)
	}
	flag.Set("test.parallel", "16") // the slow ones wait, they do not work
	os.Exit(m.Run())
}

func TestAProgramReachesTheStandInByTheNameOfItsDomain(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := checked(t, e, new(Checker))
	variables, err := e.Environ(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), append(variables, "TUNNEL_TEST_URL="+tun.Status().URL)...)
	out, err := program.CombinedOutput()
	if err != nil || string(out) != "the server" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestAPlainStandInNeedsNoNames(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{Plain: true})
	var c Checker
	tun, _ := checked(t, e, &c)
	url := tun.Status().URL
	if !strings.HasPrefix(url, "http://127.0.0.1:") || url != e.URL("") {
		t.Errorf("URL: %s, %s", url, e.URL(""))
	}
	if _, err := c.Check(t.Context(), url, nil); err != nil {
		t.Error(err)
	}
}
