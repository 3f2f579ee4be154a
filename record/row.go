package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vapitap/vapi"
)

// columns are the columns of an exchange's row after its id and change, in the
// order in which row and scanRow have them.
var columns = []string{
	"session", "time", "source", "remote", "kind", "type", "call_id", "method", "path", "target",
	"status", "duration", "first_byte", "request_bytes", "response_bytes", "request_truncated", "response_truncated",
	"summary", "checks", "tools", "rules", "auth_scheme", "auth_verdict", "replay_of", "redelivery_of",
	"mocked", "saved", "marked", "unreachable", "error",
}

var (
	insertExchange = fmt.Sprintf("INSERT INTO exchange (id, %s) VALUES (?%s)",
		strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)))
	updateExchange = fmt.Sprintf("UPDATE exchange SET change = ?, %s = ? WHERE id = ?",
		strings.Join(columns, " = ?, "))
	selectExchange = "SELECT id, change, " + strings.Join(columns, ", ") + " FROM exchange"
)

const insertPayload = `INSERT INTO payload (exchange, request_header, request_trailer, response_header, response_trailer, request_body, response_body)
	VALUES (?, ?, ?, ?, ?, ?, ?)`

// row returns the values of an exchange's columns.
func row(e *Exchange) []any {
	return []any{
		e.Session, micros(e.Time), string(e.From), e.Remote, string(e.Kind), e.Type, e.CallID, e.Method, e.Path, e.Target,
		int64(e.Status), int64(e.Duration), int64(e.FirstByte), e.Request.Bytes, e.Response.Bytes, e.Request.Truncated, e.Response.Truncated,
		e.Summary, jsonList(e.Checks), jsonList(e.ToolNames), jsonList(e.Rules), e.Auth.Scheme, e.Auth.Verdict, e.ReplayOf, e.RedeliveryOf,
		e.Mocked, e.Saved, e.Marked, e.Unreachable, e.Error,
	}
}

// scanRow reads what selectExchange selects.
func scanRow(rows interface{ Scan(...any) error }) (*Exchange, error) {
	var (
		e                       Exchange
		at                      int64
		duration, first         int64
		from, kind              string
		checks, tools, ruleList string
	)
	err := rows.Scan(&e.ID, &e.change,
		&e.Session, &at, &from, &e.Remote, &kind, &e.Type, &e.CallID, &e.Method, &e.Path, &e.Target,
		&e.Status, &duration, &first, &e.Request.Bytes, &e.Response.Bytes, &e.Request.Truncated, &e.Response.Truncated,
		&e.Summary, &checks, &tools, &ruleList, &e.Auth.Scheme, &e.Auth.Verdict, &e.ReplayOf, &e.RedeliveryOf,
		&e.Mocked, &e.Saved, &e.Marked, &e.Unreachable, &e.Error)
	if err != nil {
		return nil, err
	}
	e.Time, e.Duration, e.FirstByte = fromMicros(at), time.Duration(duration), time.Duration(first)
	e.From, e.Kind = From(from), vapi.Kind(kind)
	for _, list := range []struct {
		text string
		into any
	}{{checks, &e.Checks}, {tools, &e.ToolNames}, {ruleList, &e.Rules}} {
		if list.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(list.text), list.into); err != nil {
			return nil, fmt.Errorf("exchange %d: %w", e.ID, err)
		}
	}
	return &e, nil
}

// jsonList returns list as JSON text, the empty string for an empty one.
func jsonList[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "" // lists of strings and checks always have a JSON form
	}
	return string(text)
}

// headerText returns a header as "Name: value" lines, which parseHeader reads
// back. It is never nil.
func headerText(h http.Header) []byte {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v) + 3
		}
	}
	text := make([]byte, 0, size)
	for name, values := range h {
		for _, v := range values {
			text = append(append(append(append(text, name...), ": "...), v...), '\n')
		}
	}
	return text
}

// parseHeader reads what headerText wrote. It returns nil for no lines.
func parseHeader(text []byte) http.Header {
	var h http.Header
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		name, value, ok := strings.Cut(string(line), ": ")
		if !ok {
			continue
		}
		if h == nil {
			h = make(http.Header)
		}
		h[name] = append(h[name], value)
	}
	return h
}
