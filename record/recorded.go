package record

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"vapitap/vapi"
)

// mostAsked is how many earlier exchanges of one call are asked for tool calls
// whose results were not seen yet, and askedAmong among how many of the newest
// exchanges of the store they are looked for: a call is not longer. An index for
// this, once a call, would cost every commit of a tool call.
const (
	mostAsked  = 64
	askedAmong = 20_000
)

// readRecorded reads what is known of the results that Vapi recorded of the tool
// calls of e.
func readRecorded(ctx context.Context, q querier, e *Exchange) error {
	rows, err := q.QueryContext(ctx, "SELECT tool_call_id, result, warnings FROM recorded WHERE exchange = ?", e.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	e.recorded = nil
	for rows.Next() {
		var r vapi.RecordedResult
		var result, warnings []byte
		if err := rows.Scan(&r.ToolCallID, &result, &warnings); err != nil {
			return err
		}
		r.Result = result
		if len(warnings) > 0 {
			r.Warnings = warnings
		}
		e.recorded = append(e.recorded, r)
	}
	return rows.Err()
}

// writeRecorded adds what an amendment learnt of the results that Vapi recorded.
// What was seen first stays.
func writeRecorded(ctx context.Context, conn *sql.Conn, e *Exchange) error {
	for _, r := range e.recorded {
		_, err := conn.ExecContext(ctx, "INSERT OR IGNORE INTO recorded (exchange, tool_call_id, result, warnings) VALUES (?, ?, ?, ?)",
			e.ID, r.ToolCallID, string(r.Result), string(r.Warnings))
		if err != nil {
			return err
		}
	}
	return nil
}

// addRecorded puts what is known of the results that Vapi recorded into the
// calls of e.
func (e *Exchange) addRecorded(calls []vapi.ToolCall) {
	if len(e.recorded) == 0 {
		return
	}
	index := make(map[string]int, len(e.recorded))
	for i, r := range e.recorded {
		index[r.ToolCallID] = i
	}
	for i := range calls {
		if at, ok := index[calls[i].ID]; ok {
			calls[i].Recorded, calls[i].Warnings = e.recorded[at].Result, e.recorded[at].Warnings
		}
	}
}

// addCheck puts a check behind those of its level and the graver ones. One of
// the same code about the same place is not told twice.
func (e *Exchange) addCheck(c vapi.Check) {
	gravity := func(level vapi.Level) int {
		return slices.Index([]vapi.Level{vapi.Error, vapi.Warning, vapi.Info}, level)
	}
	at := len(e.Checks)
	for i, old := range e.Checks {
		if old.Code == c.Code && old.Path == c.Path {
			return
		}
		if at == len(e.Checks) && gravity(old.Level) > gravity(c.Level) {
			at = i
		}
	}
	e.Checks = slices.Insert(slices.Clone(e.Checks), at, c)
}

// toolCallsOf returns the ids of the newest exchanges of a call that called
// tools, oldest first.
func (s *Store) toolCallsOf(ctx context.Context, callID string) ([]int64, error) {
	rows, err := s.readers.Load().QueryContext(ctx,
		"SELECT id FROM exchange WHERE id > (SELECT max(id) FROM exchange) - ? AND call_id = ? AND tools <> '' ORDER BY id DESC LIMIT ?",
		askedAmong, callID, mostAsked)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("tool calls of %s: %w", callID, err)
		}
		ids = append(ids, id)
	}
	slices.Reverse(ids)
	return ids, explain(s.path, rows.Err())
}
