package record

import (
	"slices"
	"testing"
)

func TestFilterKnowsWhichNamesWereProbablyMeant(t *testing.T) {
	for _, tt := range []struct{ filter, want string }{
		{`type:tool-call`, `type:tool-calls`},
		{`type:TOOL_CALLS`, `type:tool-calls`},
		{`is:failed type:tool-call slow:>2s`, `type:tool-calls`},
		{`type:tool-call check:tool-result-mising`, `type:tool-calls check:tool-result-missing`},
		{`type:transcripts|hang|"a future one"`, `type:transcript|hang|"a future one"`},
		{`type:'assistant request'`, `type:assistant-request`},
		{`type:end-of-call`, `type:end-of-call-report`},
		{`type:lm`, `type:llm`},
		{`type:tools/cal`, `type:tools/call`},
		{`check:auth-badd`, `check:auth-bad`},
		{`check:redeliver`, `check:redelivery`},
		{`check:not-taken`, ``},

		{``, ``},
		{`type:tool-calls check:slow`, ``},
		{`type:Tool-Calls`, ``},
		{`type:'transcript[transcriptType="final"]'`, ``},
		{`type:llm|tools/list`, ``},
		{`type:banana`, ``},
		{`type:""`, ``},
		{`!type:tool-call -check:slwo`, ``},
		{`type:tool-call*`, ``},
		{`type:*ool-calls`, ``},
		{`tool-call path:tool-call tool:tool-call`, ``},
	} {
		f, err := ParseFilter(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		before := f.String()
		meant := f.Meant()
		if got := meant.String(); got != tt.want {
			t.Errorf("%s: meant is %q, want %q", tt.filter, got, tt.want)
		}
		if f.String() != before {
			t.Errorf("%s became %s", before, f)
		}
	}
	if terms := (*Filter)(nil).Meant().Terms(); len(terms) != 0 {
		t.Errorf("no filter has the terms %v", terms)
	}
}

func TestWhatWasMeantPicksIt(t *testing.T) {
	f, err := ParseFilter(`type:tool-call|hang check:slwo`)
	if err != nil {
		t.Fatal(err)
	}
	e := aToolCall()
	if f.Match(e) || !f.Meant().Match(e) {
		t.Errorf("%s and %s should not and should pick %s", f, f.Meant(), e.Type)
	}
}

func TestEveryCheckThatIsMadeElsewhereIsKnown(t *testing.T) {
	known := knownChecks()
	for _, code := range []string{"tool-result-missing", "tool-result-not-taken", "auth-bad", "auth-missing", "redelivery"} {
		if !slices.Contains(known, code) {
			t.Errorf("%s is not among %q", code, known)
		}
	}
}
