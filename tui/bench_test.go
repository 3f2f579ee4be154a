package tui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bubbles "charm.land/bubbles/v2/list"
	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/vapi"
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

// TestKeyIsAThousandthOfBubbles compares with the list of bubbles, in one run.
func TestKeyIsAThousandthOfBubbles(t *testing.T) {
	m := modelOf(t, 100_000)
	press1(t, m, "g")
	var ours []time.Duration
	for range 200 {
		ours = append(ours, press1(t, m, "j"))
	}
	theirs, median := bubblesKey(t, 100_000), percentile(ours, 50)
	if ratio := theirs / median; ratio < 1000 {
		t.Errorf("a key takes %s, with bubbles' list %s: %d times as long, want 1,000", median, theirs, ratio)
	}
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

// modelOf returns a model of a session with so many exchanges.
func modelOf(t testing.TB, n int) *Model {
	m := New(Options{Store: benchStore(t), Zone: time.UTC, Place: Place{Listen: "http://127.0.0.1:4242", Target: stageTarget}})
	t.Cleanup(m.Close)
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	list := make([]record.Exchange, n)
	for i := range list {
		list[i] = exchange(i)
		list[i].ID = int64(i + 1)
	}
	m.Update(arrivedMsg{list: list})
	m.View()
	return m
}

// exchange returns an exchange of a busy session: a call has 40, in which a tool
// is called, not always well.
func exchange(i int) record.Exchange {
	types := []string{"transcript", "speech-update", "transcript", "conversation-update", "tool-calls", "model-output", "model-output", "status-update"}
	e := record.Exchange{
		Time: stageTime.Add(time.Duration(i) * 100 * time.Millisecond), From: record.FromLocal, Method: http.MethodPost, Path: "/vapi/webhook",
		Target: stageTarget, Status: 200, Duration: 3 * time.Millisecond, Summary: fmt.Sprintf(`user: "what's the weather in Oslo, number %d?"`, i),
		Identity: vapi.Identity{Kind: vapi.KindServer, Type: types[i%len(types)], CallID: fmt.Sprintf("%04x-call", i/40)},
		Request:  record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: benchBody, Bytes: int64(len(benchBody))},
		Response: record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}"), Bytes: 2},
	}
	if i%80 == 4 {
		e.Checks = []vapi.Check{{Level: vapi.Error, Code: "tool-result-not-string", Message: "the result is an object; Vapi takes a string"}}
	}
	return e
}

var benchBody = []byte(`{"message":{"type":"transcript","role":"user","transcriptType":"final","transcript":"what's the weather in Oslo?","call":{"id":"0000-call"}}}`)

func benchStore(t testing.TB) *record.Store {
	store, err := record.Open(filepath.Join(t.TempDir(), "vapitap.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func commit(store *record.Store, i int) {
	e := exchange(i)
	e.Time = time.Now()
	store.Begin(&e)
	store.Commit(&e, 0, nil) // a store that fails would be seen in the rate
}

// press1 presses a key, brings the exchange that it selects, if it does, and
// returns how long Update and View took for the key.
func press1(t testing.TB, m *Model, name string) time.Duration {
	key, err := keyNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	took := timed(m, key)
	if d := &m.detail; d.e == nil && d.key.id != 0 {
		e := exchange(int(d.key.id) - 1)
		e.ID = d.key.id
		timed(m, loadedMsg{key: d.key, e: &e, about: readOverview(&e)})
	}
	return took
}

func timed(m *Model, msg tea.Msg) time.Duration {
	start := time.Now()
	m.Update(msg)
	m.View()
	return time.Since(start)
}

// bubblesKey returns how long the list of bubbles takes for a key and its view.
func bubblesKey(t testing.TB, n int) time.Duration {
	items := make([]bubbles.Item, n)
	for i := range items {
		e := exchange(i)
		items[i] = bubblesItem{e.Type, e.Summary}
	}
	m := bubbles.New(items, bubbles.NewDefaultDelegate(), 62, 31)
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

// timedModel is a model that tells when a key has become a frame.
type timedModel struct {
	*Model
	keys   int // that were taken in
	frames chan int
}

func (m *timedModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.Model.Update(msg)
	if _, ok := msg.(tea.KeyPressMsg); ok {
		m.keys++
	}
	return m, cmd
}

func (m *timedModel) View() tea.View {
	v := m.Model.View()
	select {
	case m.frames <- m.keys:
	default:
	}
	return v
}

// program runs the interface over a store, on a terminal that nobody sees.
func program(store *record.Store) (p *tea.Program, frames chan int, done chan struct{}) {
	m := &timedModel{Model: New(Options{Store: store, Zone: time.UTC, Place: Place{Target: stageTarget}}), frames: make(chan int, 1<<16)}
	ctx, cancel := context.WithCancel(context.Background())
	p = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler(), tea.WithWindowSize(120, 36))
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		p.Run()
		m.Close()
	}()
	return p, m.frames, done
}

// keysFor presses keys for a while, and returns how long each took to be seen.
func keysFor(p *tea.Program, frames chan int, d time.Duration) (took []time.Duration) {
	keys := strings.Fields("k k j ctrl+u ctrl+d G ] [ n g f")
	over := time.Now().Add(d)
	for i := 0; time.Now().Before(over); i++ {
		key, _ := keyNamed(keys[i%len(keys)])
		start := time.Now()
		p.Send(key)
		for n := range frames {
			if n > i {
				break
			}
		}
		took = append(took, time.Since(start))
		time.Sleep(20 * time.Millisecond)
	}
	return took
}
