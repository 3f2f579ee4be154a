package schema

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// known are the keywords that a walk, or the library for a single value, heeds;
// notes are those that judge nothing.
var (
	known = strings.Fields("$ref type enum properties required additionalProperties items anyOf allOf minimum maximum minLength maxLength pattern")
	notes = strings.Fields("default nullable format discriminator writeOnly")
)

// The document has nothing that a walk would pass over in silence.
func TestDocumentIsWhatAWalkKnows(t *testing.T) {
	document, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	schemas := document.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	if len(schemas) < 400 {
		t.Errorf("%d schemas", len(schemas))
	}
	for name, s := range schemas {
		lookAt(t, name, s.(map[string]any))
	}
}

func lookAt(t *testing.T, path string, s map[string]any) {
	for key := range s {
		if !slices.Contains(known, key) && !slices.Contains(notes, key) {
			t.Errorf("%s has the keyword %s", path, key)
		}
	}
	all, _ := s["allOf"].([]any)
	union, _ := s["anyOf"].([]any)
	switch {
	case len(all) > 1, len(all) == 1 && (union != nil || s["properties"] != nil):
		t.Errorf("%s: an allOf beside something else", path)
	case union != nil && (s["enum"] != nil || s["properties"] != nil || s["type"] != nil):
		t.Errorf("%s: an anyOf beside something else", path)
	}
	for _, inner := range slices.Concat(all, union) {
		lookAt(t, path+"/…", inner.(map[string]any))
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := s[key].(map[string]any); ok {
			lookAt(t, path+"/"+key, inner)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for key, inner := range properties {
		lookAt(t, path+"/"+key, inner.(map[string]any))
	}
}

// The judgement of a whole value by the library, which tries all branches of
// all unions, and a walk's, which goes by the branch that is named, agree on
// whether there is a mistake, in what Vapi takes and in what becomes of it when
// something is changed at random. Where the document's branches overlap, the
// library can take one for another: any hook for one of customer.speech.timeout,
// whose on may be any string, a smart endpointing plan for Vapi's own, and one
// destination of a squad member for the other kind.
func TestLibraryAgrees(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	files := accepted(t)
	wrong := 0
	for _, file := range slices.Sorted(maps.Keys(files)) {
		root := compiled(schemaOf(file))
		for range 80 {
			var value any
			if err := json.Unmarshal(files[file], &value); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			value = withoutNulls(value)
			for range random.IntN(3) {
				value = changed(random, value)
			}
			text, _ := json.Marshal(value)
			findings := slices.DeleteFunc(Check(schemaOf(file), "it", text), func(f Finding) bool { return f.Grade == Unknown })
			theirs := root.plain.Validate(value)
			if theirs != nil {
				wrong++
			}
			certain := slices.ContainsFunc(findings, func(f Finding) bool { return !overlapping.MatchString(f.Path) })
			if theirs != nil && len(findings) == 0 || theirs == nil && certain {
				t.Fatalf("%s: %s\n%v\n%v", file, text, findings, theirs)
			}
		}
	}
	if wrong < 500 {
		t.Errorf("only %d of the values were wrong", wrong)
	}
}

var overlapping = regexp.MustCompile(`/(hooks|smartEndpointingPlan|assistantDestinations)/`)

// withoutNulls returns v without its nulls.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, inner any) bool { return inner == nil })
		for key, inner := range v {
			v[key] = withoutNulls(inner)
		}
	case []any:
		kept := slices.DeleteFunc(v, func(inner any) bool { return inner == nil })
		for i, inner := range kept {
			kept[i] = withoutNulls(inner)
		}
		return kept
	}
	return v
}

// changed returns v with one thing in it left out, replaced or renamed.
func changed(random *rand.Rand, v any) any {
	others := []any{"x", "openai", "", 0.5, -1.0, 1e6, true, map[string]any{}, []any{}, []any{"x"}, map[string]any{"type": "assistant"}, strings.Repeat("long", 400)}
	other := others[random.IntN(len(others))]
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return other
		}
		keys := slices.Sorted(maps.Keys(v))
		key := keys[random.IntN(len(keys))]
		switch random.IntN(6) {
		case 0:
			delete(v, key)
		case 1:
			v[key] = other
		case 2:
			v[key+"x"] = v[key]
			delete(v, key)
		default:
			v[key] = changed(random, v[key])
		}
		return v
	case []any:
		if len(v) == 0 {
			return other
		}
		i := random.IntN(len(v))
		v[i] = changed(random, v[i])
		return v
	}
	return other
}

func FuzzCheck(f *testing.F) {
	for _, text := range accepted(f) {
		f.Add(uint8(0), text)
		f.Add(uint8(2), text)
	}
	for i := range replySchemas {
		f.Add(uint8(i), []byte(`{"type":"assistant","assistant":{"model":{"provider":"opneai"}},"members":[{"assistantId":null}]}`))
	}
	f.Add(uint8(0), []byte(`{"a\u0000/~":"\ud800","model":{"provider":"\xff"},"name":1e999}`))
	f.Add(uint8(0), []byte(`{"model":[[[[[[{"a":`))
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		name := replySchemas[int(which)%len(replySchemas)]
		findings := Check(name, "it", text)
		if !json.Valid(text) && findings != nil {
			t.Errorf("findings in what is no JSON: %v", findings)
		}
		for _, f := range findings {
			if f.Message == "" || f.Path != "" && f.Path[0] != '/' {
				t.Errorf("%+v", f)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	Prepare()
	texts := accepted(b)
	for _, file := range []string{"assistant-minimal", "assistant-openai-weather", "squad-inline"} {
		b.Run(file, func(b *testing.B) {
			b.SetBytes(int64(len(texts[file])))
			b.ReportAllocs()
			for b.Loop() {
				Check(schemaOf(file), "it", texts[file])
			}
		})
	}
	b.Run("wrong", func(b *testing.B) {
		text := []byte(`{"model":{"provider":"opneai"},"frstMessage":"x","voice":{"provider":"11labs","voiceId":7},"serverMessages":["nothing"]}`)
		b.ReportAllocs()
		for b.Loop() {
			Check(Assistant, "it", text)
		}
	})
}
