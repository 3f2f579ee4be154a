package cli

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"testing"

	"vapitap/record"
)

func TestParseSelect(t *testing.T) {
	tests := []struct {
		args   []string
		ids    []int64
		filter string
	}{
		{[]string{"12"}, []int64{12}, ""},
		{[]string{"12-15", "3"}, []int64{12, 13, 14, 15, 3}, ""},
		{[]string{"type:tool-calls"}, nil, "type:tool-calls"},
		{[]string{"!type:transcript", "is:failed"}, nil, "!type:transcript is:failed"},
		{[]string{`body:"two words"`, "oslo"}, nil, `body:"two words" oslo`},
		{[]string{"id:12-18"}, nil, "id:12-18"},
		{[]string{`"20-"`}, nil, "20-"},
		{[]string{"2026-11-23"}, nil, "2026-11-23"},
		{[]string{"oslo", "12,13"}, nil, "oslo 12,13"},
		{[]string{"last"}, nil, "last"},
		{nil, nil, ""},
	}
	for _, tt := range tests {
		got, err := ParseSelect(tt.args)
		if err != nil {
			t.Errorf("ParseSelect(%q): %v", tt.args, err)
			continue
		}
		if !slices.Equal(got.IDs, tt.ids) || got.Filter.String() != tt.filter || (got.Filter == nil) != (tt.ids != nil) {
			t.Errorf("ParseSelect(%q) = %v, %v", tt.args, got.IDs, got.Filter)
		}
	}
}

func TestParseSelectRefuses(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"oslo", "12"}, `"12" is an id and "oslo" is part of a filter: name exchanges by ids or by a filter (id:12 in a filter picks by id)`},
		{[]string{"18-12"}, `"18-12" counts down: write 12-18`},
		{[]string{"typ:hang"}, `filter: unknown term "typ:" at 1: did you mean type:?`},
		{[]string{"oslo", "is:fialed"}, `filter: unknown is: value "fialed" at 9: did you mean failed?`},
	}
	for _, tt := range tests {
		got, err := ParseSelect(tt.args)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParseSelect(%q) = %v, %v; want %s", tt.args, got, err, tt.want)
		}
	}
	_, err := ParseSelect([]string{"typ:hang"})
	var wrong *record.FilterError
	if !errors.As(err, &wrong) {
		t.Errorf("%v is no FilterError", err)
	}
}

// What looks like ids is not looked for in the text: clear would delete what has it
// by chance.
func TestParseSelectRefusesSlips(t *testing.T) {
	tests := []struct {
		args        []string
		wrong, hint string
	}{
		{[]string{"12,13"}, "12,13", "write 12 13"},
		{[]string{"12, 13", "15-18"}, "12, 13", "write 12 13 15-18"},
		{[]string{"12,", "13"}, "12,", "write 12 13"},
		{[]string{"12 13"}, "12 13", "write 12 13"},
		{[]string{"12|13"}, "12|13", "write 12 13"},
		{[]string{"12..18"}, "12..18", "write 12-18"},
		{[]string{"12…18;20"}, "12…18;20", "write 12-18 20"},
		{[]string{"12–18"}, "12–18", "write 12-18"},
		{[]string{"20-"}, "20-", "write 'id:>=20'"},
		{[]string{"..20"}, "..20", "write 'id:<=20'"},
		{[]string{"3,20-"}, "3,20-", "write 'id:3|>=20'"},
		{[]string{"!20"}, "!20", "write '!id:20'"},
		{[]string{"-12-18"}, "-12-18", "write '!id:12-18'"},
	}
	for _, tt := range tests {
		want := strconv.Quote(tt.wrong) + " is not an id: ids are numbers such as 12, or ranges such as 12-18\nhint: " + tt.hint
		if got, err := ParseSelect(tt.args); err == nil || err.Error() != want {
			t.Errorf("ParseSelect(%q) = %v, %v; want %s", tt.args, got, err, want)
		}
	}
}

func TestParseIDs(t *testing.T) {
	tests := []struct {
		args []string
		want []int64
	}{
		{nil, nil},
		{[]string{"12"}, []int64{12}},
		{[]string{"007"}, []int64{7}},
		{[]string{"3", "1-2", "3", "2-4"}, []int64{3, 1, 2, 4}},
		{[]string{"5-5"}, []int64{5}},
		{[]string{"9223372036854775806-9223372036854775807"}, []int64{math.MaxInt64 - 1, math.MaxInt64}},
	}
	for _, tt := range tests {
		if got, err := ParseIDs(tt.args); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("ParseIDs(%q) = %v, %v; want %v", tt.args, got, err, tt.want)
		}
	}
	if got, err := ParseIDs([]string{"1-100000"}); err != nil || len(got) != 100_000 {
		t.Errorf("a range of 100,000 gives %d ids, %v", len(got), err)
	}
}

func TestParseIDsRefuses(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"oslo"}, `"oslo" is not an id: ids are numbers such as 12, or ranges such as 12-18`},
		{[]string{"12", "-3"}, `"-3" is not an id: ids are numbers such as 12, or ranges such as 12-18`},
		{[]string{"1-2-3"}, `"1-2-3" is not an id: ids are numbers such as 12, or ranges such as 12-18`},
		{[]string{""}, `"" is not an id: ids are numbers such as 12, or ranges such as 12-18`},
		{[]string{"18-12"}, `"18-12" counts down: write 12-18`},
		{[]string{"0"}, `"0": ids begin at 1`},
		{[]string{"0-3"}, `"0-3": ids begin at 1`},
		{[]string{"9223372036854775808"}, `"9223372036854775808" is larger than any id`},
		{[]string{"1-100001"}, `1-100001 names more than 100000 exchanges: use a filter, such as id:1-100001`},
		{[]string{"1-9223372036854775807"}, `1-9223372036854775807 names more than 100000 exchanges: use a filter, such as id:1-9223372036854775807`},
		{[]string{"1-60000", "100001-160000"}, `that is more than 100000 exchanges: use a filter, such as 'id:>40'`},
	}
	for _, tt := range tests {
		if got, err := ParseIDs(tt.args); err == nil || err.Error() != tt.want {
			t.Errorf("ParseIDs(%q) = %d ids, %v; want %s", tt.args, len(got), err, tt.want)
		}
	}
}
