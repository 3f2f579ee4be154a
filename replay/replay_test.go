package replay

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vapitap/internal/dial"
	"vapitap/internal/jsonpath"
	"vapitap/record"
)

func TestTarget(t *testing.T) {
	for _, c := range []struct{ name, path, target, to, want string }{
		{"where it was forwarded to", "/?x=1", "http://localhost:3000/vapi/webhook?x=1", "", "http://localhost:3000/vapi/webhook?x=1"},
		{"as odd as it was", "/a?%zz;b", "http://localhost:3000/a%2Fb//c?%zz;b", "", "http://localhost:3000/a%2Fb//c?%zz;b"},
		{"another server", "/tools/weather?x=1", "http://localhost:3000/tools/weather?x=1", "http://localhost:4000", "http://localhost:4000/tools/weather?x=1"},
		{"another server with a slash", "/a%2Fb//c", "http://localhost:3000/a%2Fb//c", "https://example.com/", "https://example.com/a%2Fb//c"},
		{"another server and path", "/tools/weather?x=1", "http://localhost:3000/tools/weather?x=1", "http://localhost:4000/hook", "http://localhost:4000/hook?x=1"},
		{"another server, path and query", "/tools?x=1", "http://localhost:3000/tools?x=1", "http://localhost:4000/hook?y=2", "http://localhost:4000/hook?y=2"},
		{"another query", "/tools?x=1", "http://localhost:3000/tools?x=1", "http://localhost:4000/?y=2", "http://localhost:4000/tools?y=2"},
		{"a path that begins with two slashes", "//x/y", "http://localhost:3000//x/y", "http://localhost:4000", "http://localhost:4000//x/y"},
		{"no path", "", "", "http://localhost:4000", "http://localhost:4000/"},
		{"OPTIONS *", "*", "", "http://localhost:4000", "http://localhost:4000/"},
		{"an empty query", "/a?", "", "http://localhost:4000", "http://localhost:4000/a?"},
	} {
		var to *url.URL
		if c.to != "" {
			to = parseURL(t, c.to)
		}
		got, err := Target(&record.Exchange{Path: c.path, Target: c.target}, to)
		if err != nil || got.String() != c.want {
			t.Errorf("%s: %v, want %s (%v)", c.name, got, c.want, err)
		}
		if to != nil && to.String() != c.to {
			t.Errorf("%s: the server itself became %s", c.name, to)
		}
	}
}

func TestTargetOfWhatWasForwardedNowhere(t *testing.T) {
	if _, err := Target(&record.Exchange{Path: "/a"}, nil); !errors.Is(err, ErrNoTarget) {
		t.Errorf("no target: %v", err)
	}
	for _, target := range []string{"ftp://x/", "localhost:3000", "http://", "http://[", "::"} {
		if u, err := Target(&record.Exchange{Path: "/a", Target: target}, nil); err == nil {
			t.Errorf("%s is taken for %s", target, u)
		}
	}
	if _, err := Target(&record.Exchange{Path: "/%zz"}, parseURL(t, "http://x")); err == nil {
		t.Error("a path that is none is taken")
	}
}

func TestRenew(t *testing.T) {
	recorded := http.Header{
		"Host": {"x.ngrok.app"}, "Content-Length": {"5"}, "Connection": {"keep-alive, x-hop", "X-Other"}, "X-Hop": {"1"}, "X-Other": {"1"},
		"Keep-Alive": {"1"}, "Te": {"trailers"}, "Trailer": {"X"}, "Transfer-Encoding": {"chunked"}, "Upgrade": {"websocket"},
		"Proxy-Connection": {"1"}, "Proxy-Authorization": {"1"}, "Proxy-Authenticate": {"1"}, "Expect": {"100-continue"},
		"Forwarded": {"for=1"}, "X-Forwarded-For": {"1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Anything": {"1"},
		"Content-Type": {"application/json"}, "X-Vapi-Secret": {"s"}, "User-Agent": {"axios/1"}, "Accept-Encoding": {"gzip"}, "X-Many": {"b", "a"},
	}
	want := http.Header{
		"Content-Type": {"application/json"}, "X-Vapi-Secret": {"s"}, "User-Agent": {"axios/1"}, "Accept-Encoding": {"gzip"}, "X-Many": {"b", "a"},
	}
	got := Renew(recorded)
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v, want %v", got, want)
	}
	got["X-Many"][0] = "changed"
	if recorded["X-Many"][0] != "b" {
		t.Error("the recorded headers were changed")
	}
	if got := Renew(nil); got == nil || len(got) > 0 {
		t.Errorf("no headers become %v", got)
	}
}

