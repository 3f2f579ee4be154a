package webhook

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// fixture is what this test reads of a file of vapitap save.
type fixture struct {
	Request struct {
		Method, Path string
		Body         json.RawMessage
	}
	Response struct {
		Status int
		Body   any
	}
}

func TestFixtures(t *testing.T) {
	files, _ := filepath.Glob("fixtures/*.json")
	if len(files) == 0 {
		t.Fatal("there are no fixtures")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var f fixture
			read(t, file, &f)

			reply := httptest.NewRecorder()
			Handle(reply, httptest.NewRequest(f.Request.Method, f.Request.Path, bytes.NewReader(f.Request.Body)))
			var got any
			if json.Unmarshal(reply.Body.Bytes(), &got); reply.Code != f.Response.Status || !reflect.DeepEqual(got, f.Response.Body) {
				t.Errorf("status %d, want %d\ngot  %v\nwant %v", reply.Code, f.Response.Status, got, f.Response.Body)
			}
		})
	}
}

func read(t *testing.T, file string, f *fixture) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, f)
	}
	if err != nil {
		t.Fatal(err)
	}
}
