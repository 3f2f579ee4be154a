package record_test

import (
	"context"
	"fmt"
	"testing"

	"vapitap/record"
)

// picked returns the ids of what a filter picks once its last is resolved.
func picked(t testing.TB, s *record.Store, text string) string {
	t.Helper()
	resolved, err := s.ResolveLast(context.Background(), filter(t, text))
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, e := range list(t, s, record.Query{Filter: resolved}) {
		ids = append(ids, e.ID)
	}
	return fmt.Sprint(ids)
}

// ofCall commits an exchange of a call; of none where the call is empty.
func ofCall(t testing.TB, s *record.Store, call string) {
	t.Helper()
	e := exchange(1)
	e.CallID = call
	commit(t, s, e)
}

func TestFilterOfTheLast(t *testing.T) {
	path := newPath(t)
	for _, calls := range [][]string{{"7-first"}, {"7", "7-first", "7", ""}} {
		s, err := record.Open(path, record.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.StartSession("run", ""); err != nil {
			t.Fatal(err)
		}
		for _, call := range calls {
			ofCall(t, s, call)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, path, record.Options{})
	for text, want := range map[string]string{
		"call:last":              "[2 4]", // of the whole id, not of those that begin so
		"CALL:Last":              "[2 4]",
		"!call:last":             "[1 3 5]",
		"call:last|7-f":          "[1 2 3 4]",
		"call:last*":             "[]",
		"call:7":                 "[1 2 3 4]",
		"session:last":           "[2 3 4 5]",
		"-session:last":          "[1]",
		"session:last call:last": "[2 4]",
		"!session:last|x":        "[1]",
		"type:last":              "[]",
	} {
		if got := picked(t, s, text); got != want {
			t.Errorf("%s picks %s, want %s", text, got, want)
		}
	}
}

func TestFilterOfTheLastStaysAsItIs(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	ofCall(t, s, "0f1e")
	f := filter(t, "type:hang call:LAST")
	resolved, err := s.ResolveLast(context.Background(), f)
	if err != nil || resolved.String() != "type:hang call:0f1e" {
		t.Errorf("resolved to %s, %v", resolved, err)
	}
	if f.String() != "type:hang call:LAST" || resolved.Terms()[1] != f.Terms()[1] {
		t.Errorf("the filter became %s, its last term %+v", f, resolved.Terms()[1])
	}
}

func TestFilterOfTheLastOfNone(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	ofCall(t, s, "")
	for text, want := range map[string]string{"call:last": "[]", "!call:last": "[1]", "call:last|nowhere": "[]"} {
		if got := picked(t, s, text); got != want {
			t.Errorf("%s picks %s where there is no call, want %s", text, got, want)
		}
	}
	if call, err := s.LastCall(context.Background()); call != "" || err != nil {
		t.Errorf("the last call is %q, %v", call, err)
	}
	if resolved, err := s.ResolveLast(context.Background(), nil); resolved != nil || err != nil {
		t.Errorf("the nil filter becomes %v, %v", resolved, err)
	}
}