func TestEdit(t *testing.T) {
	body := []byte(`{"message":{"toolCallList":[{"id":"a","arguments":{"city":"Oslo"}}],"toolCalls":[{"id":"a","arguments":"{\"city\":\"Oslo\"}"}],"n":1.0}}`)
	var set []jsonpath.Assignment
	for _, text := range []string{`message.toolCallList[0].arguments.city=Bergen`, `message.toolCallList[0].arguments.days=2`, `message.new="x"`} {
		a, err := jsonpath.ParseAssignment(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, a)
	}
	got, err := Edit(body, set)
	want := `{"message":{"toolCallList":[{"id":"a","arguments":{"city":"Bergen","days":2}}],"toolCalls":[{"id":"a","arguments":"{\"city\":\"Bergen\",\"days\":2}"}],"n":1.0,"new":"x"}}`
	if err != nil || string(got) != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
	var missing *jsonpath.NotFoundError
	if _, err := Edit(body, []jsonpath.Assignment{{Path: jsonpath.Path{jsonpath.Key("a"), jsonpath.Key("b")}, Value: []byte(`1`)}}); !errors.As(err, &missing) {
		t.Errorf("a path that leads nowhere: %v", err)
	}
}

// reply is an exchange with this reply.
func reply(status int, contentType, body string) *record.Exchange {
	e := &record.Exchange{Status: status}
	e.Response = record.Message{Header: http.Header{}, Body: []byte(body), Bytes: int64(len(body))}
	if contentType != "" {
		e.Response.Header.Set("Content-Type", contentType)
	}
	return e
}

const jsonType = "application/json"

func TestCompare(t *testing.T) {
	nobody := reply(502, jsonType, `{"error":"vapitap: no answer"}`)
	nobody.Unreachable = true
	partly := func(body string, length int64) *record.Exchange {
		e := reply(200, "", body)
		e.Response.Bytes, e.Response.Truncated = length, true
		return e
	}
	for _, c := range []struct {
		name          string
		before, after *record.Exchange
		lines, json   string
	}{
		{"the same, written otherwise", reply(200, jsonType, `{"a":1,"b":[2]}`), reply(200, jsonType, "{ \"b\": [2.0], \"a\": 1 }\n"), ``, `[]`},
		{"a result", reply(200, jsonType, `{"results":[{"toolCallId":"c","result":"12 degrees"}]}`), reply(200, jsonType, `{"results":[{"toolCallId":"c","result":"8 <degrees> and rain in Bergen"}]}`),
			`~ results[0].result: "12 degrees" → "8 <degrees> and rain in Bergen"`,
			`[{"in":"body","path":"results[0].result","kind":"changed","old":"12 degrees","new":"8 <degrees> and rain in Bergen"}]`},
		{"status and type", reply(200, jsonType, `{}`), reply(500, "text/html", `{}`),
			"~ status: 200 → 500\n~ Content-Type: \"application/json\" → \"text/html\"",
			`[{"in":"status","path":"status","kind":"changed","old":200,"new":500},{"in":"header","path":"Content-Type","kind":"changed","old":"application/json","new":"text/html"}]`},
		{"text", reply(200, "", "one\ntwo\n"), reply(200, "", "one\nthree\n"), "  one\n- two\n+ three\n  ",
			`[{"in":"body","path":"$","kind":"changed","old":"one\ntwo\n","new":"one\nthree\n"}]`},
		{"JSON and none", reply(200, "", `{"a":1}`), reply(200, "", ``), "- {\"a\":1}\n+ ",
			`[{"in":"body","path":"$","kind":"removed","old":{"a":1}}]`},
		{"bytes that are no text", reply(200, "", "\xff\x00"), reply(200, "", "\xff\x01\x02"), `~ body: 2 bytes → 3 bytes (not text)`,
			`[{"in":"body","path":"$","kind":"changed"}]`},
		{"the server did not answer before", nobody, reply(200, jsonType, `[]`), "+ status: 200\n+ Content-Type: \"application/json\"\n- \n+ []",
			`[{"in":"status","path":"status","kind":"added","new":200},{"in":"header","path":"Content-Type","kind":"added","new":"application/json"},{"in":"body","path":"$","kind":"added","new":[]}]`},
		{"in part the same", partly("abc", 10), reply(200, "", "abcdefghij"), ``, `[]`},
		{"in part another", partly("abc", 10), reply(200, "", "xbcdefghij"), `~ body: 10 bytes → 10 bytes (not all of it recorded)`, `[{"in":"body","path":"$","kind":"changed"}]`},
		{"in part longer", partly("abc", 10), partly("abc", 11), `~ body: 10 bytes → 11 bytes (not all of it recorded)`, `[{"in":"body","path":"$","kind":"changed"}]`},
	} {
		got := Compare(c.before, c.after)
		var lines []string
		for _, line := range got.Lines(0) {
			lines = append(lines, line.String())
		}
		text, err := got.MarshalJSON()
		if err != nil || strings.Join(lines, "\n") != c.lines || string(text) != c.json || got.Same() != (c.json == "[]") || !json.Valid(text) {
			t.Errorf("%s: same: %t\n%s\n%s, want\n%s\n%s (%v)", c.name, got.Same(), strings.Join(lines, "\n"), text, c.lines, c.json, err)
		}
	}
}

