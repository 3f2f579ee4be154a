package attach

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"
)

// applied is an object after a PATCH, as Vapi does it.
func applied(t *testing.T, object map[string]json.RawMessage, patch []byte) map[string]json.RawMessage {
	t.Helper()
	var change map[string]json.RawMessage
	if err := json.Unmarshal(patch, &change); err != nil {
		t.Fatalf("%v in %s", err, patch)
	}
	after := maps.Clone(object)
	maps.Copy(after, change)
	return after
}

func written(object map[string]json.RawMessage) []byte {
	text, _ := json.Marshal(object)
	return text
}

// compact is a value of an object without spaces, null where there is none.
func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return "null"
	}
	return b.String()
}

// FuzzThereAndBack changes the URL of an object and puts it back, for whatever an
// object may be.
func FuzzThereAndBack(f *testing.F) {
	for _, object := range []string{
		`{}`, `{"server":null}`, `{"server":{}}`, `{"server":{"url":null,"x":1}}`, `{"serverUrl":"https://a.example"}`,
		`{"server":{"url":"https://a.example/x?y","timeoutSeconds":1.50,"headers":{"a":"\u00e9"}},"name":"x"}`,
		`{"server":{"url":7}}`, `{"server":[1]}`, `{"server":"{\"url\":\"x\"}"}`, `{"server":{"url":"a","\u0075rl":"b"}}`,
	} {
		f.Add([]byte(object), false)
		f.Add([]byte(object), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, older bool) {
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil || object == nil {
			return
		}
		text = written(object)
		object = nil
		if err := json.Unmarshal(text, &object); err != nil { // its values as they are written there
			t.Fatal(err)
		}
		before, shape := URLOf(text)
		if shape == ShapeNone && older {
			shape = ShapeOlder
		}
		const ours = "https://ours.example/x"
		there, err := revise(text, shape, ours, "")
		if err != nil {
			return // a server that is no object cannot have a URL
		}
		changed := applied(t, object, there.patch)
		if now, _ := URLOf(written(changed)); now != ours {
			t.Fatalf("%s became %s, whose URL is %q", text, written(changed), now)
		}
		e := Entry{Fields: there.fields}
		back, err := revert(written(changed), e.Fields, e.original())
		if err != nil {
			t.Fatal(err)
		}
		restored := applied(t, changed, back[0])
		if now, _ := URLOf(written(restored)); now != before {
			t.Fatalf("%s came back as %s, whose URL is %q, not %q", text, written(restored), now, before)
		}
		for name, value := range object {
			if name != "server" && compact(value) != compact(restored[name]) {
				t.Fatalf("%s of %s came back as %s", name, text, restored[name])
			}
		}
	})
}
