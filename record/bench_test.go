package record_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"vapitap/record"
)

// BenchmarkCommit commits exchanges from 16 goroutines, each waiting for its
// own, as replies do.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			s, err := record.Open(filepath.Join(b.TempDir(), "bench.db"), record.Options{})
			if err != nil {
				b.Fatal(err)
			}
			body := make([]byte, size)
			r := rand.New(rand.NewPCG(1, 2))
			for i := range body {
				body[i] = byte(r.Uint32())
			}
			header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"axios/1.7"}, "X-Vapi-Secret": {"12345678"}}
			b.SetBytes(int64(size))
			b.ResetTimer()
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					for range b.N / 16 {
						e := &record.Exchange{
							Time: time.Now(), From: record.FromLocal, Remote: "127.0.0.1", Method: "POST", Path: "/vapi/webhook",
							Target: "http://localhost:3000/vapi/webhook", Status: 200, Duration: time.Millisecond, Summary: `get_weather(city: "Oslo") → "12 degrees"`,
						}
						e.Kind, e.Type, e.CallID = "vapi", "tool-calls", "0a1b2c3d-2222-3333-4444-555566667777"
						e.Request = record.Message{Header: header, Body: body, Bytes: int64(size)}
						e.Response = record.Message{Header: header, Body: body[:92], Bytes: 92}
						s.Begin(e)
						if err := s.Commit(e, 0, nil); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
