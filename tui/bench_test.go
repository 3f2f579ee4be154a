package tui

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bubbles "charm.land/bubbles/v2/list"
	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// The benchmarks report what the interface must hold: go test -bench . ./tui

// BenchmarkKeyAmong100000 presses every key of the list in a session of 100,000
// exchanges. p99-ms is Update and View together; times-bubbles is how much longer
// the list of bubbles takes for the key j with as many.
func BenchmarkKeyAmong100000(b *testing.B) {
	m := modelOf(b, 100_000)
	keys := strings.Fields("j k j j ctrl+d ctrl+u k g G pgup pgdown f n N ' ] ] [ [ c c d 1 2 3 4 5 6 7 1 tab tab p / esc t esc space esc : esc ? esc m x l h home end")
	var took, down []time.Duration
	i := 0
	for b.Loop() {
		name := keys[i%len(keys)]
		i++
		d := press1(b, m, name)
		took = append(took, d)
		if name == "j" {
			down = append(down, d)
		}
	}
	b.ReportMetric(ms(percentile(took, 99)), "p99-ms")
	b.ReportMetric(ms(percentile(took, 50)), "p50-ms")
	theirs := bubblesKey(b, 100_000)
	b.ReportMetric(float64(theirs)/float64(percentile(down, 50)), "times-bubbles")
	b.ReportMetric(ms(theirs), "bubbles-ms")
}

// TestKeyIsAThousandthOfBubbles compares with the list of bubbles what a key makes
// and throws away, in bytes, which is the same on any machine. The benchmark
// compares the time.
func TestKeyIsAThousandthOfBubbles(t *testing.T) {
	m, theirs := modelOf(t, 100_000), bubblesList(100_000)
	press1(t, m, "g")
	key, err := keyNamed("j")
	if err != nil {
		t.Fatal(err)
	}
	ours := allocated(func() { timed(m, key) })
	whole := allocated(func() {
		theirs, _ = theirs.Update(key)
		theirs.View()
	})
	if whole < 1000*ours {
		t.Errorf("a key takes %d bytes, with bubbles' list %d: %d times as many, want 1,000", ours, whole, whole/ours)
	}
}

// allocated returns how many bytes are allocated the second time that something is
// done.
func allocated(do func()) uint64 {
	do()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestKeyCostsTheSameInAnySession counts what a key costs among few exchanges and
// among many.
func TestKeyCostsTheSameInAnySession(t *testing.T) {
	cost := func(n int) float64 {
		m := modelOf(t, n)
		press1(t, m, "g")
		key, _ := keyNamed("j")
		return testing.AllocsPerRun(100, func() { m.Update(key); m.View() })
	}
	few, many := cost(1000), cost(100_000)
	if many > few*1.2+20 {
		t.Errorf("%.0f allocations among 1,000 exchanges, %.0f among 100,000", few, many)
	}
}

// BenchmarkArriving10000 records 10,000 exchanges a second for 10 s: alone, and
// with an interface that watches while a key is pressed 50 times a second.
// key-p99-ms and key-max-ms are from the key to its frame, commit-p50-us is what
// recording one takes.
func BenchmarkArriving10000(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			arriving(b, benchStore(b), func() { time.Sleep(10 * time.Second) })
		}
	})
	b.Run("watched", func(b *testing.B) {
		for b.Loop() {
			store := benchStore(b)
			p, frames, done := program(store)
			arriving(b, store, func() {
				took := keysFor(p, frames, 10*time.Second)
				b.ReportMetric(ms(percentile(took, 99)), "key-p99-ms")
				b.ReportMetric(ms(percentile(took, 100)), "key-max-ms")
			})
			p.Quit()
			<-done
		}
	})
}

// arriving records 10,000 exchanges a second while do runs.
func arriving(b *testing.B, store *record.Store, do func()) {
	const writers = 10
	stop := make(chan struct{})
	var took [writers][]time.Duration
	var all sync.WaitGroup
	begun := time.Now()
	for i := range writers {
		all.Go(func() {
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
				}
				for due := int(time.Since(begun).Milliseconds()); len(took[i]) < due; { // ticks that came late are made up for
					start := time.Now()
					commit(store, len(took[i])*writers+i)
					took[i] = append(took[i], time.Since(start))
				}
			}
		})
	}
	do()
	close(stop)
	all.Wait()
	list := slices.Concat(took[:]...)
	b.ReportMetric(float64(len(list))/time.Since(begun).Seconds(), "exchanges/s")
	b.ReportMetric(float64(percentile(list, 50).Microseconds()), "commit-p50-us")
	b.ReportMetric(float64(percentile(list, 99).Microseconds()), "commit-p99-us")
}

