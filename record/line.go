package record

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/vapi"
)

// AppendJSON appends the documented form of the exchange, as a list prints it:
// one object on one line. It is written by hand because it is written for every
// exchange, where reflection would cost as much as looking at its body.
func (e *Exchange) AppendJSON(b []byte) []byte {
	if e.line != "" {
		return append(b, e.line...)
	}
	w := lineWriter{append(b, '{')}
	w.integer("id", e.ID)
	w.text("session", e.Session)
	w.key("time")
	w.b = append(e.Time.UTC().AppendFormat(append(w.b, '"'), "2006-01-02T15:04:05.000Z07:00"), '"')
	w.text("kind", string(e.Kind))
	w.text("type", e.Type)
	w.text("callId", e.CallID)
	w.text("from", string(e.From))
	w.text("remote", e.Remote)
	w.text("method", e.Method)
	w.text("path", e.Path)
	w.text("target", e.Target)
	w.integer("status", int64(e.Status))
	w.milliseconds("durationMs", e.Duration)
	w.milliseconds("firstByteMs", e.FirstByte)
	w.integer("requestBytes", e.Request.Bytes)
	w.integer("responseBytes", e.Response.Bytes)
	w.text("summary", e.Summary)
	w.checks("checks", e.Checks)
	w.auth("auth", e.Auth)
	w.integer("replayOf", e.ReplayOf)
	w.integer("redeliveryOf", e.RedeliveryOf)
	if len(e.Rules) > 0 {
		w.value("rules", e.Rules)
	}
	w.truth("truncated", e.Truncated())
	w.truth("saved", e.Saved)
	w.truth("marked", e.Marked)
	w.text("error", e.Error)
	return append(w.b, '}')
}

// MarshalJSON returns the documented form of the exchange as a list prints it.
func (e *Exchange) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// lineWriter writes the members of an object and leaves out what is empty.
type lineWriter struct{ b []byte }

func (w *lineWriter) key(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), `":`...)
}

func (w *lineWriter) text(name, s string) {
	if s != "" {
		w.key(name)
		w.b = jsonpath.AppendQuote(w.b, s)
	}
}

func (w *lineWriter) integer(name string, n int64) {
	if n != 0 {
		w.key(name)
		w.b = strconv.AppendInt(w.b, n, 10)
	}
}

func (w *lineWriter) milliseconds(name string, d time.Duration) {
	if ms := milliseconds(d); ms != 0 {
		w.key(name)
		w.b = strconv.AppendFloat(w.b, ms, 'f', -1, 64)
	}
}

func (w *lineWriter) truth(name string, yes bool) {
	if yes {
		w.key(name)
		w.b = append(w.b, "true"...)
	}
}

func (w *lineWriter) checks(name string, checks []vapi.Check) {
	if len(checks) == 0 {
		return
	}
	w.key(name)
	for i, c := range checks {
		w.b = append(w.b, ",{"...)
		if i == 0 {
			w.b[len(w.b)-2] = '['
		}
		w.always("level", string(c.Level))
		w.always("code", c.Code)
		w.always("message", c.Message)
		w.text("path", c.Path)
		w.text("hint", c.Hint)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func (w *lineWriter) auth(name string, a vapi.Auth) {
	if a == (vapi.Auth{}) {
		return
	}
	w.key(name)
	w.b = append(w.b, '{')
	w.always("scheme", a.Scheme)
	w.always("verdict", a.Verdict)
	w.b = append(w.b, '}')
}

func (w *lineWriter) always(name, s string) {
	w.key(name)
	w.b = jsonpath.AppendQuote(w.b, s)
}

// value writes what is rare enough for reflection.
func (w *lineWriter) value(name string, v any) {
	text, err := marshal(v)
	if err != nil {
		return // lists of strings and checks always have a JSON form
	}
	w.key(name)
	w.b = append(w.b, text...)
}

// milliseconds returns d in milliseconds with three decimals.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

// marshal is json.Marshal without the escaping that HTML would need.
func marshal(v any) ([]byte, error) {
	var out appender
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out[:len(out)-1], nil
}

type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}
