package record

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vapitap/vapi"
)

// columns are the columns of an exchange's row, in the order in which fillRow
// and scanRow have them.
const columns = "id, change, session, time, call_id, request_bytes, response_bytes, marked, flags, tools, line"

// columnCount is how many columns there are.
const columnCount = 11

const (
	insertExchange = "INSERT INTO exchange (" + columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	updateExchange = "REPLACE INTO exchange (" + columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	selectExchange = "SELECT " + columns + " FROM exchange"
	insertPayload  = "INSERT INTO payload (exchange, request_header, response_header, request_body, response_body) VALUES (?, ?, ?, ?, ?)"
)

// The bits of flags.
const (
	flagRequestTruncated = 1 << iota
	flagResponseTruncated
	flagMocked
	flagUnreachable
)

// fillRow puts the values of an exchange's columns into args. The exchange may
// not be changed any more afterwards.
func fillRow(args []driver.NamedValue, e *Exchange) {
	e.line = ""
	e.line = string(e.AppendJSON(make([]byte, 0, 1024)))
	for i, v := range [columnCount]any{
		e.ID, e.change, e.Session, micros(e.Time), e.CallID, e.Request.Bytes, e.Response.Bytes, e.Marked, e.flags(),
		strings.Join(e.ToolNames, "\n"), e.line,
	} {
		args[i].Value = v
	}
}

// flags returns what the column of that name has, and setFlags reads it back.
func (e *Exchange) flags() int64 {
	return bit(flagRequestTruncated, e.Request.Truncated) | bit(flagResponseTruncated, e.Response.Truncated) |
		bit(flagMocked, e.Mocked) | bit(flagUnreachable, e.Unreachable)
}

func (e *Exchange) setFlags(flags int64) {
	e.Request.Truncated, e.Response.Truncated = flags&flagRequestTruncated != 0, flags&flagResponseTruncated != 0
	e.Mocked, e.Unreachable = flags&flagMocked != 0, flags&flagUnreachable != 0
}

func bit(flag int64, set bool) int64 {
	if set {
		return flag
	}
	return 0
}

// scanRow reads what selectExchange selects.
func scanRow(rows interface{ Scan(...any) error }) (*Exchange, error) {
	var (
		e     Exchange
		at    int64
		flags int64
		tools string
		line  []byte
	)
	err := rows.Scan(&e.ID, &e.change, &e.Session, &at, &e.CallID, &e.Request.Bytes, &e.Response.Bytes, &e.Marked, &flags, &tools, &line)
	if err != nil {
		return nil, err
	}
	if err := e.parseJSON(line); err != nil {
		return nil, fmt.Errorf("exchange %d: %w", e.ID, err)
	}
	e.Time = fromMicros(at)
	e.setFlags(flags)
	if tools != "" {
		e.ToolNames = strings.Split(tools, "\n")
	}
	return &e, nil
}

// parseJSON reads back what AppendJSON wrote, but for what the row has in
// columns of their own.
func (e *Exchange) parseJSON(line []byte) error {
	var l listedJSON
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	e.Kind, e.Type, e.From, e.Remote = l.Kind, l.Type, l.From, l.Remote
	e.Method, e.Path, e.Target, e.Status = l.Method, l.Path, l.Target, l.Status
	e.Duration, e.FirstByte = fromMilliseconds(l.DurationMs), fromMilliseconds(l.FirstByteMs)
	e.Summary, e.Checks, e.Rules, e.ReplayOf, e.RedeliveryOf = l.Summary, l.Checks, l.Rules, l.ReplayOf, l.RedeliveryOf
	e.Saved, e.Error = l.Saved, l.Error
	if l.Auth != nil {
		e.Auth = *l.Auth
	}
	return nil
}

// fromMilliseconds is the inverse of milliseconds.
func fromMilliseconds(ms float64) time.Duration {
	return time.Duration(ms*1000+0.5) * time.Microsecond
}

// headerText returns a header and a trailer as "Name: value" lines with an empty
// line between the two, which parseHeaders reads back. It is never nil.
func headerText(header, trailer http.Header) []byte {
	return appendHeaders(make([]byte, 0, headerSize(header)+headerSize(trailer)+1), header, trailer)
}

// appendHeaders appends what headerText returns.
func appendHeaders(text []byte, header, trailer http.Header) []byte {
	text = appendHeader(text, header)
	if len(trailer) > 0 {
		text = appendHeader(append(text, '\n'), trailer)
	}
	return text
}

func headerSize(h http.Header) int {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v) + len(": \n")
		}
	}
	return size
}

func appendHeader(text []byte, h http.Header) []byte {
	for name, values := range h {
		for _, v := range values {
			text = append(append(append(append(text, name...), ": "...), v...), '\n')
		}
	}
	return text
}

// parseHeaders reads what headerText wrote. A header without lines is nil.
func parseHeaders(text []byte) (header, trailer http.Header) {
	into := &header
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		name, value, ok := strings.Cut(string(line), ": ")
		if !ok {
			into = &trailer
			continue
		}
		if *into == nil {
			*into = make(http.Header)
		}
		(*into)[name] = append((*into)[name], value)
	}
	return header, trailer
}

// authOf returns a as the documented JSON has it: nil where nothing is known.
func authOf(a vapi.Auth) *vapi.Auth {
	if a == (vapi.Auth{}) {
		return nil
	}
	return &a
}
