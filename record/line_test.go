package record

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"vapitap/vapi"
)

// FuzzLine sees that the line written by hand is the documented JSON, and that
// reading it back gives the same exchange.
func FuzzLine(f *testing.F) {
	f.Add(int64(41), "tool-calls", "get_weather(city: \"Oslo\") → \"12 degrees\"\n<b>", "/a?b=\xff", 200, int64(84_200_400), true)
	f.Add(int64(0), "", "", "", 0, int64(0), false)
	f.Fuzz(func(t *testing.T, id int64, kind, summary, path string, status int, duration int64, yes bool) {
		e := &Exchange{
			ID: id, Session: "s", Time: time.UnixMicro(1_700_000_000_245_000).UTC(), From: FromLocal, Remote: "::1",
			Identity: vapi.Identity{Kind: vapi.KindServer, Type: kind, CallID: kind}, Method: "POST", Path: path, Target: "http://x" + path,
			Status: status, Duration: time.Duration(duration), FirstByte: time.Duration(duration) / 2,
			Request: Message{Bytes: id, Truncated: yes}, Response: Message{Bytes: 2}, Summary: summary, ReplayOf: id, Saved: yes, Marked: yes, Error: summary,
		}
		if yes {
			e.Checks = []vapi.Check{{Level: vapi.Error, Code: kind, Message: summary, Hint: `{"a":"<b>"}`}}
			e.Auth = vapi.Auth{Scheme: "hmac", Verdict: "ok"}
			e.Rules = []string{path}
		}
		line := e.AppendJSON(nil)
		want, err := marshal(e.listedJSON())
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if err := json.Unmarshal(want, &b); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(a)
		wanted, _ := json.Marshal(b)
		if !bytes.Equal(got, wanted) {
			t.Fatalf("written by hand\n%s\nwant\n%s", line, want)
		}
		var back Exchange
		if err := back.parseJSON(line); err != nil {
			t.Fatal(err)
		}
		back.ID, back.Session, back.Time, back.CallID, back.Request, back.Response, back.Marked = e.ID, e.Session, e.Time, e.CallID, e.Request, e.Response, e.Marked
		var again any
		if err := json.Unmarshal(back.AppendJSON(nil), &again); err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(again); !bytes.Equal(got, wanted) {
			t.Fatalf("read back as\n%s\nwas\n%s", got, wanted)
		}
	})
}
