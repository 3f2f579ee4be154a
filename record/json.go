package record

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"

	"vapitap/vapi"
)

// listedJSON is the documented form of one exchange, as a list prints it and the
// store keeps it. Absent means empty, false or unknown. AppendJSON writes the
// same.
type listedJSON struct {
	ID            int64        `json:"id,omitempty"`
	Session       string       `json:"session,omitempty"`
	Time          string       `json:"time,omitempty"`
	Kind          vapi.Kind    `json:"kind,omitempty"`
	Type          string       `json:"type,omitempty"`
	CallID        string       `json:"callId,omitempty"`
	From          From         `json:"from,omitempty"`
	Remote        string       `json:"remote,omitempty"`
	Method        string       `json:"method,omitempty"`
	Path          string       `json:"path,omitempty"`
	Target        string       `json:"target,omitempty"`
	Status        int          `json:"status,omitempty"`
	DurationMs    float64      `json:"durationMs,omitempty"`
	FirstByteMs   float64      `json:"firstByteMs,omitempty"`
	RequestBytes  int64        `json:"requestBytes,omitempty"`
	ResponseBytes int64        `json:"responseBytes,omitempty"`
	Summary       string       `json:"summary,omitempty"`
	Checks        []vapi.Check `json:"checks,omitempty"`
	Auth          *vapi.Auth   `json:"auth,omitempty"`
	ReplayOf      int64        `json:"replayOf,omitempty"`
	RedeliveryOf  int64        `json:"redeliveryOf,omitempty"`
	Rules         []string     `json:"rules,omitempty"`
	Truncated     bool         `json:"truncated,omitempty"`
	Saved         bool         `json:"saved,omitempty"`
	Marked        bool         `json:"marked,omitempty"`
	Error         string       `json:"error,omitempty"`
}

// shownJSON is the documented form of one exchange with all that belongs to it.
type shownJSON struct {
	listedJSON
	Request   messageJSON     `json:"request"`
	Response  *messageJSON    `json:"response,omitempty"`
	ToolCalls []vapi.ToolCall `json:"toolCalls,omitempty"`
	Report    *vapi.Report    `json:"report,omitempty"`
}

// messageJSON has one of the three bodies, or none.
type messageJSON struct {
	Headers    map[string]any  `json:"headers,omitempty"`
	Trailers   map[string]any  `json:"trailers,omitempty"`
	Body       json.RawMessage `json:"body,omitempty"`
	BodyText   string          `json:"bodyText,omitempty"`
	BodyBase64 string          `json:"bodyBase64,omitempty"`
}

// ShowJSON returns the documented form of the exchange with headers, bodies,
// tool calls and report, all of which must have been loaded. Values of headers
// that are secrets are masked unless secrets is true.
func (e *Exchange) ShowJSON(secrets bool) ([]byte, error) {
	shown := shownJSON{
		listedJSON: e.listedJSON(),
		Request:    e.Request.json(secrets),
		ToolCalls:  e.ToolCalls(),
		Report:     vapi.ParseReport(e.Request.Decoded()),
	}
	if e.Status != 0 {
		response := e.Response.json(secrets)
		shown.Response = &response
	}
	return marshal(shown)
}

func (e *Exchange) listedJSON() listedJSON {
	return listedJSON{
		ID: e.ID, Session: e.Session, Time: e.Time.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		Kind: e.Kind, Type: e.Type, CallID: e.CallID, From: e.From, Remote: e.Remote,
		Method: e.Method, Path: e.Path, Target: e.Target, Status: e.Status,
		DurationMs: milliseconds(e.Duration), FirstByteMs: milliseconds(e.FirstByte),
		RequestBytes: e.Request.Bytes, ResponseBytes: e.Response.Bytes,
		Summary: e.Summary, Checks: e.Checks, ReplayOf: e.ReplayOf, RedeliveryOf: e.RedeliveryOf, Rules: e.Rules,
		Truncated: e.Truncated(), Saved: e.Saved, Marked: e.Marked, Error: e.Error, Auth: authOf(e.Auth),
	}
}

func (m *Message) json(secrets bool) messageJSON {
	j := messageJSON{Headers: headerJSON(m.Header, secrets), Trailers: headerJSON(m.Trailer, secrets)}
	switch body := m.Decoded(); {
	case len(body) == 0:
	case json.Valid(body) && utf8.Valid(body):
		j.Body = body
	case utf8.Valid(body):
		j.BodyText = string(body)
	default:
		j.BodyBase64 = base64.StdEncoding.EncodeToString(body)
	}
	return j
}

// headerJSON returns each value as a string, or as a list where a name came more
// than once.
func headerJSON(h http.Header, secrets bool) map[string]any {
	if len(h) == 0 {
		return nil
	}
	values := make(map[string]any, len(h))
	for name, list := range h {
		if !secrets {
			list = slices.Clone(list)
			for i := range list {
				list[i] = MaskHeader(name, list[i])
			}
		}
		if len(list) == 1 {
			values[name] = list[0]
		} else {
			values[name] = list
		}
	}
	return values
}

// SortedHeader returns the names of h in order.
func SortedHeader(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }
