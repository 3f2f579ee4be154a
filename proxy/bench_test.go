package proxy_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/proxy"
)

// BenchmarkForward drives the same load, 16 connections in a closed loop,
// through a bare httputil.ReverseProxy and through the recording proxy, in
// turn, and prints the ratio of their throughputs. Times alone mean little on a
// shared machine; the ratio of two that ran side by side does. Under such a load
// exchanges are spooled. Before it is the bare one's turn again they have been
// filed in the store; ratio-filed is the ratio with the time of that.
func BenchmarkForward(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			target := server(b, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`)
			})
			bare := bareProxy(b, target)
			r := newRig(b, target, func(o *proxy.Options) { o.MaxBody = 8 << 20 })
			r.watcher.Close()
			body := conversation(size)
			load(b, bare, body, 100*time.Millisecond)
			load(b, r.url, body, 100*time.Millisecond)
			const round = 400 * time.Millisecond
			var ratios, filed []float64
			sent := 0
			for b.Loop() {
				plain := load(b, bare, body, round)
				began := time.Now()
				recorded := load(b, r.url, body, round)
				sent += recorded
				ratios = append(ratios, float64(recorded)/float64(plain))
				if _, err := r.store.Sessions(b.Context()); err != nil { // waits for the filing
					b.Fatal(err)
				}
				filed = append(filed, float64(recorded)/float64(plain)*float64(round)/float64(time.Since(began)))
			}
			slices.Sort(ratios)
			slices.Sort(filed)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
			b.ReportMetric(filed[len(filed)/2], "ratio-filed")
			b.ReportMetric(float64(sent)/round.Seconds()/float64(len(ratios)), "req/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// bareProxy is what the recording proxy is measured against.
func bareProxy(t testing.TB, target string) string {
	to := must(url.Parse(target))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	s := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
	})
	t.Cleanup(s.Close)
	return s.URL
}

// load sends body over 16 connections for a while and returns how many replies
// came.
func load(t testing.TB, url string, body []byte, during time.Duration) int {
	const connections = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DialContext: (&net.Dialer{}).DialContext}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	counts := make([]int, connections)
	stop := time.Now().Add(during)
	for i := range connections {
		wg.Go(func() {
			for time.Now().Before(stop) {
				res, err := client.Post(url, "application/json", bytes.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				counts[i]++
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// conversation is a tool-calls message of about size bytes, most of it the
// conversation so far, with its type last: the order that costs most.
func conversation(size int) []byte {
	var b strings.Builder
	b.WriteString(`{"message":{"artifact":{"messages":[`)
	for i := 0; b.Len() < size-400; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role":"%s","message":"what is the weather in city %d, and will it rain tomorrow?","time":17000000%05d,"secondsFromStart":%d.25}`,
			[]string{"user", "bot"}[i%2], i*7919%1000, i, i)
	}
	b.WriteString(`]},"call":{"id":"0a1b2c3d-2222-3333-4444-555566667777","type":"webCall"},"timestamp":1700000000000,` +
		`"toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}],"type":"tool-calls"}}`)
	return []byte(b.String())
}
