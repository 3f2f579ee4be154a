package tui

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// delays are how long the stage's server takes to answer, by the name of a step;
// it takes 3 ms for all others.
var delays = map[string]time.Duration{
	"assistant-request":      41 * time.Millisecond,
	"tool-calls get_weather": 84 * time.Millisecond,
	"tool-calls book_table":  212 * time.Millisecond,
	"end-of-call-report":     6 * time.Millisecond,
}

// playDemo plays the simulated call to the stage's server, as fast as it was
// spoken.
func (s *stage) playDemo() {
	call, err := vapi.NewCall(vapi.CallOptions{Seed: "stage", Start: time.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	for step, ok := call.Next(); ok; step, ok = call.Next() {
		s.wait(step.Pause)
		e := s.deliver(request{name: step.Name, path: "/vapi/webhook" + step.Path, header: step.Header, body: string(step.Body), takes: delays[step.Name]})
		call.Reply(vapi.Reply{Status: e.Status, Header: e.Response.Header, Body: e.Response.Body, Duration: e.Duration})
	}
	s.wait(time.Second)
}

// wait lets time pass, with or without a model.
func (s *stage) wait(d time.Duration) {
	if s.model == nil {
		time.Sleep(d)
	} else {
		s.pass(d)
	}
}

// request is what arrives at the stage.
type request struct {
	name, method, path, body string
	header                   http.Header
	takes                    time.Duration // until the reply; 0 is 3 ms
}

// begin makes a request one that is in flight.
func (s *stage) begin(r request) *record.Exchange {
	if r.method == "" {
		r.method = http.MethodPost
	}
	header := r.header.Clone()
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	header.Set("Host", "kind-fox.ngrok-free.dev")
	e := &record.Exchange{
		Time: time.Now(), From: record.FromTunnel, Remote: "203.0.113.5", Method: r.method, Path: r.path,
		Target:  "http://localhost:3000" + r.path,
		Request: record.Message{Header: header, Body: []byte(r.body), Bytes: int64(len(r.body))},
	}
	s.store.Begin(e)
	if s.store.Watched() {
		s.store.IdentifyInFlight(e.Key(), e.Request)
	}
	s.wait(0)
	return e
}

// end forwards a request that is in flight, and records the exchange.
func (s *stage) end(e *record.Exchange) {
	to, err := url.Parse(s.server.url() + e.Path)
	if err != nil {
		s.t.Fatal(err)
	}
	var sender replay.Sender
	sent, _ := sender.Send(context.Background(), replay.Message{Method: e.Method, URL: to, Header: replay.Renew(e.Request.Header), Body: e.Request.Body}) // the exchange tells what went wrong
	e.Status, e.Response, e.Unreachable = sent.Status, sent.Response, sent.Unreachable
	e.Error = strings.ReplaceAll(sent.Error, s.server.address, "localhost:3000")
	if e.Unreachable {
		e.Status = http.StatusBadGateway
	}
	e.Duration = time.Since(e.Time)
	e.FirstByte = e.Duration
	e.Describe()
	if err := s.store.Commit(e, 0, nil); err != nil {
		s.t.Fatal(err)
	}
	s.wait(100 * time.Millisecond)
}

// deliver forwards a request as the proxy does.
func (s *stage) deliver(r request) *record.Exchange {
	e := s.begin(r)
	s.wait(max(r.takes, 3*time.Millisecond))
	kept := *e
	s.end(&kept)
	return &kept
}

// made are the requests that a script names: arrive NAME WORDS...
var made = map[string]func(words []string) request{
	"transcript": func(w []string) request {
		return message("transcript", `"role":"user","transcriptType":"final","transcript":%q`, strings.Join(w, " "))
	},
	"partial": func(w []string) request {
		return message("transcript", `"role":"user","transcriptType":"partial","transcript":%q`, strings.Join(w, " "))
	},
	"speech": func(w []string) request {
		return message("speech-update", `"role":"assistant","status":%q`, strings.Join(w, " "))
	},
	"status": func(w []string) request { return message("status-update", `"status":%q`, strings.Join(w, " ")) },
	"weather": func(w []string) request {
		return message("tool-calls", `"toolCallList":[{"id":"call_8fK2aQ","type":"function","function":{"name":"get_weather","arguments":{"city":%q}}}]`, strings.Join(w, " "))
	},
	"table": func([]string) request {
		return message("tool-calls", `"toolCallList":[{"id":"call_9gL3bR","type":"function","function":{"name":"book_table","arguments":{"guests":2,"time":"19:00"}}}]`)
	},
	"http": func(w []string) request { return request{method: w[0], path: w[1]} },
	"post": func(w []string) request { return request{path: w[0], body: strings.Join(w[1:], " ")} },
	"text": func(w []string) request {
		return request{path: "/text", header: http.Header{"Content-Type": {"text/plain"}}, body: strings.Join(w, " ")}
	},
	"form": func(w []string) request {
		return request{path: "/form", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: w[0]}
	},
	"binary": func([]string) request {
		return request{path: "/audio", header: http.Header{"Content-Type": {"application/octet-stream"}}, body: strings.Repeat("\x00\x01RIFF\xff\xfe\x1b[2J", 20)}
	},
	"secret": func([]string) request {
		r := message("status-update", `"status":"ringing"`)
		r.header = http.Header{"Content-Type": {"application/json"}, "X-Vapi-Secret": {"hunter2hunter2"}, "Authorization": {"Bearer sk-not-to-be-seen"}}
		return r
	},
}

// message is a server message of one call.
func message(typ, rest string, args ...any) request {
	return request{path: "/vapi/webhook", body: fmt.Sprintf(`{"message":{"type":%q,`+rest+`,"call":{"id":"91bc5b2e-0000-4000-8000-000000000000","type":"webCall"}}}`, append([]any{typ}, args...)...)}
}
