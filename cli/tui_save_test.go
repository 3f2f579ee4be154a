package cli

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vapitap/record"
)

func TestACallIsSavedFromTheInterface(t *testing.T) {
	folder := t.TempDir()
	store, err := record.Open(filepath.Join(folder, "test.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.StartSession("run", ""); err != nil {
		t.Fatal(err)
	}
	for i, kind := range []string{"status-update", "hang"} {
		e := &record.Exchange{Time: time.Unix(int64(i), 0), From: record.FromLocal, Method: "POST", Path: "/", Status: 200}
		e.Request.Header = http.Header{"X-Vapi-Secret": {"the secret"}}
		e.Request.Body = []byte(`{"message":{"type":"` + kind + `","status":"queued","call":{"id":"0199f2a0-aaaa"}}}`)
		e.Describe()
		store.Begin(e)
		if err := store.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	saver := fixtureSaver{folder: filepath.Join(folder, "fixtures"), store: store}
	where, written, replaced, err := saver.SaveCall(t.Context(), "0199f2a0-aaaa", false)
	if err != nil || len(written) != 2 || replaced != 2 {
		t.Fatalf("saved %v in %s, %d replaced: %v", written, where, replaced, err)
	}
	for _, name := range []string{"01-status-update.json", "02-hang.json"} {
		if _, err := os.Stat(filepath.Join(where, name)); err != nil {
			t.Error(err)
		}
	}
	if _, written, _, err := saver.SaveCall(t.Context(), "0199f2a0-aaaa", false); !errors.Is(err, fs.ErrExist) || len(written) != 0 {
		t.Errorf("saved again: %v, %v", written, err)
	}
	if _, written, _, err := saver.SaveCall(t.Context(), "0199f2a0-aaaa", true); err != nil || len(written) != 2 {
		t.Errorf("saved over it: %v, %v", written, err)
	}
}
