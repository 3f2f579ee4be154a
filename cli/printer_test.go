package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vapitap/record"
)

// TestPrinterTellsWhatVapiDidNotTake sees that an exchange is printed once, and
// again, for people, when a later message of the call shows that Vapi recorded
// another result.
func TestPrinterTellsWhatVapiDidNotTake(t *testing.T) {
	for _, output := range []string{"text", "json"} {
		t.Run(output, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			store, err := record.Open(path, record.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			a := &app{out: &out}
			p := a.print(store, output, func(*record.Exchange) bool { return true })
			watcher := store.Watch(false)
			for _, bodies := range [][2]string{
				{`{"message":{"type":"tool-calls","call":{"id":"c"},"toolCallList":[{"id":"t","name":"f","arguments":{}}]}}`, `{"results":[{"toolCallId":"t","name":"f","result":"12"}]}`},
				{`{"message":{"type":"conversation-update","call":{"id":"c"},"messages":[{"role":"tool_call_result","toolCallId":"t","result":"No result returned."}]}}`, ""},
			} {
				e := &record.Exchange{Time: time.Now(), From: record.FromTunnel, Method: "POST", Path: "/", Status: 200}
				e.Request.Body, e.Response.Body = []byte(bodies[0]), []byte(bodies[1])
				e.Request.Bytes, e.Response.Bytes = int64(len(bodies[0])), int64(len(bodies[1]))
				e.Response.Header = map[string][]string{"Content-Type": {"application/json"}}
				e.Describe()
				store.Begin(e)
				if err := store.Commit(e, 0, nil); err != nil {
					t.Fatal(err)
				}
			}
			for changes := 0; changes < 3; { // the two, and the first again
				select {
				case <-watcher.C():
				case <-time.After(2 * time.Minute):
					t.Fatal("the exchange was not amended")
				}
				changed, err := watcher.Read()
				if err != nil {
					t.Fatal(err)
				}
				changes += len(changed)
			}
			p.finish()
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			lines, told := strings.Count(out.String(), "tool-calls"), strings.Count(out.String(), "tool-result-not-taken")
			if output == "text" && (lines != 2 || told != 1) || output == "json" && (lines != 1 || told != 0) {
				t.Errorf("printed:\n%s", out.String())
			}
		})
	}
}
