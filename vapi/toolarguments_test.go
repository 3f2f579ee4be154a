package vapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cipher is as long as what RSA makes of a value with a key of 2048 bits.
var cipher = strings.Repeat("Ab3+/", 68) + "Ab=="

// toolCallOf is a message with one call, and the tool's definition beside it.
func toolCallOf(definition, arguments string) Request {
	return message(`"type":"tool-calls","toolCallList":[{"id":"a","name":"pay","arguments":` + arguments + `}],` +
		`"toolWithToolCallList":[{"type":"function","function":{"name":"pay","parameters":{"type":"object"}},` + definition + `,"toolCall":{"id":"a","function":{"name":"pay","arguments":"{}"}}}]`)
}

func TestKindsOfArguments(t *testing.T) {
	inString, _ := json.Marshal(`{"ssn":"` + cipher + `","tenant":"acme"}`)
	for _, c := range []struct {
		name, definition, arguments string
		static, encrypted           string // pointers, with spaces between them
		summary, readable           string
	}{
		{"the model's own", `"server":{"url":"https://x"}`, `{"city":"Oslo"}`, "", "", `pay(city: "Oslo")`, `{"city":"Oslo"}`},
		{"static", `"parameters":[{"key":"tenant","value":"acme"},{"key":"absent","value":1}]`, `{"city":"Oslo","tenant":"acme"}`,
			"/tenant", "", `pay(city: "Oslo")`, `{"city":"Oslo","tenant":"acme"}`},
		{"static, from a template", `"parameters":[{"key":"from","value":"{{customer.number}}"}]`, `{"from":"+14155550100"}`, "/from", "", `pay()`, `{"from":"+14155550100"}`},
		{"static, an odd key", `"parameters":[{"key":"a/b"}]`, `{"a\/b":1,"c":2}`, "/a~1b", "", `pay(c: 2)`, `{"a\/b":1,"c":2}`},
		{"a schema is no list of parameters", `"parameters":{"type":"object","tenant":1}`, `{"tenant":"acme"}`, "", "", `pay(tenant: "acme")`, `{"tenant":"acme"}`},
		{"encrypted", `"server":{"encryptedPaths":["ssn","other"]}`, `{"ssn":"` + cipher + `","n":1}`, "", "/ssn", `pay(ssn: encrypted, n: 1)`, `{"ssn":"encrypted","n":1}`},
		{"encrypted, deeper", `"server":{"encryptedPaths":["payment.cardNumber"]}`, `{"payment":{"cardNumber":"` + cipher + `","due":"May"}}`,
			"", "/payment/cardNumber", `pay(payment: {"cardNumber":encrypted,"due":"May"})`, `{"payment":{"cardNumber":"encrypted","due":"May"}}`},
		{"encrypted, in an array", `"server":{"encryptedPaths":["$.cards[0]"]}`, `{"cards":["` + cipher + `","none"]}`,
			"", "/cards/0", `pay(cards: [encrypted,"none"])`, `{"cards":["encrypted","none"]}`},
		{"named, and not encrypted after all", `"server":{"encryptedPaths":["ssn"]}`, `{"ssn":"078-05-1120"}`, "", "", `pay(ssn: "078-05-1120")`, `{"ssn":"078-05-1120"}`},
		{"base64 that nobody named", `"server":{"encryptedPaths":["other"]}`, `{"n":1,"x":"` + cipher + `"}`, "", "", `pay(n: 1, x: "` + cipher[:39] + `…")`, `{"n":1,"x":"` + cipher + `"}`},
		{"both, in a string of JSON", `"server":{"encryptedPaths":["ssn"]},"parameters":[{"key":"tenant"}]`, string(inString),
			"/tenant", "/ssn", `pay(ssn: encrypted)`, `{"ssn":"encrypted","tenant":"acme"}`},
		{"encrypted and static at once", `"server":{"encryptedPaths":["ssn"]},"parameters":[{"key":"ssn"}]`, `{"ssn":"` + cipher + `"}`, "/ssn", "/ssn", `pay()`, `{"ssn":"encrypted"}`},
		{"lists of something else", `"server":{"encryptedPaths":[1,"",null,"$"]},"parameters":["a",{"key":1}]`, `{"a":1}`, "", "", `pay(a: 1)`, `{"a":1}`},
		{"beside arguments that are no object", `"server":{"encryptedPaths":["ssn"]},"parameters":[{"key":"a"}]`, `[1]`, "", "", `pay([1])`, `[1]`},
	} {
		r := toolCallOf(c.definition, c.arguments)
		call := ToolCalls(r, nil)[0]
		if got := strings.Join(call.Static, " "); got != c.static {
			t.Errorf("%s: static %q, want %q", c.name, got, c.static)
		}
		if got := strings.Join(call.Encrypted, " "); got != c.encrypted {
			t.Errorf("%s: encrypted %q, want %q", c.name, got, c.encrypted)
		}
		if got := Summarize(Identify(r), r, nil); got != c.summary {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.summary)
		}
		if got := string(call.ReadableArguments()); got != c.readable {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.readable)
		}
	}
}

// A tool can stand in a member of its own beside the call.
func TestKindsOfArgumentsOfAToolBesideTheCall(t *testing.T) {
	r := message(`"type":"tool-calls","toolWithToolCallList":[{"tool":{"parameters":[{"key":"tenant"}],"server":{"encryptedPaths":["ssn"]}},"toolCall":{"id":"a","name":"pay","arguments":{"tenant":1,"ssn":"` + cipher + `"}}}]`)
	call := ToolCalls(r, nil)[0]
	if !slices.Equal(call.Static, []string{"/tenant"}) || !slices.Equal(call.Encrypted, []string{"/ssn"}) {
		t.Errorf("%q and %q", call.Static, call.Encrypted)
	}
}

// Thousands of paths into thousands of arguments are looked up in one pass, and
// a path of thousands of steps is nobody's.
func TestThousandsOfEncryptedPaths(t *testing.T) {
	const n = 20_000
	var paths, parameters, arguments []string
	for i := range n {
		paths = append(paths, fmt.Sprintf(`"a%d"`, i))
		parameters = append(parameters, fmt.Sprintf(`{"key":"b%d"}`, i))
		arguments = append(arguments, fmt.Sprintf(`"a%d":"%s","b%d":1`, i, cipher, i))
	}
	paths = append(paths, `"x`+strings.Repeat(".x", n)+`"`)
	deep := `"x":` + strings.Repeat(`{"x":`, 9000) + `"` + cipher + `"` + strings.Repeat(`}`, 9000)
	r := toolCallOf(`"server":{"encryptedPaths":[`+strings.Join(paths, ",")+`]},"parameters":[`+strings.Join(parameters, ",")+`]`,
		`{`+strings.Join(arguments, ",")+`,`+deep+`}`)
	call := ToolCalls(r, nil)[0]
	if len(call.Static) != n || len(call.Encrypted) != n || strings.Count(string(call.ReadableArguments()), `"encrypted"`) != n {
		t.Errorf("%d static, %d encrypted", len(call.Static), len(call.Encrypted))
	}
	if got, want := Summarize(Identify(r), r, nil), "pay(a0: encrypted, a1: encrypted, a2: encrypted, a3: encrypted, a4: encrypted, a5: encrypted, …)"; got != want {
		t.Errorf("summary %s", got)
	}
}
