package api_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

func start(t *testing.T) *apitest.Server {
	t.Helper()
	s := apitest.Start()
	t.Cleanup(s.Close)
	return s
}

func TestWhatStandsInAnObjectComesBack(t *testing.T) {
	s := start(t)
	s.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"https://x.example/hook","notKnownHere":{"n":1.50}},"big":12345678901234567890}`)
	got, err := s.Client().Get(t.Context(), api.Assistant, "a1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"notKnownHere":{"n":1.50}`, `"big":12345678901234567890`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}

func TestAPatchReplacesWhatItNames(t *testing.T) {
	s := start(t)
	s.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"https://x.example","timeoutSeconds":30}}`)
	got, err := s.Client().Patch(t.Context(), api.Assistant, "a1", []byte(`{"server":{"url":"https://y.example"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(got), `"server":{"url":"https://y.example"}`) || !strings.Contains(string(got), "Front desk") {
		t.Errorf("it became %s", got)
	}
}

func TestACallIsFetchedWhole(t *testing.T) {
	s := start(t)
	s.Put(api.Call, `{"id":"0a5f","messages":[{"role":"user"}],"artifact":{"x":1}}`)
	got, err := s.Client().Get(t.Context(), api.Call, "0a5f")
	if err != nil || !strings.Contains(string(got), `"artifact":{"x":1}`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAListHasAllItsPages(t *testing.T) {
	s := start(t)
	for i := range 2300 {
		s.Put(api.Tool, fmt.Sprintf(`{"id":"t%d"}`, i))
	}
	list, err := s.Client().List(t.Context(), api.Tool)
	if err != nil || len(list) != 2300 {
		t.Fatalf("%d of 2300 tools, %v", len(list), err)
	}
	if n := len(s.Asked()); n != 3 {
		t.Errorf("%d requests for 3 pages", n)
	}
	if empty, err := s.Client().List(t.Context(), api.Squad); err != nil || len(empty) != 0 {
		t.Errorf("of no squads there are %d, %v", len(empty), err)
	}
}

func TestErrorsSayWhatHappenedAndWhatToDo(t *testing.T) {
	s := start(t)
	s.Put(api.Assistant, `{"id":"a1","server":{"url":"https://x.example"}}`)
	wrongKey, err := api.New(api.Options{Key: "pk-public", BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	get := func(c *api.Client, id string) func() error {
		return func() error { _, err := c.Get(t.Context(), api.Assistant, id); return err }
	}
	patch := func(change string) func() error {
		return func() error {
			_, err := s.Client().Patch(t.Context(), api.Assistant, "a1", []byte(change))
			return err
		}
	}
	for _, c := range []struct {
		name      string
		fail      *apitest.Failure
		ask       func() error
		reason    error
		uncertain bool
		want      []string
	}{
		{"wrong key", nil, get(wrongKey, "a1"), api.ErrKey, false, []string{"(401)", "Hot tip", "private key"}},
		{"no such object", nil, get(s.Client(), "a2"), api.ErrNotFound, false, []string{"/assistant/a2", "(404)", "another organisation"}},
		{"an id that is a path", nil, get(s.Client(), "../x?y"), api.ErrNotFound, false, []string{"/assistant/..%2Fx%3Fy"}},
		{"unknown members", nil, patch(`{"frstMessage":"x","server":{"uri":"x"}}`), api.ErrInvalid, false,
			[]string{"refuses PATCH /assistant/a1 (400)", "property frstMessage should not exist; server.property uri should not exist"}},
		{"a member of the wrong kind", nil, patch(`{"server":{"url":"nowhere"}}`), api.ErrInvalid, false, []string{"server.url must be a URL address"}},
		{"too many, for long", &apitest.Failure{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, get(s.Client(), "a1"), api.ErrBusy, false, []string{"(429)", "try again in 1m30s"}},
		{"down", &apitest.Failure{Status: 503, Body: "<html>down"}, patch(`{"name":"x"}`), api.ErrFailed, true, []string{"failed at PATCH /assistant/a1 (503)\n", "try again in a minute"}},
		{"gone in the middle", &apitest.Failure{Drop: true}, patch(`{"name":"x"}`), api.ErrUnreachable, true, []string{"it closed the connection without an answer"}},
		{"a login page", &apitest.Failure{Status: 200, Body: "<html>please log in"}, get(s.Client(), "a1"), api.ErrStrange, true, []string{"not Vapi's API: it is no JSON object", "VAPI_BASE_URL"}},
		{"moved", &apitest.Failure{Status: 307, Header: http.Header{"Location": {"https://evil.example/"}}}, get(s.Client(), "a1"), api.ErrStrange, true, []string{"it leads to https://evil.example/"}},
		{"control characters", &apitest.Failure{Status: 400, Body: `{"message":["\u001b[2Ja","b\nc"]}`}, get(s.Client(), "a1"), api.ErrInvalid, false, []string{"[2Ja; b c"}},
		{"a message within", &apitest.Failure{Status: 400, Body: `{"message":{"message":"inner"}}`}, get(s.Client(), "a1"), api.ErrInvalid, false, []string{": inner"}},
		{"only an error", &apitest.Failure{Status: 422, Body: `{"error":"outer"}`}, get(s.Client(), "a1"), api.ErrInvalid, false, []string{"(422): outer"}},
	} {
		s.Mend()
		if c.fail != nil {
			s.Fail(*c.fail)
		}
		err := c.ask()
		if !errors.Is(err, c.reason) || api.Uncertain(err) != c.uncertain {
			t.Errorf("%s: %v, uncertain %v", c.name, err, api.Uncertain(err))
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in: %v", c.name, want, err)
			}
		}
		if strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: a control character in %q", c.name, err)
		}
	}
}

func TestNoNetwork(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken.Close() // nothing listens there any more
	c, err := api.New(api.Options{Key: "k", BaseURL: "http://" + taken.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(t.Context(), api.Assistant, "a1")
	if !errors.Is(err, api.ErrUnreachable) || !strings.Contains(err.Error(), "connection refused\nhint: is there a network") {
		t.Errorf("said %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, api.Assistant, "a1"); !errors.Is(err, context.Canceled) {
		t.Errorf("when it is no longer wanted: %v", err)
	}
}

func TestASlowAPIIsGivenUp(t *testing.T) {
	block := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-block }))
	defer slow.Close()
	defer close(block)
	c, err := api.New(api.Options{Key: "k", BaseURL: slow.URL, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), api.Assistant, "a1"); !errors.Is(err, api.ErrUnreachable) || !strings.Contains(err.Error(), "no answer within 20ms") {
		t.Errorf("said %v", err)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		fail  apitest.Failure
		tries int
		well  bool
	}{
		"5xx once":              {apitest.Failure{Status: 502, Times: 1}, 2, true},
		"5xx twice":             {apitest.Failure{Status: 500, Times: 2}, 3, true},
		"5xx for good":          {apitest.Failure{Status: 500}, 3, false},
		"429 for a moment":      {apitest.Failure{Status: 429, Times: 1, Header: http.Header{"Retry-After": {"0"}}}, 2, true},
		"429 for long":          {apitest.Failure{Status: 429, Times: 1, Header: http.Header{"Retry-After": {"3600"}}}, 1, false},
		"a broken connection":   {apitest.Failure{Drop: true, Times: 1}, 2, true},
		"done, but not said so": {apitest.Failure{Applied: true, Status: 504, Times: 1}, 2, true},
		"refused":               {apitest.Failure{Status: 400, Times: 1}, 1, false},
		"not found":             {apitest.Failure{Status: 404, Times: 1}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.Put(api.PhoneNumber, `{"id":"p1","name":"Main line"}`)
			s.Fail(c.fail)
			_, err := s.Client().Patch(t.Context(), api.PhoneNumber, "p1", []byte(`{"name":"Other line"}`))
			if (err == nil) != c.well {
				t.Errorf("it came to %v", err)
			}
			// A request on a connection that breaks at once is also tried again by net/http.
			if n := len(s.Asked()); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
			if c.well && !strings.Contains(s.Object(api.PhoneNumber, "p1"), "Other line") {
				t.Error("it was not done")
			}
		})
	}
}

func TestTheKeyGoesNowhereElse(t *testing.T) {
	for base, want := range map[string]string{
		"http://api.example.com": "not encrypted",
		"ftp://127.0.0.1":        "is no URL",
		"api.vapi.ai":            "is no URL",
		"":                       "",
		"https://eu.vapi.ai/":    "",
		"http://localhost:1":     "",
		"http://[::1]:1":         "",
	} {
		_, err := api.New(api.Options{Key: "k", BaseURL: base})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", base, err, want)
		}
	}
	if _, err := api.New(api.Options{}); !errors.Is(err, api.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := api.New(api.Options{Key: "a b"}); err == nil || strings.Contains(err.Error(), "a b") {
		t.Errorf("with something else than a key: %v", err)
	}
	t.Setenv("VAPI_API_KEY", "k")
	t.Setenv("VAPI_BASE_URL", "https://eu.vapi.ai/")
	if c, err := api.FromEnvironment(); err != nil || c.BaseURL() != "https://eu.vapi.ai" {
		t.Errorf("from the environment: %v, %v", c, err)
	}
}

func TestTheStandInKeepsSecretsToItself(t *testing.T) {
	s := start(t)
	s.Put(api.Assistant, `{"id":"a1","server":{"url":"https://x.example","secret":"hush"}}`)
	if got := s.Object(api.Assistant, "a1"); strings.Contains(got, "hush") || !strings.Contains(got, `"isServerUrlSecretSet":true`) {
		t.Errorf("it shows %s", got)
	}
	if _, err := s.Client().Patch(t.Context(), api.Assistant, "a1", []byte(`{"server":{"url":"https://y.example"}}`)); err != nil {
		t.Fatal(err)
	}
	if got := s.Object(api.Assistant, "a1"); !strings.Contains(got, `"isServerUrlSecretSet":false`) {
		t.Errorf("a server that is replaced has no secret, but it shows %s", got)
	}
	if want := []string{`{"server":{"url":"https://y.example"}}`}; !slices.Equal(s.Patches(), want) {
		t.Errorf("patches %v", s.Patches())
	}
}
