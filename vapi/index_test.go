package vapi

import (
	"bytes"
	"fmt"
	"testing"
)

// A memory that has read one reply does not take another for it.
func TestIndexedWithAnotherReply(t *testing.T) {
	r := message(`"type":"tool-calls","toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}]`).Indexed()
	id := Identify(r)
	for range 2 {
		for _, c := range []struct {
			reply *Reply
			want  string
		}{
			{nil, `lookup(city: "Oslo")`},
			{answered(`{"results":[{"toolCallId":"call_1","result":"4 degrees"}]}`), `lookup(city: "Oslo") → "4 degrees"`},
			{answered(`{"error":"down"}`), `lookup(city: "Oslo") → error "down"`},
		} {
			if got := Summarize(id, r, c.reply); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		}
	}
}

// FuzzIndexed sees that a request that remembers its body is understood as one
// that does not, in whatever order it is asked.
func FuzzIndexed(f *testing.F) {
	for _, seed := range []string{
		`{"message":{"type":"tool-calls","toolCallList":[{"id":"1","name":"a","arguments":{}}],"call":{"id":"c"}}}`,
		`{"message":{"artifact":{"messages":[1,2]},"toolCallList":[{"id":"1","function":{"name":"a"}}],"type":"tool-calls","call":{"id":"c"}}}`,
		`{"message":{"type":"conversation-update","messages":[{"role":"user","message":"hi"}]},"message":{"type":"x"}}`,
		`{"message":{"type":"status-update","status":"en`, `{"messages":[],"model":"m"}`, `{"message":{}`, `[]`, `{`, ``,
	} {
		f.Add([]byte(seed), []byte(`{"results":[{"toolCallId":"1","result":{}}]}`))
	}
	f.Fuzz(func(t *testing.T, body, answer []byte) {
		reply := &Reply{Status: 200, Body: answer}
		plain := Request{Method: "POST", Path: "/", Body: body}
		indexed := Request{Method: "POST", Path: "/", Body: bytes.Clone(body)}.Indexed()
		for range 2 {
			id := Identify(plain)
			if got := Identify(indexed); got != id {
				t.Fatalf("identified as %+v, without memory %+v", got, id)
			}
			for what, pair := range map[string][2]any{
				"tools":   {ToolNames(indexed), ToolNames(plain)},
				"summary": {Summarize(id, indexed, reply), Summarize(id, plain, reply)},
				"asked":   {Summarize(id, indexed, nil), Summarize(id, plain, nil)},
				"checks":  {Judge(id, indexed, reply), Judge(id, plain, reply)},
				"calls":   {ToolCalls(indexed, reply), ToolCalls(plain, reply)},
			} {
				if got, want := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); got != want {
					t.Fatalf("%s: %s, without memory %s", what, got, want)
				}
			}
		}
	})
}
