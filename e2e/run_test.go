//go:build unix

package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestPortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	home := newHome(t)
	stdout, stderr, status := home.run(t, "3000", "--port", fmt.Sprint(port), "--db", home.store())
	if status != 1 || stdout != "" {
		t.Errorf("status %d, want 1; on standard output: %q", status, stdout)
	}
	wantIn(t, stderr,
		fmt.Sprintf("vapitap: listen on 127.0.0.1:%d: address already in use (another vapitap, or vapi listen?)\n", port),
		fmt.Sprintf("hint: end that, or try --port %d, or --port 0 for any that is free\n", port+1))
}

func TestPortZeroSaysWhich(t *testing.T) {
	home := newHome(t)
	p := launch(t, home.command(target(t, echo)+"/hook", "--port", "0", "--db", home.store()))
	if status, reply := post(t, p.url()+"/", "hello"); status != http.StatusOK || reply != "/hook hello" {
		t.Errorf("got %d %q", status, reply)
	}
	p.end()
	wantIn(t, p.stderr.String(), "recording to "+home.store())
	if lines := strings.Split(p.stdout.String(), "\n"); len(lines) != 2 {
		t.Errorf("standard output has more than the exchange: %q", lines)
	}
}

func TestTargetsThatAreRefused(t *testing.T) {
	home := newHome(t)
	own := fmt.Sprint(freePort(t))
	for _, c := range []struct{ name, target, want string }{
		{"itself", own, "localhost:" + own + " is vapitap itself, which would forward to itself without end\nhint: "},
		{"itself by address", "http://127.0.0.1:" + own + "/hook", "is vapitap itself"},
		{"credentials", "http://me:hunter2@localhost:3000/hook", "a user name and password in a URL would be recorded with every exchange; leave them out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, status := home.run(t, c.target, "--port", own, "--db", home.store())
			if status != 2 || stdout != "" {
				t.Errorf("status %d, want 2; on standard output: %q", status, stdout)
			}
			wantIn(t, stderr, c.want)
			if strings.Contains(stderr, "hunter2") {
				t.Errorf("it says the password: %s", stderr)
			}
		})
	}
	if _, err := os.Stat(home.store()); err == nil {
		t.Error("a store was made for nothing")
	}
}

func TestStoreThatIsADirectory(t *testing.T) {
	home := newHome(t)
	stdout, stderr, status := home.run(t, "3000", "--port", "0", "--db", home.dir)
	if status != 1 || stdout != "" {
		t.Errorf("status %d, want 1; on standard output: %q", status, stdout)
	}
	wantIn(t, stderr, fmt.Sprintf("vapitap: store %s: it is a directory; name a file in it: --db %[1]s/vapitap.db\n", home.dir))
}

// TestSignalsDrain asks the program to end in the middle of a reply: it takes no
// more requests, and the reply comes in full.
func TestSignalsDrain(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			first, second := strings.Repeat("first ", 50_000), strings.Repeat("second ", 50_000)
			goOn := make(chan struct{})
			server := target(t, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, first)
				w.(http.Flusher).Flush()
				select {
				case <-goOn:
					io.WriteString(w, second)
				case <-r.Context().Done():
				}
			})
			home := newHome(t)
			p := launch(t, home.command(server, "--port", "0", "--db", home.store()))
			res, err := http.Get(p.url())
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			got := make([]byte, len(first))
			if _, err := io.ReadFull(res.Body, got); err != nil {
				t.Fatal(err)
			}
			p.signal(s)
			awaitRefusal(t, p.url())
			close(goOn)
			rest, err := io.ReadAll(res.Body)
			if string(got) != first || string(rest) != second || err != nil {
				t.Errorf("the caller got %d and %d bytes, %v", len(got), len(rest), err)
			}
			if status := p.status(); status != 0 {
				t.Errorf("status %d, want 0", status)
			}
			list := home.events(t)
			if len(list) != 1 || list[0].Error != "" || list[0].ResponseBytes != len(first+second) {
				t.Errorf("recorded: %+v", list)
			}
		})
	}
}

// TestHangingServer ends the program while a server gives no answer.
func TestHangingServer(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	server := target(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	home := newHome(t)
	p := launch(t, home.command(server, "--port", "0", "--output", "json", "--db", home.store()))
	address := p.url()
	replied := make(chan struct{})
	go func() {
		defer close(replied)
		if res, err := http.Post(address+"/hook", "text/plain", strings.NewReader("ping")); err == nil {
			t.Errorf("the caller got %s", res.Status)
			res.Body.Close()
		}
	}()
	<-arrived
	p.signal(os.Interrupt)
	const patience = 30 * time.Second // 5 s are what a request is given; the rest is for a busy machine
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("it still runs %s after Ctrl-C", patience)
	}
	<-replied
	if status := p.status(); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
	list := home.events(t)
	if len(list) != 1 || list[0].Error != "vapitap ended before the reply was complete" || list[0].Path != "/hook" || list[0].RequestBytes != 4 || list[0].Status != 0 {
		t.Errorf("recorded: %+v", list)
	}
	if printed := parse(t, p.stdout.String()); !slices.Equal(printed, list) {
		t.Errorf("printed %+v, recorded %+v", printed, list)
	}
}

