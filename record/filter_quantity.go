package record

import (
	"math"
	"strconv"
	"strings"
)

// quantity is something of an exchange that can be counted or measured.
type quantity struct {
	of      func(*Exchange) int64
	unknown bool                        // 0 means that it is not known, and is neither more nor less than anything
	parse   func(string) (int64, error) // a value, which is never negative
	class   bool                        // 5xx is 500 to 599
	atLeast bool                        // a value alone means that much or more
	wants   string                      // what is told to who writes something else
}

var (
	statusQuantity = quantity{
		of: func(e *Exchange) int64 { return int64(e.Status) }, unknown: true, parse: parseWhole, class: true,
		wants: "status: wants a status such as 404, 5xx or >=500",
	}
	idQuantity = quantity{
		of: func(e *Exchange) int64 { return e.ID }, unknown: true, parse: parseWhole,
		wants: "id: wants a number such as 12, 12-18 or >40",
	}
	slowQuantity = quantity{
		of: func(e *Exchange) int64 { return int64(e.Duration) }, unknown: true, atLeast: true,
		parse: func(s string) (int64, error) { d, err := ParseDuration(s); return int64(d), err },
		wants: "slow: wants a duration such as 2s or 500ms",
	}
	sizeQuantity = quantity{
		of:    func(e *Exchange) int64 { return e.Request.Bytes + e.Response.Bytes },
		parse: ParseSize,
		wants: "size: wants a size such as 100kb, >1MiB or 10kb-20kb",
	}
)

// compile returns the test of a value, a comparison or a range.
func (q *quantity) compile(a alternative) (test, *FilterError) {
	low, high, ok := q.span(strings.TrimSpace(a.text))
	switch {
	case !ok || a.open || a.openEnd:
		return nil, wrongf("%s", q.wants)
	case low > high && strings.Contains(a.text, "-"):
		return nil, wrongf("the range counts down; the smaller end comes first")
	}
	return func(e *Exchange) bool {
		v := q.of(e)
		if q.unknown && v == 0 {
			return low == 0 && high == 0
		}
		return low <= v && v <= high
	}, nil
}

// span returns the smallest and the largest value that text asks for; low is
// above high where there is none.
func (q *quantity) span(text string) (low, high int64, ok bool) {
	for _, op := range []string{">=", "<=", ">", "<"} {
		if bound, found := strings.CutPrefix(text, op); found {
			return q.compared(op, strings.TrimSpace(bound))
		}
	}
	if from, to, found := strings.Cut(text, "-"); found {
		low, errLow := q.parse(from)
		high, errHigh := q.parse(to)
		return low, high, errLow == nil && errHigh == nil
	}
	if hundreds, found := strings.CutSuffix(strings.ToLower(text), "xx"); q.class && found {
		v, err := q.parse(hundreds)
		return v * 100, v*100 + 99, err == nil && v >= 1 && v <= 9
	}
	v, err := q.parse(text)
	if q.atLeast {
		return v, math.MaxInt64, err == nil
	}
	return v, v, err == nil
}

// compared returns the span of a comparison with bound.
func (q *quantity) compared(op, bound string) (low, high int64, ok bool) {
	v, err := q.parse(bound)
	switch op {
	case ">=":
		low, high = v, math.MaxInt64
	case "<=":
		low, high = 0, v
	case ">":
		if low, high = v+1, math.MaxInt64; v == math.MaxInt64 {
			low, high = 1, 0
		}
	case "<":
		low, high = 0, v-1
	}
	return low, high, err == nil
}

// parseWhole reads digits alone.
func parseWhole(s string) (int64, error) {
	v, err := strconv.ParseUint(s, 10, 63)
	return int64(v), err
}
