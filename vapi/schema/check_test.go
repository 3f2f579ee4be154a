package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// found returns what Check finds as "grade path", in order.
func found(name, text string) []string {
	var all []string
	for _, f := range Check(name, "it", []byte(text)) {
		all = append(all, strings.TrimSpace([]string{"invalid", "unlisted", "unknown", "unchecked"}[f.Grade]+" "+f.Path))
	}
	return all
}

func TestCheck(t *testing.T) {
	forty := strings.Repeat("é", 40)
	for _, c := range []struct {
		text string
		want string
		hint string
	}{
		{`{"model":{"provider":"opneai","model":"gpt-4o"}}`, "invalid /model/provider", `"provider":"openai"`},
		{`{"voice":{"provider":"elevenlabs","voiceId":"sarah","sability":1}}`, "invalid /voice/provider", `"provider":"11labs"`},
		{`{"transcriber":{"provider":7}}`, "invalid /transcriber/provider", ""},
		{`{"model":{"model":"gpt-4o","temperature":"hot"}}`, "invalid /model", ""},
		{`{"model":{"provder":"openai","model":"gpt-4o"}}`, "invalid /model", `"provider":"openai"`},
		{`{"model":{"provider":null,"model":"gpt-4o"}}`, "invalid /model", ""},
		{`{"model":"gpt-4o"}`, "invalid /model", `"model":{"model":"gpt-4o","provider":"openai"}`},
		{`{"voice":"sarah"}`, "invalid /voice", `"voice":{"provider":"11labs","voiceId":"sarah"}`},
		{`[]`, "invalid", ""},
		{`"x"`, "invalid", ""},
		{`null`, "", ""},

		{`{"model":{"provider":"openai"}}`, "invalid /model", ""},
		{`{"model":{"provider":"openai","modle":"gpt-4o"}}`, "invalid /model", `"model":"gpt-4o"`},
		{`{"model":{"provider":"openai","model":"gpt-9"}}`, "unlisted /model/model", ""},
		{`{"model":{"provider":"openrouter","model":"anything/at-all"}}`, "", ""},
		{`{"transcriber":{"provider":"deepgram","model":"nova-9","language":"en"}}`, "", ""},
		{`{"transcriber":{"provider":"deepgram","language":"enn"}}`, "unlisted /transcriber/language", `"language":"en"`},
		{`{"firstMessageMode":"assistant-speak-first"}`, "unlisted /firstMessageMode", `"firstMessageMode":"assistant-speaks-first"`},
		{`{"serverMessages":["tool-calls","end-of-call"]}`, "unlisted /serverMessages/1", `"end-of-call-report"`},
		{`{"serverMessages":"tool-calls"}`, "invalid /serverMessages", `"serverMessages":["tool-calls"]`},
		{`{"model":{"provider":"openai","model":"gpt-4o","temperature":"0.7"}}`, "invalid /model/temperature", `"temperature":0.7`},
		{`{"firstMessage":42}`, "invalid /firstMessage", `"firstMessage":"42"`},
		{`{"firstMessageInterruptionsEnabled":"true"}`, "invalid /firstMessageInterruptionsEnabled", `"firstMessageInterruptionsEnabled":true`},
		{`{"metadata":"x"}`, "invalid /metadata", ""},
		{`{"metadata":{"provider":"no","any":{"thing":[1]}}}`, "", ""},

		{`{"name":"` + forty + `"}`, "", ""},
		{`{"name":"` + forty + `é"}`, "invalid /name", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","temperature":2}}`, "", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","temperature":2.1}}`, "invalid /model/temperature", ""},
		{`{"maxDurationSeconds":9}`, "invalid /maxDurationSeconds", ""},
		{`{"maxDurationSeconds":1e999}`, "", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"get weather"}}]}}`, "invalid /model/tools/0/function/name", `"name":"get_weather"`},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"` + strings.Repeat("a", 65) + `"}}]}}`, "invalid /model/tools/0/function/name", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"endCal"}]}}`, "invalid /model/tools/0/type", `"type":"endCall"`},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"function":{"name":"f"}}]}}`, "invalid /model/tools/0", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","messages":[{"content":"x"}]}}`, "invalid /model/messages/0", ""},
		{`{"voicemailDetection":{"provider":"gogle"}}`, "invalid /voicemailDetection/provider", `"provider":"google"`},
		{`{"voicemailDetection":"off"}`, "", ""},
		{`{"hooks":[{"on":"call.ending","do":[{"type":"tol"}]}]}`, "invalid /hooks/0/do/0/type", `"type":"tool"`},
		{`{"keypadInputPlan":{"delimiters":["#"]}}`, "invalid /keypadInputPlan/delimiters", ""},
		{`{"voice":{"provider":"11labs","voiceId":"sarah","stability":"0.5","model":true}}`, "invalid /voice/model, invalid /voice/stability", ""},

		{`{"frstMessage":"x"}`, "unknown /frstMessage", `"firstMessage":"x"`},
		{`{"first_message":"x"}`, "unknown /first_message", `"firstMessage":"x"`},
		{`{"temperature":0.7}`, "unknown /temperature", `it belongs in model: "model":{"temperature":0.7}`},
		{`{"serverUrl":"https://x.example"}`, "unknown /serverUrl", `"server":{"url":"…"}`},
		{`{"zzz":null}`, "", ""},
		{`{"zzz":{"deep":{"and":"wide"}}}`, "unknown /zzz", "leave it out"},
		{`{"a/b~c":1}`, "unknown /a~1b~0c", "leave it out"},
		{`{"model":{"provider":"openai","model":"gpt-4o","firstMessage":"x"}}`, "unknown /model/firstMessage", "it belongs beside model, not in it"},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","name":"f"}]}}`, "unknown /model/tools/0/name", `it belongs in function: "function":{"name":"…"}`},

		// What a library makes of somebody's types is more than Vapi lists.
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":["string","null"]}}}}}]}}`,
			"unlisted /model/tools/0/function/parameters/properties/a/type", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}}}}}]}}`,
			"unlisted /model/tools/0/function/parameters/properties/a", ""},
		{`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{}}}}]}}`,
			"invalid /model/tools/0/function/parameters", `"type":"object"`},

		{`{"transportConfigurations":[{"provider":"x"}]}`, "invalid /transportConfigurations/0/provider", `"provider":"twilio"`},
		{`{"startSpeakingPlan":{"smartEndpointingPlan":{"provider":"vapi","waitFunction":"x"}}}`, "unknown /startSpeakingPlan/smartEndpointingPlan/waitFunction", ""},
	} {
		if got := strings.Join(found(Assistant, c.text), ", "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
			continue
		}
		if c.hint != "" {
			if got := Check(Assistant, "it", []byte(c.text))[0].Hint; got != c.hint {
				t.Errorf("%s\nhint %s\nwant %s", c.text, got, c.hint)
			}
		}
	}
}

func TestCheckOthers(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{Squad, `{}`, "invalid"},
		{Squad, `{"members":[{"assistant":{"model":{"provider":"x"}}}]}`, "invalid /members/0/assistant/model/provider"},
		{Squad, `{"members":[{"assistantId":"a","assistantDestinations":[{"type":"number","number":"+14155550100"}]}]}`, "invalid /members/0/assistantDestinations/0/type"},
		{AssistantOverrides, `{"variables":{"a":1}}`, "unknown /variables"},
		{WorkflowOverrides, `{"variableValue":{"a":1}}`, "unknown /variableValue"},
		{TransferToNumber, `{"type":"number","number":"+14155550100","transferPlan":{"mode":"warm"}}`, "unlisted /transferPlan/mode"},
		{HandoffToAssistant, `{"type":"assistant","assistant":{"voice":{"provider":"x"}}}`, "invalid /assistant/voice/provider"},
		{HandoffDynamic, `{"type":"dynamic","server":{"url":1}}`, "invalid /server/url"},
		{"NoSuchSchema", `{"a":1}`, ""},
		{Assistant, `{"a":`, ""},
		{Assistant, ``, ""},
	} {
		if got := strings.Join(found(c.name, c.text), ", "); got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.name, c.text, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		`{"model":{"provider":"opneai"}}`:               `assistant.model.provider is "opneai"; Vapi knows no such provider`,
		`{"model":"gpt-4o"}`:                            `assistant.model is the string "gpt-4o" where Vapi takes an object`,
		`{"name":"` + strings.Repeat("a", 41):           ``,
		`{"model":{"temperature":1}}`:                   `assistant.model has no provider, by which Vapi tells what it is`,
		`{"model":{"provider":"openai"}}`:               `assistant.model has no model, which Vapi requires`,
		`{"maxDurationSeconds":9}`:                      `assistant.maxDurationSeconds is 9; Vapi takes 10 at least`,
		`{"firstMesage":"x"}`:                           `Vapi's documentation has no "firstMesage" in assistant; the nearest is "firstMessage"`,
		`{"hooks":[{"on":"call.ending"}]}`:              `assistant.hooks[0] has no do, which Vapi requires`,
		`{"backgroundSound":["off"]}`:                   `assistant.backgroundSound is an array where Vapi takes a string`,
		`{"startSpeakingPlan":{"waitSeconds":["off"]}}`: `assistant.startSpeakingPlan.waitSeconds is an array where Vapi takes a number`,
	} {
		findings := Check(Assistant, "assistant", []byte(text))
		got := ""
		if len(findings) > 0 {
			got = findings[0].Message
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// What stands for an older name is right where it is put.
func TestOlderNamesLeadSomewhere(t *testing.T) {
	for name, older := range olderNames {
		for key, hint := range older {
			opening, members, _ := strings.Cut(hint, ": ")
			if strings.HasPrefix(hint, `"`) {
				opening, members = "", hint
			}
			text := `{` + members + `}`
			where, inside := strings.CutPrefix(opening, "it belongs in ")
			if inside && where == "model" {
				text = `{"model":{"provider":"openai","model":"gpt-4o",` + members + `}}`
			}
			judged := name
			if strings.HasSuffix(name, "Model") {
				text = `{"model":{"provider":"openai","model":"gpt-4o",` + members + `}}`
				judged = Assistant
			}
			text = strings.ReplaceAll(text, "…", "x23")
			if inside && where == "function" {
				continue // only one of its members
			}
			if got := found(judged, text); got != nil {
				t.Errorf("%s of %s: %s: %q", key, name, text, got)
			}
		}
	}
}

// A hint that begins as JSON is JSON.
func TestHintsAreJSON(t *testing.T) {
	for _, text := range []string{
		`{"model":1,"voice":[],"transcriber":"x","name":{},"hooks":{},"server":"https://x","analysisPlan":"x","endCallPhrases":"bye","metadata":1,"serverMessages":[7,{}]}`,
		`{"model":{"provider":"openai"},"voice":{"provider":"azure"},"transcriber":{},"frstMessage":{"a":[1]},"first_message":["x"]}`,
	} {
		for _, f := range Check(Assistant, "it", []byte(text)) {
			if strings.HasPrefix(f.Hint, `"`) && !json.Valid([]byte("{"+f.Hint+"}")) && !json.Valid([]byte(f.Hint)) && !strings.Contains(f.Hint, "…") {
				t.Errorf("%s: %s", f.Message, f.Hint)
			}
		}
	}
}

// Whatever the size and the depth, a judgement comes soon, and says where it
// stopped.
func TestLargeAndDeep(t *testing.T) {
	const depth = 9_000
	nest := func(before, after string) string {
		return strings.Repeat(before, depth) + "1" + strings.Repeat(after, depth)
	}
	schemas := `{"analysisPlan":{"structuredDataPlan":{"schema":{"type":"object","properties":{"a":` + strings.Repeat(`{"type":"array","items":`, depth/2) + `{"type":7}` + strings.Repeat(`}`, depth/2) + `}}}}}`
	handoffs := strings.Repeat(`{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"handoff","destinations":[{"type":"assistant","assistant":`, 1000) + `{"name":1}` + strings.Repeat(`}]}]}}`, 1000)
	for _, c := range []struct{ what, text, want string }{
		{"schemas", schemas, "unchecked"},
		{"handoffs", handoffs, "unchecked"},
		{"what is not known", nest(`{"zzz":`, `}`), "unknown /zzz"},
		{"what is free", `{"metadata":` + nest(`{"a":`, `}`) + `}`, ""},
		{"arrays", `{"endCallPhrases":` + nest(`[`, `]`) + `}`, "invalid /endCallPhrases/0"},
		{"a long string", `{"firstMessage":"` + strings.Repeat("a", 3<<20) + `"}`, ""},
		{"50 MB", `{"firstMessage":"` + strings.Repeat("a", 50<<20) + `"}`, "unchecked"},
	} {
		got := strings.Join(found(Assistant, c.text), ", ")
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %.200s, want %s", c.what, got, c.want)
		}
	}
	many := `{"endCallPhrases":[` + strings.Repeat("1,", 500_000) + `1]}`
	if n := len(Check(Assistant, "it", []byte(many))); n != maxFindings {
		t.Errorf("%d findings of half a million, want %d", n, maxFindings)
	}
	var keys strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, `"key%d":1,`, i)
	}
	if n := len(Check(Assistant, "it", []byte(`{`+keys.String()+`"name":"x"}`))); n != maxFindings {
		t.Errorf("%d findings of a hundred thousand unknown keys, want %d", n, maxFindings)
	}
}

func TestCheckFromMany(t *testing.T) {
	text := accepted(t)["assistant-openai-weather"]
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			Prepare()
			if f := Check(Assistant, "it", text); f != nil {
				t.Errorf("%v", f)
			}
		})
	}
	group.Wait()
}

func TestPrepareKnowsItsSchemas(t *testing.T) {
	Prepare()
	for _, name := range replySchemas {
		if compiled(name) == nil {
			t.Errorf("no schema %s", name)
		}
	}
	if n := compiled(Assistant); !slices.Contains(n.names, "firstMessage") || n.properties["model"].selector == nil {
		t.Error("an assistant without firstMessage or model")
	}
}