// BenchmarkRecorder commits as fast as it goes, alone and with an interface that
// watches.
func BenchmarkRecorder(b *testing.B) {
	for _, watched := range []bool{false, true} {
		name := "alone"
		if watched {
			name = "watched"
		}
		b.Run(name, func(b *testing.B) {
			store := benchStore(b)
			var p *tea.Program
			var done chan struct{}
			if watched {
				p, _, done = program(store)
			}
			b.SetParallelism(16)
			var n atomic.Int64
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					commit(store, int(n.Add(1)))
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
			if watched {
				p.Quit()
				<-done
			}
		})
	}
}

// BenchmarkPayload5MB shows a body of 5 MB: many values, and all on one line.
func BenchmarkPayload5MB(b *testing.B) {
	var many strings.Builder
	many.WriteString(`{"message":{"type":"conversation-update","messages":[`)
	for i := 0; many.Len() < 5<<20; i++ {
		fmt.Fprintf(&many, `{"role":"user","message":"what's the weather in Oslo, number %d?","time":%d,"tags":["a","b"]},`, i, i)
	}
	many.WriteString(`null]}}`)
	for name, body := range map[string]string{
		"values": many.String(),
		"string": `{"text":"` + strings.Repeat("what's the weather in Oslo? ", 5<<20/28) + `"}`,
		"text":   strings.Repeat("what's the weather in Oslo? ", 5<<20/28),
	} {
		b.Run(name, func(b *testing.B) { payloadKeys(b, body) })
	}
}

func payloadKeys(b *testing.B, body string) {
	m := modelOf(b, 10)
	press1(b, m, "2")
	press1(b, m, "tab")
	took := map[string][]time.Duration{}
	keys := func(what string, names ...string) {
		for _, name := range names {
			took[what] = append(took[what], press1(b, m, name))
		}
	}
	for b.Loop() {
		e := exchange(5)
		e.Request = record.Message{Body: []byte(body), Bytes: int64(len(body)), Header: http.Header{"Content-Type": {"application/json"}}}
		took["first"] = append(took["first"], timed(m, loadedMsg{key: m.detail.key, e: &e, about: readOverview(&e)}))
		keys("scroll", "j", "ctrl+d", "G", "k", "ctrl+u", "g", "j", "j")
		keys("fold", "z", "z", "left", "right", "enter", "enter", "w", "j", "w")
		press1(b, m, "/")
		keys("search", "w", "e", "a", "t", "h", "e", "r")
		press1(b, m, "enter")
		keys("search", "n", "n", "N")
		press1(b, m, "esc")
	}
	for what, list := range took {
		b.ReportMetric(ms(percentile(list, 99)), what+"-p99-ms")
	}
}

// BenchmarkResize makes the terminal narrow and wide again.
func BenchmarkResize(b *testing.B) {
	m := modelOf(b, 100_000)
	var took []time.Duration
	widths := []int{120, 80, 60, 40, 200}
	i := 0
	for b.Loop() {
		i++
		took = append(took, timed(m, tea.WindowSizeMsg{Width: widths[i%len(widths)], Height: 20 + i%30}))
	}
	b.ReportMetric(ms(percentile(took, 99)), "p99-ms")
}

// bubblesKey returns how long the list of bubbles takes for a key and its view.
func bubblesKey(t testing.TB, n int) time.Duration {
	m := bubblesList(n)
	key, err := keyNamed("j")
	if err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for range 5 {
		start := time.Now()
		m, _ = m.Update(key)
		m.View()
		took = append(took, time.Since(start))
	}
	return percentile(took, 50)
}

func bubblesList(n int) bubbles.Model {
	items := make([]bubbles.Item, n)
	for i := range items {
		e := exchange(i)
		items[i] = bubblesItem{e.Type, e.Summary}
	}
	return bubbles.New(items, bubbles.NewDefaultDelegate(), 62, 31)
}

type bubblesItem struct{ title, summary string }

func (i bubblesItem) Title() string       { return i.title }
func (i bubblesItem) Description() string { return i.summary }
func (i bubblesItem) FilterValue() string { return i.summary }

func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)*p/100, len(list)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
