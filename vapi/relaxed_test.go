package vapi

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRelaxed(t *testing.T) {
	for text, want := range map[string]string{
		`{'a': True, 'b': None, 'c': False}`:   `{"a": true, "b": null, "c": false}`,
		`{'a': "it's", 'b': 'say "hi"'}`:       `{"a": "it's", "b": "say \"hi\""}`,
		`{'a': 'it\'s'}`:                       `{"a": "it's"}`,
		`{a: 1, $b_2: undefined}`:              `{"a": 1, "$b_2": null}`,
		`{"a": [1, 2,], }`:                     `{"a": [1, 2] }`,
		"\xEF\xBB\xBF" + `{"a":1}`:             `{"a":1}`,
		"{'a': 'x\ny'}":                        `{"a": "x\ny"}`,
		`{'a': 1.5e3, 'b': -2E-1, 'c': 'é\n'}`: `{"a": 1.5e3, "b": -2E-1, "c": "é\n"}`,
		`{"a": 1}`:                             ``, // it is JSON as it stands
		`{"a": `:                               ``,
		`hello`:                                ``,
		`{'a': Decimal('1')}`:                  ``,
		`'`:                                    ``,
		`'\`:                                   ``,
		``:                                     ``,
	} {
		if got := string(relaxed([]byte(text))); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func FuzzRelaxed(f *testing.F) {
	for _, seed := range append(seeds, `{'a': True, b: 'it\'s',}`, `'\`, "\xEF\xBB\xBF{}", `{a:{b:[c,]}}`) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := relaxed(text)
		if got != nil && (!json.Valid(got) || json.Valid(text)) {
			t.Errorf("%q gives %q", text, got)
		}
		if len(got) > 6*len(text)+2 {
			t.Errorf("%d bytes give %d", len(text), len(got))
		}
	})
}

// The reply that a hint shows is the one that was meant.
func TestHintsShowWhatWasMeant(t *testing.T) {
	id := "0b3f8f1e-6b0e-4a51-9f4e-3c1d5a7b9e21"
	for _, c := range []struct{ members, body, want string }{
		{oneCall, `{'results': [{'toolCallId': 'a', 'result': 'it is 12'}]}`, `{"results":[{"toolCallId":"a","result":"it is 12"}]}`},
		{oneCall, `{results: [{toolCallId: "a", result: "12",}]}`, `{"results":[{"toolCallId":"a","result":"12"}]}`},
		{oneCall, "\xEF\xBB\xBF" + `{"results":[{"toolCallId":"a","result":"12"}]}`, `{"results":[{"toolCallId":"a","result":"12"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","result":"12"}]}undefined`, `{"results":[{"toolCallId":"a","result":"12"}]}`},
		{oneCall, `[{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"12"},{"type":"text","text":"degrees"}]}]`, `{"results":[{"toolCallId":"a","result":"12 degrees"}]}`},
		{oneCall, `{"statusCode":200,"body":"{\"results\":[{\"toolCallId\":\"a\",\"result\":\"12\"}]}"}`, `{"results":[{"toolCallId":"a","result":"12"}]}`},
		{oneCall, `{"success":true,"data":{"temp":12}}`, `{"results":[{"toolCallId":"a","result":"{\"success\":true,\"data\":{\"temp\":12}}"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","result":"{\n  \"temp\": 12\n}"}]}`, `{"results":[{"toolCallId":"a","result":"{\"temp\":12}"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","error":{"message":"down","code":7}}]}`, `{"results":[{"toolCallId":"a","error":"down"}]}`},
		{oneCall, `{"error":{"code":7}}`, `{"error":"{\"code\":7}"}`},
		{twoCalls, `[{"name":"g","content":"2"},{"name":"f","content":"1"}]`, `{"results":[{"toolCallId":"a","name":"f","result":"1"},{"toolCallId":"b","name":"g","result":"2"}]}`},
		{twoCalls, `{"results":{"b":"2","a":{"n":1}}}`, `{"results":[{"toolCallId":"a","result":"{\"n\":1}"},{"toolCallId":"b","result":"2"}]}`},
		{`"type":"assistant-request"`, `{'assistantId': 'x'}`, `{"assistantId":"x"}`},
		{`"type":"assistant-request"`, `{"data":{"assistantId":"x"}}`, `{"assistantId":"x"}`},
		{`"type":"assistant-request"`, `"{\"assistantId\":\"x\"}"`, `{"assistantId":"x"}`},
		{`"type":"assistant-request"`, `"` + id + `"`, `{"assistantId":"` + id + `"}`},
		{`"type":"assistant-request"`, `{"id":"` + id + `"}`, `{"assistantId":"` + id + `"}`},
		{`"type":"assistant-request"`, `{"firstMessage": "Hello","name":"Front"}`, `{"assistant":{"firstMessage":"Hello","name":"Front"}}`},
		{`"type":"transfer-destination-request"`, `{"type":"sip","sipUri":"sip:a@example.com"}`, `{"destination":{"type":"sip","sipUri":"sip:a@example.com"}}`},
		{`"type":"handoff-destination-request"`, `{"destination":{"assistantName":"Sales"}}`, `{"destination":{"type":"assistant","assistantName":"Sales"}}`},
		{`"type":"handoff-destination-request"`, `{"squadId":"x"}`, `{"destination":{"type":"squad","squadId":"x"}}`},
		{`"type":"knowledge-base-request"`, `{"matches":[{"content":"x"}]}`, `{"documents":[{"content":"x"}]}`},
		{`"type":"call.endpointing.request"`, `{"timeoutSeconds":"2"}`, `{"timeoutSeconds":2}`},
		{`"type":"campaign.predial"`, `false`, `{"eligible":false}`},
	} {
		r := message(c.members)
		checks := Judge(Identify(r), r, answered(c.body))
		if len(checks) == 0 || checks[0].Hint != c.want {
			t.Errorf("%s\n got %+v\nwant %s", c.body, checks, c.want)
			continue
		}
		for _, again := range Judge(Identify(r), r, answered(c.want)) {
			if again.Level == Error {
				t.Errorf("%s: its mend is judged %+v", c.body, again)
			}
		}
	}
}

func TestStatusHints(t *testing.T) {
	right := answered(`{"results":[{"toolCallId":"a","result":"12"}]}`)
	located := with(status(308, answered(``)), func(r *Reply) { r.Header.Set("Location", "/vapi/webhook/") })
	for _, c := range []struct {
		reply *Reply
		want  string
	}{
		{status(500, right), "the body is right: send it with status 200"},
		{status(422, right), "the body is right: send it with status 200"},
		{status(500, answered(`{}`)), "look at its log"},
		{status(422, answered(`{}`)), `answer with status 200 and {"results"`},
		{located, "it points to /vapi/webhook/"},
		{status(302, answered(``)), "in place of a redirect"},
		{status(404, answered(``)), "the server may have no route for POST /vapi/webhook: check the path"},
		{status(405, answered(``)), "Vapi sends POST"},
		{status(401, answered(``)), "compare the secret"},
		{status(413, answered(``)), "raise its limit"},
	} {
		r := message(oneCall)
		checks := Judge(Identify(r), r, c.reply)
		if len(checks) != 1 || !strings.Contains(checks[0].Hint, c.want) {
			t.Errorf("%d: %+v, not %q", c.reply.Status, checks, c.want)
		}
	}
}
