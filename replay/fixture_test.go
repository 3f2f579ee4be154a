package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vapitap/record/fixture"
	"vapitap/vapi/auth"
)

// tried sends fixtures, given as the texts of their files by name, to a server
// and returns what came of each.
func tried(t *testing.T, files map[string]string, handle http.HandlerFunc) []*Result {
	t.Helper()
	base, _ := serve(t, handle)
	return triedBy(t, &Tester{Sender: &Sender{}, To: base}, files)
}

func triedBy(t *testing.T, tester *Tester, files map[string]string) []*Result {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := fixture.Collect([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	var results []*Result
	for _, g := range c.Groups {
		if err := tester.Run(t.Context(), g, nil, func(r *Result) { results = append(results, r) }); err != nil {
			t.Fatal(err)
		}
	}
	return results
}

// wanting is a fixture that wants a reply, with more members where there are any.
func wanting(reply, more string) string {
	return fmt.Sprintf(`{"vapitap":1,"request":{"method":"POST","path":"/hook","body":{"message":{"type":"tool-calls","toolCallList":[{"id":"c","function":{"name":"f","arguments":{}}}]}}},
		"response":{"status":200,%s}%s}`, reply, more)
}

func TestHowRepliesAreCompared(t *testing.T) {
	const result = `{"results":[{"toolCallId":"c","result":"12"}]}`
	mode := func(m string) string { return `,"match":{"mode":"` + m + `"}` }
	ignore := func(m, pointers string) string { return `,"match":{"mode":"` + m + `","ignore":[` + pointers + `]}` }
	for _, c := range []struct{ name, fixture, reply, differs string }{
		{"the same", wanting(`"body":`+result, ""), result, ""},
		{"other white space and order", wanting(`"body":`+result, mode("json")), "{ \"results\":[ {\"result\":\"1\\u0032\",\"toolCallId\":\"c\"}] }\n", ""},
		{"another value", wanting(`"body":`+result, ""), `{"results":[{"toolCallId":"c","result":"13"}]}`, `/results/0/result: "12" "13"`},
		{"more than is wanted", wanting(`"body":`+result, ""), `{"results":[{"toolCallId":"c","result":"12"}],"x":1}`, `/x:  1`},
		{"more than is wanted, which a subset may have", wanting(`"body":`+result, mode("subset")), `{"results":[{"toolCallId":"c","name":"f","result":"12"}],"x":1}`, ""},
		{"more elements, which it may not", wanting(`"body":`+result, mode("subset")), `{"results":[{"toolCallId":"c","result":"12"},{}]}`, `/results/1:  {}`},
		{"less than a subset", wanting(`"body":`+result, mode("subset")), `{"results":[{"toolCallId":"c"}]}`, `/results/0/result: "12" `},
		{"an ignored value", wanting(`"body":`+result, ignore("json", `"/results/*/result"`)), `{"results":[{"toolCallId":"c","result":{"a":1}}]}`, ""},
		{"one beside it", wanting(`"body":`+result, ignore("json", `"/results/*/result"`)), `{"results":[{"toolCallId":"d","result":"13"}]}`, `/results/0/toolCallId: "c" "d"`},
		{"exactly", wanting(`"body":`+result, mode("exact")), result, ""},
		{"not exactly", wanting(`"body":`+result, mode("exact")), result + "\n", `lines`},
		{"text", wanting(`"bodyText":"a\nb\n"`, mode("exact")), "a\nc\n", `lines`},
		{"nothing", wanting(`"body":`+result, ""), "", `the reply is empty`},
		{"something in place of nothing", `{"vapitap":1,"request":{"method":"POST","path":"/"},"response":{"status":200}}`, "x", "lines"},
		{"where a secret was", wanting(`"body":{"token":"REPLACED","n":"a"}`, `,"replaced":["/response/body/token"]`), `{"token":"sk-1","n":"a"}`, ""},
		{"beside a secret", wanting(`"body":{"token":"REPLACED","n":"a"}`, `,"replaced":["/response/body/token"]`), `{"token":"sk-1","n":"b"}`, `/n: "a" "b"`},
		{"where a person was", wanting(`"body":{"said":"Hello Person 1!"}`, `,"replaced":["/response/body/said"]`), `{"said":"Hello Ada!"}`, ""},
		{"around a person", wanting(`"body":{"said":"Hello Person 1!"}`, `,"replaced":["/response/body/said"]`), `{"said":"Bye Ada!"}`, `/said: "Hello Person 1!" "Bye Ada!"`},
		{"a secret in a string of JSON", wanting(`"body":{"r":"{\"token\":\"REPLACED\"}"}`, `,"replaced":["/response/body/r/token"]`), `{"r":"{\"token\":\"sk\"}"}`, ""},
		{"what Vapi can use", wanting(`"body":{"results":[]}`, mode("schema")), result, ""},
		{"what Vapi cannot use", wanting(`"body":`+result, mode("schema")), `{"results":[{"toolCallId":"c","result":{}}]}`, "an object"},
		{"no reply is wanted", `{"vapitap":1,"request":{"method":"POST","path":"/"}}`, "any", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			results := tried(t, map[string]string{"a.json": c.fixture}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, c.reply)
			})
			r := results[0]
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			got := ""
			for _, d := range r.Verdict.Differences {
				got += fmt.Sprintf("%s: %s %s", d.Place, d.Old, d.New)
			}
			if r.Verdict.Lines != nil {
				got += "lines"
			}
			got += r.Verdict.Because
			if r.OK() != (c.differs == "") || !strings.Contains(got, c.differs) || c.differs == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.differs)
			}
			if !r.OK() && r.Updatable() {
				if err := r.Update(); err != nil {
					t.Fatal(err)
				}
				f, err := fixture.Read(r.Found.File)
				if err != nil || !Judge(f, f.Response, r.Exchange).OK {
					t.Errorf("after an update it still differs: %+v (%v)", f.Response, err)
				}
			}
		})
	}
}

