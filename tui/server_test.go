package tui

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// server is a developer's webhook server. It answers like the one of the demo:
// the weather rightly, a table wrongly. It lives outside the bubble of a stage,
// because what waits for a network does not let the clock of one move.
type server struct {
	address string
	todo    chan func() // done outside the bubble, one after the other
	did     chan struct{}

	mu    sync.Mutex
	got   []received
	reply func(http.ResponseWriter) // instead of what it answers else; nil for that
	http  *http.Server              // nil while it is down
}

type received struct{ method, path, body string }

func newServer(t testing.TB) *server {
	s := &server{address: "127.0.0.1:0", todo: make(chan func()), did: make(chan struct{})}
	go func() {
		for do := range s.todo {
			do()
			s.did <- struct{}{}
		}
	}()
	if err := s.up(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.down()
		close(s.todo)
	})
	return s
}

func (s *server) outside(do func()) {
	s.todo <- do
	<-s.did
}

func (s *server) url() string { return "http://" + s.address }

// up makes the server listen, on the port it had before.
func (s *server) up() (err error) {
	s.outside(func() {
		var l net.Listener
		if s.http != nil {
			return
		}
		if l, err = net.Listen("tcp", s.address); err != nil {
			return
		}
		s.address = l.Addr().String()
		s.http = &http.Server{Handler: s}
		go s.http.Serve(l)
	})
	return err
}

// down ends the server, so that connections to it are refused.
func (s *server) down() {
	s.outside(func() {
		if s.http != nil {
			s.http.Close()
			s.http = nil
		}
	})
}

// answer makes the server answer every request alike, or as it does else where
// status is 0.
func (s *server) answer(status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = nil
	if status != 0 {
		s.reply = func(w http.ResponseWriter) { write(w, status, body) }
	}
}

// requests returns what was sent to the server, oldest first.
func (s *server) requests() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it was given up
	}
	s.mu.Lock()
	s.got = append(s.got, received{r.Method, r.URL.RequestURI(), string(body)})
	reply := s.reply
	s.mu.Unlock()
	if reply != nil {
		reply(w)
		return
	}
	var m struct {
		Message struct {
			Type         string
			ToolCallList []struct {
				ID       string
				Function struct {
					Name      string
					Arguments struct{ City string }
				}
			}
		}
	}
	_ = json.Unmarshal(body, &m) // what is no message is answered with {}
	switch m.Message.Type {
	case "assistant-request":
		write(w, http.StatusOK, `{"assistant":{"name":"Weather & Tables","firstMessage":"Hello, what can I do for you?",`+
			`"model":{"provider":"openai","model":"gpt-4o","messages":[{"role":"system","content":"Be brief."}],"tools":[`+tool("get_weather", "city")+`,`+tool("book_table", "guests", "time")+`]},`+
			`"voice":{"provider":"vapi","voiceId":"Elliot"}}}`)
	case "tool-calls":
		var results []string
		for _, c := range m.Message.ToolCallList {
			result := fmt.Sprintf("%q", "12 degrees and cloudy in "+c.Function.Arguments.City)
			if c.Function.Name == "book_table" {
				result = `{"table":7,"time":"19:00"}` // wrongly: it ought to be a string
			}
			results = append(results, fmt.Sprintf(`{"toolCallId":%q,"name":%q,"result":%s}`, c.ID, c.Function.Name, result))
		}
		write(w, http.StatusOK, `{"results":[`+strings.Join(results, ",")+`]}`)
	default:
		write(w, http.StatusOK, "{}")
	}
}

func tool(name string, parameters ...string) string {
	for i, p := range parameters {
		typ := "string"
		if p == "guests" {
			typ = "integer"
		}
		parameters[i] = fmt.Sprintf(`%q:{"type":%q}`, p, typ)
	}
	return `{"type":"function","function":{"name":"` + name + `","parameters":{"type":"object","properties":{` + strings.Join(parameters, ",") + `}}}}`
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header()["Date"] = nil // that of a bubble's clock would be another
	w.WriteHeader(status)
	io.WriteString(w, body)
}