// TestFollowInASecondProcess watches from another process what comes while the
// program runs.
func TestFollowInASecondProcess(t *testing.T) {
	home := newHome(t)
	p := launch(t, home.command(target(t, echo), "--port", "0", "--db", home.store()))
	address := p.url()
	follow := launch(t, home.command("events", "--follow", "--json", "path:/wanted*", "--db", home.store()))
	follow.await(follow.stderr, "that it waits", saying("waiting, Ctrl-C ends it"))
	var want []string
	for i := range 10 {
		post(t, fmt.Sprintf("%s/wanted/%d", address, i), "x")
		post(t, fmt.Sprintf("%s/other/%d", address, i), "x")
		want = append(want, fmt.Sprintf("/wanted/%d", i))
	}
	follow.await(follow.stdout, "all that came", saying(fmt.Sprintf(`(?:.*\n){%d}`, len(want))))
	follow.end()
	var got []string
	for _, e := range parse(t, follow.stdout.String()) {
		got = append(got, e.Path)
	}
	if !slices.Equal(got, want) {
		t.Errorf("followed %q, want %q", got, want)
	}
	p.end()
}

// TestNobodyReadsOn has a reader of both outputs that ends after the first line,
// as head -1 does, and one that stands still, as a pager does. Either way the
// program goes on, and ends when it is asked to.
func TestNobodyReadsOn(t *testing.T) {
	for name, leave := range map[string]func(*os.File){
		"it ends":         func(r *os.File) { r.Close() },
		"it stands still": func(*os.File) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const requests = 300 // whose lines are more than a pipe holds
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			home := newHome(t)
			cmd := home.command(target(t, echo), "--port", "0", "--output", "json", "--db", home.store())
			cmd.Stdout, cmd.Stderr = write, write
			p := launch(t, cmd)
			write.Close()
			first, err := bufio.NewReaderSize(read, 16).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			leave(read)
			address := listening.FindStringSubmatch(first)
			if address == nil {
				t.Fatalf("the first line is %q", first)
			}
			for i := range requests {
				if status, reply := post(t, fmt.Sprintf("%s/%d", address[1], i), "x"); status != http.StatusOK || reply != fmt.Sprintf("/%d x", i) {
					t.Fatalf("request %d: %d %q", i, status, reply)
				}
			}
			p.end()
			if list := home.events(t); len(list) != requests {
				t.Errorf("%d exchanges are recorded, want %d", len(list), requests)
			}
		})
	}
}

// TestJSONLines sends all sorts of things at a time: each is one line of JSON,
// the same that events prints later.
func TestJSONLines(t *testing.T) {
	const callers, each = 8, 25
	bodies := []string{
		"", "hello\r\nworld\n", "\x00\xff\x1b[31m", `{"message":{"type":"status-update","status":"ended"}}`,
		`{"message":{"type":"tool-calls","toolCallList":[{"id":"c1","name":"sing","arguments":{"song":"line\n\u2028break"}}]}}`,
		`{"message":{"type":"\n{}\n"}}`, strings.Repeat(`{"message":{`, 1000),
	}
	home := newHome(t)
	p := launch(t, home.command(target(t, echo), "--port", "0", "--output", "json", "--db", home.store()))
	address := p.url()
	var sending sync.WaitGroup
	for c := range callers {
		sending.Go(func() {
			for i := range each {
				post(t, fmt.Sprintf("%s/%d/%d?q=%%0a\"{}", address, c, i), bodies[(c+i)%len(bodies)])
			}
		})
	}
	sending.Wait()
	p.end()
	printed := parse(t, p.stdout.String())
	paths := map[string]bool{}
	for i, e := range printed {
		if e.ID != i+1 {
			t.Errorf("line %d has the id %d", i+1, e.ID)
		}
		paths[e.Path] = true
	}
	if len(printed) != callers*each || len(paths) != callers*each {
		t.Errorf("%d lines with %d paths, want %d", len(printed), len(paths), callers*each)
	}
	if listed := home.must(t, "events", "--json", "--limit", "0", "--db", home.store()); listed != p.stdout.String() {
		t.Errorf("events lists other lines than were printed as they came:\n%s\nand\n%s", listed, p.stdout)
	}
}

// exchange is what a program reads of one.
type exchange struct {
	ID                          int
	Type, Method, Path, Summary string
	From, Error                 string
	Status                      int
	RequestBytes, ResponseBytes int
}

// events lists what is recorded.
func (h home) events(t *testing.T) []exchange {
	t.Helper()
	return parse(t, h.must(t, "events", "--json", "--limit", "0", "--db", h.store()))
}

// parse reads lines of JSON, each of which must be one exchange.
func parse(t *testing.T, lines string) []exchange {
	t.Helper()
	var list []exchange
	for line := range strings.Lines(lines) {
		var e exchange
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ID == 0 || !strings.HasSuffix(line, "}\n") {
			t.Fatalf("no exchange on one line: %q: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

// target starts a server to forward to.
func target(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// echo answers with the path and the body.
func echo(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, r.URL.Path, " ")
	io.Copy(w, r.Body)
}

// post sends a body and returns the reply.
func post(t *testing.T, to, body string) (status int, reply string) {
	t.Helper()
	client := http.Client{Timeout: limit}
	res, err := client.Post(to, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		t.Error(err)
	}
	return res.StatusCode, text.String()
}

// awaitRefusal waits until no more connections are accepted.
func awaitRefusal(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(limit)
	for {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return
		}
		conn.Close()
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("%s still accepts connections after %s", u.Host, limit)
		}
	}
}

// freePort returns a port on which nothing listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// wantIn checks that a text has all parts.
func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q; it says:\n%s", part, text)
		}
	}
}
