// Package apitest is a stand-in for Vapi's API, for tests: an HTTP server on
// 127.0.0.1 that keeps objects, answers as the service does, refuses what it
// refuses, and fails when it is told to.
//
// It knows assistants, phone numbers, tools, squads and calls: GET of one and of
// all, PATCH of all but calls and squads, and POST of a call, which it keeps.
// A PATCH replaces the members that it names, each whole. Unknown members are
// refused with 400 in the words of the service, an address of the older shape
// too unless the server is told to take it; what an object had from the start is
// known. Secrets of assistants and numbers are written and never read: an
// object only says isServerUrlSecretSet. All that follows Vapi's documentation
// and what people report of the service; nothing of it was measured against it.
package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"vapitap/vapi/api"
)

// Key is the API key that a Server accepts.
const Key = "test-key-0123"

// Shape is how a Server wants the address of a developer's server.
type Shape int

// The shapes.
const (
	Current Shape = iota // server.url; serverUrl is refused
	Older                // serverUrl and serverUrlSecret; server is refused
	Both
)

// Server is the stand-in. Close it when it is no longer needed.
type Server struct {
	URL string // for VAPI_BASE_URL

	http *httptest.Server

	mu       sync.Mutex
	shape    Shape
	objects  map[api.Kind]map[string]object
	order    []string // kind/id, the newest last
	failures []*Failure
	before   func(*http.Request)
	asked    []Asked
}

// An object is the members of a JSON object, and which of them are known.
type object struct {
	members map[string]json.RawMessage
	known   map[string]bool // of server too, as server.name
	secret  bool            // one is set that is not shown
}

// Asked is a request that came.
type Asked struct {
	Method, Path string // the path with its query
	Body         string
	Status       int // of the answer; 0 where there was none
}

// Start starts a server that has nothing yet.
func Start() *Server {
	s := &Server{objects: map[api.Kind]map[string]object{}}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server and what it has in flight.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Client returns a client of the server that does not wait long between tries.
func (s *Server) Client() *api.Client {
	c, err := api.New(api.Options{Key: Key, BaseURL: s.URL, Pause: 1})
	if err != nil {
		panic(err) // the options are those above
	}
	return c
}

// Accept says which shape of an address is taken from now on. It is Current
// until then.
func (s *Server) Accept(shape Shape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shape = shape
}

// Put adds an object, or changes it behind everybody's back: members is a JSON
// object with an id. What is no such object panics.
func (s *Server) Put(kind api.Kind, members string) {
	fresh := object{known: map[string]bool{}}
	if err := json.Unmarshal([]byte(members), &fresh.members); err != nil {
		panic(fmt.Sprintf("apitest: %v in %s", err, members))
	}
	id := fresh.text("id")
	if id == "" {
		panic("apitest: an object without an id: " + members)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects[kind] == nil {
		s.objects[kind] = map[string]object{}
	}
	if fresh.members["createdAt"] == nil {
		fresh.members["createdAt"] = fmt.Appendf(nil, `"2026-01-01T00:%02d:%02d.%03dZ"`, len(s.order)/60000%60, len(s.order)/1000%60, len(s.order)%1000)
	}
	if !slices.Contains(s.order, string(kind)+"/"+id) {
		s.order = append(s.order, string(kind)+"/"+id)
	}
	fresh.learn()
	fresh.hideSecrets(kind)
	s.objects[kind][id] = fresh
}

// Delete removes an object.
func (s *Server) Delete(kind api.Kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects[kind], id)
	s.order = slices.DeleteFunc(s.order, func(at string) bool { return at == string(kind)+"/"+id })
}

// Object returns an object as GET would, without spaces and with its keys in
// order; "" where there is none.
func (s *Server) Object(kind api.Kind, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[kind][id]
	if !ok {
		return ""
	}
	return o.shown(kind)
}

// ServerURL returns the address that an object has, of either shape; "" for none.
func (s *Server) ServerURL(kind api.Kind, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[kind][id]
	var server struct{ URL string }
	json.Unmarshal(o.members["server"], &server) // what is no object has none
	if server.URL != "" {
		return server.URL
	}
	return o.text("serverUrl")
}

// Asked returns the requests that came, in order.
func (s *Server) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Patches returns the bodies of the PATCH requests that were taken.
func (s *Server) Patches() []string {
	var bodies []string
	for _, a := range s.Asked() {
		if a.Method == http.MethodPatch && a.Status == http.StatusOK {
			bodies = append(bodies, a.Body)
		}
	}
	return bodies
}

// Before has f called before each request is looked at, such as to change an
// object between a GET and a PATCH. Nil ends that.
func (s *Server) Before(f func(*http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// A Failure makes requests fail. The zero value of a field matches, or leaves as
// it is, whatever there is.
type Failure struct {
	Method string // only requests of that method
	Path   string // only those whose path begins so, such as /assistant/
	Times  int    // so often and then no more; 0 for as long as the server is there

	Applied bool        // after what was asked for was done
	Wait    <-chan bool // wait for it to be closed, or for the client to go away, first
	Drop    bool        // no answer: the connection is closed
	Status  int         // else the status of the answer
	Header  http.Header
	Body    string // as it is; "" for an error in the words of the service

	// Reached is called when a request has met the failure, before anything is
	// waited for or done.
	Reached func()
}

// Fail makes requests fail from now on. The oldest failure that matches counts.
func (s *Server) Fail(f Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, &f)
}

// Mend ends all failures.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = nil
}

// failure returns the failure that a request meets, nil for none.
func (s *Server) failure(r *http.Request) *Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.failures {
		if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Times == 1 {
			s.failures = slices.Delete(s.failures, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return f
	}
	return nil
}