func TestAnUpdateKeepsWhatDoesNotMatter(t *testing.T) {
	results := tried(t, map[string]string{
		"ignore.json": wanting(`"body":{"at":1,"n":"old","token":"REPLACED"}`, `,"match":{"mode":"json","ignore":["/at"]},"replaced":["/response/body/token"]`),
		"subset.json": wanting(`"body":{"n":"old"}`, `,"match":{"mode":"subset"}`),
	}, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"at":2,"n":"new","token":"sk-123"}`) })
	for i, want := range []string{`{"at":1,"n":"new","token":"REPLACED"}`, `{"n":"new"}`} {
		if err := results[i].Update(); err != nil {
			t.Fatal(err)
		}
		if f, err := fixture.Read(results[i].Found.File); err != nil || string(f.Response.Body) != want {
			t.Errorf("%s (%v), want %s", f.Response.Body, err, want)
		}
	}
}

func TestServersThatDoNotAnswerWell(t *testing.T) {
	slow := `{"vapitap":1,"request":{"method":"POST","path":"/","body":{"message":{"type":"tool-calls","assistant":{"server":{"timeoutSeconds":0.05}},"toolCallList":[{"id":"c","function":{"name":"f"}}]}}},"response":{"status":200}}`
	for _, c := range []struct {
		name   string
		handle http.HandlerFunc
		want   string
	}{
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "it closed the connection without an answer"},
		{"is slower than Vapi waits", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "nothing came within"},
		{"breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broke off its reply after 4 bytes"},
	} {
		r := tried(t, map[string]string{"a.json": slow}, c.handle)[0]
		text := ""
		if r.Err != nil {
			text = r.Err.Error()
		} else {
			text = r.Verdict.Because
		}
		if r.OK() || r.Updatable() || !strings.Contains(text, c.want) {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}

func TestAReplyOf100MBIsNotCompared(t *testing.T) {
	r := tried(t, map[string]string{"a.json": wanting(`"body":{}`, "")}, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range 100 {
			w.Write(chunk)
		}
	})[0]
	if r.OK() || r.Updatable() || r.Err != nil || r.Verdict.Because != "the reply has 104857600 bytes, more than the 64 MiB that are compared" {
		t.Errorf("%v %+v", r.Err, r.Verdict)
	}
}

func TestLaterMessagesUseWhatEarlierRepliesGave(t *testing.T) {
	replies := 0
	base, got := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if replies++; replies == 1 {
			io.WriteString(w, `{"results":[{"toolCallId":"call_1","result":"{\"bookingId\":\"b-99\",\"tableId\":7}"},{"toolCallId":"call_2","result":"not so fine"}]}`)
			return
		}
		io.WriteString(w, `{"bookingId":"b-99"}`)
	})
	results := triedBy(t, &Tester{Sender: &Sender{}, To: base}, map[string]string{
		"01-book.json": `{"vapitap":1,"request":{"method":"POST","path":"/","body":{"n":1}},"match":{"mode":"json","ignore":["/results/*/result"]},
			"response":{"status":200,"body":{"results":[{"toolCallId":"call_1","result":"{\"bookingId\":\"b-17\",\"tableId\":4}"},{"toolCallId":"call_2","result":"fine"}]}}}`,
		"02-cancel.json": `{"vapitap":1,"request":{"method":"POST","path":"/","body":{"args":"{\"bookingId\":\"b-17\",\"n\":4}","tableId":4,"n":4,
			"said":["b-17!","b-17"],"messages":[{"role":"tool","content":"fine","tool_call_id":"call_2"},{"result":"fine"}]}},"response":{"status":200,"body":{"bookingId":"b-17"}}}`,
		"other.json": `{"vapitap":1,"request":{"method":"POST","path":"/","body":{"bookingId":"b-17"}},"response":{"status":200,"body":{"bookingId":"b-99"}}}`,
	})
	want := []string{`{"n":1}`,
		`{"args":"{\"bookingId\":\"b-99\",\"n\":4}","tableId":7,"n":4,"said":["b-17!","b-99"],"messages":[{"role":"tool","content":"not so fine","tool_call_id":"call_2"},{"result":"fine"}]}`,
		`{"bookingId":"b-17"}`}
	for i := range want {
		if i >= len(*got) || string((*got)[i].body) != want[i] {
			t.Errorf("request %d:\ngot  %s\nwant %s", i+1, (*got)[i].body, want[i])
		}
	}
	for _, r := range results {
		if !r.OK() {
			t.Errorf("%s failed: %+v", r.Found.Name, r.Verdict)
		}
	}
}

func TestFixturesAreSignedAgain(t *testing.T) {
	keys, err := auth.NewKeyring([]string{"s3cret"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var seen http.Header
	base, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.Header })
	r := triedBy(t, &Tester{Sender: &Sender{Keys: keys}, To: base, Keys: keys, Bearer: "s3cret"}, map[string]string{
		"a.json": `{"vapitap":1,"request":{"method":"POST","path":"/","headers":{"x-vapi-secret":"REPLACED","Authorization":"Bearer REPLACED","X-Mine":["a","b"]},"body":{"message":{"type":"hang"}}},
			"response":{"status":200},"replaced":["/request/headers/Authorization"]}`,
	})[0]
	if seen.Get("X-Vapi-Secret") != "s3cret" || len(seen["X-Vapi-Secret"]) != 1 || seen.Get("Authorization") != "Bearer s3cret" || len(seen["X-Mine"]) != 2 {
		t.Errorf("sent with %v", seen)
	}
	if r.Exchange.Auth.Verdict != "ok" {
		t.Errorf("judged as %+v", r.Exchange.Auth)
	}
}

func FuzzCarried(f *testing.F) {
	f.Add([]byte(`{"a":"{\"bookingId\":\"b-17\"}","tableId":4,"x":[{"toolCallId":"c","result":"old"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := newCarried()
		c.ids["b-17"] = []byte(`"b-18"`)
		c.byKey[keyed{"tableId", "4"}] = []byte("5")
		c.results["c"] = outcome{"old", "new"}
		into := c.into(body)
		if json.Valid(body) != json.Valid(into) {
			t.Fatalf("%q became %q", body, into)
		}
	})
}