func TestPaceKeepsThePausesOfTheRecording(t *testing.T) {
	for _, c := range []struct {
		speed float64
		takes time.Duration // each reply
		want  []time.Duration
	}{
		{1, 0, []time.Duration{0, 10 * time.Second, 10 * time.Second, 13 * time.Second}},
		{2, 0, []time.Duration{0, 5 * time.Second, 5 * time.Second, 6500 * time.Millisecond}},
		{0, 0, []time.Duration{0, 0, 0, 0}},
		{1, 2 * time.Second, []time.Duration{0, 10 * time.Second, 12 * time.Second, 14 * time.Second}},
		{0, 2 * time.Second, []time.Duration{0, 2 * time.Second, 4 * time.Second, 6 * time.Second}},
	} {
		synctest.Test(t, func(t *testing.T) {
			recorded := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
			start := time.Now()
			pace := NewPace(recorded, c.speed)
			for i, at := range []time.Duration{0, 10 * time.Second, 5 * time.Second, 13 * time.Second} {
				if err := pace.Wait(t.Context(), recorded.Add(at)); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(start); got != c.want[i] {
					t.Errorf("at speed %g, number %d is sent after %s, want %s", c.speed, i, got, c.want[i])
				}
				time.Sleep(c.takes)
			}
		})
	}
}

func TestPaceIsDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorded := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		pace, started := NewPace(recorded, 2), time.Now()
		time.Sleep(time.Minute) // somebody edits what is next
		pace.Delay(time.Minute)
		if err := pace.Wait(t.Context(), recorded.Add(4*time.Second)); err != nil || time.Since(started) != time.Minute+2*time.Second {
			t.Errorf("the next goes out after %v (%v)", time.Since(started), err)
		}
	})
}

func TestPaceEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := NewPace(time.Time{}, 1e-9).Wait(ctx, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if err := NewPace(time.Time{}, 0).Wait(ctx, time.Time{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestWatchTellsWhenAServerGoesAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var listens atomic.Bool
		listens.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		turns := watch(ctx, listens.Load)
		for _, is := range []bool{false, true, false, true} {
			time.Sleep(time.Minute)
			listens.Store(is)
			changed := time.Now()
			if up, ok := <-turns; up != is || !ok || time.Since(changed) > pollEvery {
				t.Errorf("%s after a server that listens: %t, it is told as: %t", time.Since(changed), is, up)
			}
		}
		cancel()
		for range turns {
			t.Error("it is told without a change")
		}
	})
}

func TestWatchOfAServerThatWasNeverThere(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	turns := Watch(ctx, parseURL(t, "http://127.0.0.1:1/x"))
	if up := <-turns; up {
		t.Error("it is told as there")
	}
	cancel()
	for range turns {
	}
}

func TestAddressOf(t *testing.T) {
	for text, want := range map[string]string{
		"http://localhost:3000/x": "localhost:3000", "http://localhost": "localhost:80", "https://a.b/": "a.b:443", "http://[::1]:3000": "[::1]:3000",
	} {
		if got := dial.Address(parseURL(t, text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
