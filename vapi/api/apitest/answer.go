package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	"vapitap/vapi/api"
)

// serve answers one request, as it should be or as it shall fail.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(r)
	}
	failure := s.failure(r)
	if failure == nil {
		answer := s.answer(r, body)
		s.note(r, body, answer.Code)
		send(w, answer)
		return
	}
	s.fail(w, r, body, failure)
}

// fail answers a request as the failure says.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, body []byte, f *Failure) {
	if f.Reached != nil {
		f.Reached()
	}
	if f.Applied {
		s.answer(r, body)
	}
	if f.Wait != nil {
		select {
		case <-f.Wait:
		case <-r.Context().Done():
			s.note(r, body, 0)
			return
		}
	}
	if f.Drop {
		s.note(r, body, 0)
		panic(http.ErrAbortHandler)
	}
	if f.Status == 0 { // it only waited
		answer := s.answer(r, body)
		s.note(r, body, answer.Code)
		send(w, answer)
		return
	}
	s.note(r, body, f.Status)
	for name, values := range f.Header {
		w.Header()[name] = values
	}
	if f.Body != "" {
		w.WriteHeader(f.Status)
		io.WriteString(w, f.Body)
		return
	}
	answer := httptest.NewRecorder()
	refuse(answer, f.Status, http.StatusText(f.Status))
	send(w, answer)
}

func (s *Server) note(r *http.Request, body []byte, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, Asked{Method: r.Method, Path: r.URL.RequestURI(), Body: string(body), Status: status})
}

func send(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// refuse answers as Vapi does where it does not do what was asked.
func refuse(w http.ResponseWriter, status int, message any) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"message": message, "error": http.StatusText(status), "statusCode": status})
}

// answer does what is asked for.
func (s *Server) answer(r *http.Request, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	if r.Header.Get("Authorization") != "Bearer "+Key {
		refuse(w, http.StatusUnauthorized, "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.")
		return w
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name, id, one := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	kind := api.Kind(name)
	known := slices.Contains([]api.Kind{api.Assistant, api.PhoneNumber, api.Tool, api.Squad, api.Call}, kind)
	o, there := s.objects[kind][id]
	switch {
	case known && !one && r.Method == http.MethodGet:
		s.list(w, kind, r)
	case kind == api.Call && !one && r.Method == http.MethodPost:
		s.startCall(w, body)
	case !known || !one || strings.Contains(id, "/"):
		refuse(w, http.StatusNotFound, fmt.Sprintf("Cannot %s %s", r.Method, r.URL.Path))
	case !there:
		refuse(w, http.StatusNotFound, fmt.Sprintf("Couldn't find %s with id %s", kind, id))
	case r.Method == http.MethodGet:
		io.WriteString(w, o.shown(kind))
	case r.Method == http.MethodPatch && kind != api.Call && kind != api.Squad:
		s.patch(w, kind, id, body)
	default:
		refuse(w, http.StatusNotFound, fmt.Sprintf("Cannot %s %s", r.Method, r.URL.Path))
	}
	return w
}

// list answers with the newest objects of a kind.
func (s *Server) list(w http.ResponseWriter, kind api.Kind, r *http.Request) {
	limit := 100
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 1000 {
			refuse(w, http.StatusBadRequest, []string{"limit must not be greater than 1000"})
			return
		}
		limit = n
	}
	latest := r.URL.Query().Get("createdAtLe")
	list := []json.RawMessage{}
	for _, at := range slices.Backward(s.order) {
		id, ok := strings.CutPrefix(at, string(kind)+"/")
		o := s.objects[kind][id]
		if !ok || latest != "" && o.text("createdAt") > latest || len(list) == limit {
			continue
		}
		list = append(list, json.RawMessage(o.shown(kind)))
	}
	json.NewEncoder(w).Encode(list)
}

// startCall keeps a call that is asked for, as queued.
func (s *Server) startCall(w http.ResponseWriter, body []byte) {
	var o object
	if json.Unmarshal(body, &o.members) != nil || o.members == nil {
		refuse(w, http.StatusBadRequest, []string{"the body is no JSON object"})
		return
	}
	id := fmt.Sprintf("call-%d", len(s.objects[api.Call])+1)
	o.members["id"] = json.RawMessage(strconv.Quote(id))
	o.members["status"] = json.RawMessage(`"queued"`)
	if s.objects[api.Call] == nil {
		s.objects[api.Call] = map[string]object{}
	}
	s.objects[api.Call][id] = o
	s.order = append(s.order, string(api.Call)+"/"+id)
	w.WriteHeader(http.StatusCreated)
	io.WriteString(w, o.shown(api.Call))
}
