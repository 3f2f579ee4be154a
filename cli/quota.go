package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// What ngrok's free plan has a month, from ngrok's documentation of 2026.
const (
	freeRequests = 20_000
	freeBytes    = 1_000_000_000
)

// quotaSteps are the percents of the month's allowance at which a word is said,
// each once.
var quotaSteps = []int{70, 80, 90, 100}

// quotaEvery is how often the count is looked at. Who sends 20,000 requests
// within it is limited by ngrok otherwise.
const quotaEvery = 20 * time.Second

// allowance is how much of the month's allowance is used.
type allowance struct {
	record.Traffic
	percent int // of what is used up first
	bytes   bool
}

func allowanceOf(t record.Traffic) allowance {
	requests, bytes := 100*t.Requests/freeRequests, 100*t.Bytes/freeBytes
	return allowance{Traffic: t, percent: int(max(requests, bytes)), bytes: bytes > requests}
}

// step returns the highest step that is reached, 0 for none.
func (a allowance) step() int {
	reached := 0
	for _, step := range quotaSteps {
		if a.percent >= step {
			reached = step
		}
	}
	return reached
}

// String says what is used.
func (a allowance) String() string {
	used := fmt.Sprintf("%s of the %s requests", grouped(a.Requests), grouped(freeRequests))
	if a.bytes {
		used = fmt.Sprintf("%s of the %s", plain.Size(a.Bytes), plain.Size(freeBytes))
	}
	return fmt.Sprintf("this month %s that ngrok's free plan has went through the tunnel (%d %%), as far as this store counts", used, a.percent)
}

// advice says what would save most: the types that want no reply and are many,
// or large where it is bytes that run out. It is empty where there are none.
func (a allowance) advice() string {
	types := slices.DeleteFunc(slices.Clone(a.Types), func(t record.TypeTraffic) bool {
		return t.Type == "" || t.Type == reportType || vapi.WantsReply(t.Type) || a.share(t) < 0.05
	})
	if len(types) == 0 {
		return ""
	}
	slices.SortStableFunc(types, func(x, y record.TypeTraffic) int { return int(1000 * (a.share(y) - a.share(x))) })
	var names []string
	for _, t := range types[:min(3, len(types))] {
		names = append(names, fmt.Sprintf("%s (%.0f %%)", t.Type, 100*a.share(t)))
	}
	text := "most of it wants no reply: leave what you do not need out of the assistant's serverMessages: " + strings.Join(names, ", ")
	if slices.ContainsFunc(types, func(t record.TypeTraffic) bool { return t.Type == "transcript" }) {
		text += `; transcript[transcriptType="final"] in place of transcript leaves out the partial ones`
	}
	return text
}

// reportType is a message that nobody leaves out: there is one a call.
const reportType = "end-of-call-report"

// share is the part of what runs out that a type used.
func (a allowance) share(t record.TypeTraffic) float64 {
	if a.bytes {
		return float64(t.Bytes) / float64(max(a.Bytes, 1))
	}
	return float64(t.Requests) / float64(max(a.Requests, 1))
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// paidPlan reports whether ngrok said that an account pays for more than the
// free plan. Where it said nothing it may be free.
func paidPlan(plan string) bool {
	return plan != "" && !strings.Contains(strings.ToLower(plan), "free")
}

// quota warns, while the tunnel is up, when the month's allowance runs out.
type quota struct {
	store *record.Store
	say   func(string)
	told  int // the last step that was told
}

// watch looks at the count now and then, until ctx ends.
func (q *quota) watch(ctx context.Context) {
	tick := time.NewTicker(quotaEvery)
	defer tick.Stop()
	for {
		q.look(ctx, time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look says a word where a step was reached since the last one.
func (q *quota) look(ctx context.Context, now time.Time) {
	traffic, err := q.store.TunnelMonth(ctx, now)
	if err != nil {
		return // what is wrong with the store is told elsewhere
	}
	a := allowanceOf(traffic)
	step := a.step()
	switch {
	case step < q.told:
		q.told = step // a new month
	case step > q.told:
		q.told = step
		q.say(a.String())
		if advice := a.advice(); advice != "" {
			q.say(advice)
		}
	}
}
