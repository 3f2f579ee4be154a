package tunnel

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vapitap/internal/dial"
)

// checkParameter carries the number of a check in the query, which what stands
// in between keeps more surely than a header or another path.
const checkParameter = "vapitap-check"

// checkLimit is how long a check may take.
const checkLimit = 10 * time.Second

// Checker proves that a public address leads to this process: it sends one
// request there and knows it again when it comes. The zero value is ready.
//
// It opens nothing to anybody: what it answers is one request, once, with a
// number that nobody can guess and that is worth nothing after.
type Checker struct {
	waiting atomic.Int32 // checks under way: nearly always none

	mu      sync.Mutex
	numbers map[string]chan struct{} // closed when the request has come
}

// Answer answers the request of a check under way and reports whether it was
// one. All else is left alone. The server that the public address leads to asks
// it before it does anything with a request.
func (c *Checker) Answer(w http.ResponseWriter, r *http.Request) bool {
	if c.waiting.Load() == 0 || !strings.Contains(r.URL.RawQuery, checkParameter) {
		return false
	}
	if !c.arrived(r.URL.Query().Get(checkParameter)) {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// Handler returns next with Answer before it.
func (c *Checker) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.Answer(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func (c *Checker) arrived(number string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	came, ok := c.numbers[number]
	if ok {
		close(came)
		delete(c.numbers, number)
	}
	return ok
}

// begin returns a number and what is closed when it arrives.
func (c *Checker) begin() (string, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	number, came := rand.Text()+rand.Text(), make(chan struct{})
	if c.numbers == nil {
		c.numbers = map[string]chan struct{}{}
	}
	c.numbers[number] = came
	c.waiting.Add(1)
	return number, came
}

func (c *Checker) end(number string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.numbers, number)
	c.waiting.Add(-1)
}

// CheckFailure is why a public address is not proven to lead here.
type CheckFailure struct {
	URL     string // without the number
	Arrived bool   // the request came, but its reply did not get back as it should
	Status  int    // of the reply; 0 where there was none
	Code    string // ngrok's, such as ERR_NGROK_3200
	// Interstitial: ngrok's warning page stood in the way. It comes to who says to
	// be a browser, so that Vapi does not see it, but a page that calls the address
	// does.
	Interstitial bool
	Says         string // what happened
	Do           string // what to do
	Err          error
}

func (f *CheckFailure) Error() string {
	text := f.Says
	if f.Code != "" {
		text += " (" + f.Code + ")"
	}
	if f.Do != "" {
		text += "\nhint: " + f.Do
	}
	return text
}

func (f *CheckFailure) Unwrap() error { return f.Err }

// Check sends one request to a public address and returns how long it took until
// its reply was back, or a *CheckFailure. client is what sends it; nil is one of
// its own. The server there must ask Answer.
func (c *Checker) Check(ctx context.Context, publicURL string, client *http.Client) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	if client == nil {
		transport := dial.Transport(false)
		defer transport.CloseIdleConnections()
		client = &http.Client{Transport: transport}
	}
	alone := *client
	alone.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	number, came := c.begin()
	defer c.end(number)
	request, err := checkRequest(ctx, publicURL, number)
	if err != nil {
		return 0, &CheckFailure{URL: publicURL, Says: fmt.Sprintf("%q is no http or https URL", shortened(publicURL, 80)), Err: err}
	}
	start := time.Now()
	response, err := alone.Do(request)
	took := time.Since(start)
	arrived := isClosed(came)
	if err != nil {
		return 0, unreached(publicURL, arrived, err)
	}
	defer response.Body.Close()
	if arrived && response.StatusCode == http.StatusNoContent {
		return took, nil
	}
	page, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // what came of it will do
	return 0, misled(publicURL, arrived, response, string(page))
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func checkRequest(ctx context.Context, publicURL, number string) (*http.Request, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, errors.New("no http or https URL")
	}
	query := u.Query()
	query.Set(checkParameter, number)
	u.RawQuery, u.Fragment = query.Encode(), ""
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err == nil {
		request.Header.Set("User-Agent", "vapitap-check")
	}
	return request, err
}

// unreached says why there was no reply.
func unreached(publicURL string, arrived bool, err error) *CheckFailure {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // which leaves out the URL with its number
	}
	f := &CheckFailure{URL: publicURL, Arrived: arrived, Err: err}
	var dns *net.DNSError
	switch {
	case arrived:
		f.Says = "a request to " + publicURL + " came here, but its reply did not get back: " + oneLine(err.Error())
	case errors.As(err, &dns):
		f.Says = publicURL + " has no address in the DNS yet"
		f.Do = "a new tunnel's name takes a moment; else check the URL"
	case untrusted(err):
		f.Says = "the certificate of " + publicURL + " is not trusted, so that Vapi will not call it: " + oneLine(err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		f.Says = fmt.Sprintf("%s gave no answer in %d s", publicURL, int(checkLimit.Seconds()))
	default:
		f.Says = publicURL + " cannot be reached from here: " + oneLine(err.Error())
	}
	return f
}

// misled says what a reply means that is not ours.
func misled(publicURL string, arrived bool, r *http.Response, page string) *CheckFailure {
	f := &CheckFailure{URL: publicURL, Arrived: arrived, Status: r.StatusCode, Code: codePattern.FindString(r.Header.Get("Ngrok-Error-Code"))}
	if f.Code == "" {
		f.Code = codePattern.FindString(page)
	}
	switch {
	case arrived:
		f.Says = fmt.Sprintf("a request to %s came here, but its reply got back as %d instead of 204", publicURL, r.StatusCode)
		f.Do = "what stands in between changes replies"
	case f.Code == "ERR_NGROK_6024" || warningPage(page):
		f.Interstitial = true
		f.Says = "ngrok shows its warning page at " + publicURL + " instead of passing requests on"
		f.Do = "Vapi does not get that page, browsers do: a page that calls this address must send the header ngrok-skip-browser-warning: 1"
	case f.Code == "ERR_NGROK_3200":
		f.Says = publicURL + " is offline, says ngrok"
		f.Do = "is the tunnel running, and is this its address?"
	case f.Code == "ERR_NGROK_8012":
		f.Says = publicURL + " leads to a machine where nothing listens, says ngrok"
		f.Do = "let that tunnel lead to vapitap's port"
	default:
		f.Says = fmt.Sprintf("%s leads elsewhere: something answered %d, but no request came here", publicURL, r.StatusCode)
		f.Do = "let that tunnel lead to vapitap's port, or give the address that does"
	}
	return f
}

// warningPage reports whether a page is the one with which ngrok warns browsers,
// where the code does not say so.
func warningPage(page string) bool {
	return strings.Contains(page, "ngrok") && strings.Contains(page, "You are about to visit")
}
