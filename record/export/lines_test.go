package export_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/record/export"
)

func gzipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONLinesAreWhatShowPrints(t *testing.T) {
	source := stored(t, aCall()...)
	text := first(written(t, "json", source, export.Options{Secrets: true}))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(source.IDs) {
		t.Fatalf("%d lines of %d exchanges", len(lines), len(source.IDs))
	}
	for i, id := range source.IDs {
		e, err := source.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		want, err := e.ShowJSON(true)
		if err != nil || lines[i] != string(want) {
			t.Errorf("%s\nwant\n%s", lines[i], want)
		}
	}
	for line := range strings.Lines(first(written(t, "json", source, export.Options{}))) {
		if !json.Valid([]byte(line)) {
			t.Errorf("without secrets it is no JSON: %s", line)
		}
	}
}

func TestSummariesAndHintsKeepWhatIsNoSecret(t *testing.T) {
	text := first(written(t, "json", stored(t, aCall()...), export.Options{}))
	for _, want := range []string{`get_weather(city: \"Oslo\", password: \"REPLACED\")`, `\\\"apiKey\\\":\\\"REPLACED\\\"`, `"code":"tool-result-not-string"`} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
}

func TestCommandsAreToldApartAndGoWhereTheyShould(t *testing.T) {
	evil := newExchange(0, "\"type\":\"x; $(id) `id`\\n rm -rf /\"", "{}")
	source := stored(t, evil, newExchange(1, `"type":"hang"`, "{}"))
	to := export.Options{Target: func(e *record.Exchange) (string, error) { return "http://127.0.0.1:9" + e.Path, nil }}
	text := first(written(t, "curl", source, to))
	if !strings.HasPrefix(text, "# 1 x id id rm -rf /\ncurl 'http://127.0.0.1:9/vapi/webhook?x=1'") || !strings.Contains(text, "\n\n# 2 hang\ncurl ") {
		t.Errorf("got\n%s", text)
	}
	source.IDs = source.IDs[:1]
	if text = first(written(t, "curl", source, to)); !strings.HasPrefix(text, "curl ") {
		t.Errorf("got\n%s", text)
	}
	nowhere := errors.New("nowhere")
	_, err := export.Commands(new(bytes.Buffer), source, export.Options{Target: func(*record.Exchange) (string, error) { return "", nowhere }})
	if !errors.Is(err, nowhere) {
		t.Error(err)
	}
}

// jsonQuote returns text as a string of JSON.
func jsonQuote(text string) (string, error) {
	b, err := json.Marshal(text)
	return string(b), err
}
