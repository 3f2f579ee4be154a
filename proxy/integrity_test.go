package proxy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"vapitap/record"
)

// TestBytesAreTheSameEverywhere sends bodies of every kind and way of sending
// through the proxy, many at a time, and compares by hash what was sent with
// what the target got, what the caller got and what was recorded.
func TestBytesAreTheSameEverywhere(t *testing.T) {
	const exchanges, workers = 2000, 16
	parcels := make([]parcel, exchanges)
	for i := range parcels {
		parcels[i] = newParcel(i)
	}
	office := &postOffice{t: t, parcels: parcels, got: map[int][]delivery{}}
	r := newRig(t, server(t, office.receive))
	r.watcher.Close() // 2,000 exchanges are read at the end instead
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: workers}
	defer transport.CloseIdleConnections()

	numbers := make(chan int)
	var sending sync.WaitGroup
	for range workers {
		sending.Go(func() {
			for i := range numbers {
				replied, err := send(transport, r.url, &parcels[i])
				if err != nil {
					t.Errorf("%s: %v", &parcels[i], err)
				} else if want := parcels[i].reply.delivery(); replied != want {
					t.Errorf("%s: the caller got %s, want %s", &parcels[i], replied, want)
				}
			}
		})
	}
	for i := range parcels {
		numbers <- i
	}
	close(numbers)
	sending.Wait()
	r.shutdown()

	office.check()
	// Where so many came that they were spooled, who opens the store files the last.
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	store := must(record.Open(r.store.Path(), record.Options{}))
	defer store.Close()
	checkRecords(t, store, parcels)
}

// checkRecords compares the store with what was sent: each exchange is there
// once, and nothing else is.
func checkRecords(t *testing.T, store *record.Store, parcels []parcel) {
	list := must(store.List(context.Background(), record.Query{}))
	if len(list) != len(parcels) {
		t.Errorf("%d exchanges were recorded, want %d", len(list), len(parcels))
	}
	recorded := map[int]bool{}
	for _, listed := range list {
		e := must(store.Get(context.Background(), listed.ID))
		i := numberOf(e.Request.Header, e.Path)
		if i < 0 || i >= len(parcels) || recorded[i] {
			t.Errorf("exchange %d is recorded as number %d, which was not sent or is there already", e.ID, i)
			continue
		}
		recorded[i] = true
		p := &parcels[i]
		if got, want := recordedDelivery(&e.Request), p.request.delivery(); got != want {
			t.Errorf("%s: the request was recorded as %s, want %s", p, got, want)
		}
		if got, want := recordedDelivery(&e.Response), p.reply.delivery(); got != want {
			t.Errorf("%s: the reply was recorded as %s, want %s", p, got, want)
		}
		if e.Error != "" || e.Truncated() || e.Status != http.StatusOK || e.Method != p.method {
			t.Errorf("%s: recorded as %s with status %d, truncated %v, error %q", p, e.Method, e.Status, e.Truncated(), e.Error)
		}
	}
}

// delivery is what arrived somewhere. Two are equal where the same did.
type delivery struct {
	hash    [sha256.Size]byte
	bytes   int64
	trailer string
}

func (d delivery) String() string {
	return fmt.Sprintf("%d B %x… trailer %q", d.bytes, d.hash[:4], d.trailer)
}

func (c *content) delivery() delivery {
	return delivery{sha256.Sum256(c.bytes), int64(len(c.bytes)), c.sum}
}

func recordedDelivery(m *record.Message) delivery {
	return delivery{sha256.Sum256(m.Body), m.Bytes, m.Trailer.Get(sumTrailer)}
}

const (
	numberHeader = "X-Number"
	sumTrailer   = "X-Sum"
)

// numberOf returns the number that a request carries, -1 where it has none.
func numberOf(h http.Header, path string) int {
	text := h.Get(numberHeader)
	if text == "" {
		_, text, _ = strings.Cut(path, "?number=")
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return number
}

const largest = 2 << 20

// send sends the request of p and returns what came back.
func send(transport http.RoundTripper, to string, p *parcel) (delivery, error) {
	url := to + "/hook"
	if !p.byHeader {
		url += "?number=" + strconv.Itoa(p.number)
	}
	req, err := http.NewRequest(p.method, url, bytes.NewReader(p.request.bytes))
	if err != nil {
		return delivery{}, err
	}
	for name, values := range p.request.header {
		req.Header[name] = values
	}
	if p.byHeader {
		req.Header.Set(numberHeader, strconv.Itoa(p.number))
	}
	if p.request.way == chunked {
		// Said outright, as net/http would leave out the chunks of an empty DELETE.
		req.ContentLength, req.TransferEncoding = -1, []string{"chunked"}
	}
	if p.request.sum != "" {
		req.Trailer = http.Header{sumTrailer: {p.request.sum}}
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return delivery{}, err
	}
	defer res.Body.Close()
	return arrived(res.Body, func() string { return res.Trailer.Get(sumTrailer) })
}

// arrived reads a body to its end. The trailer is known only then.
func arrived(body io.Reader, trailer func() string) (delivery, error) {
	hash := sha256.New()
	n, err := io.Copy(hash, body)
	if err != nil {
		return delivery{}, fmt.Errorf("after %d bytes: %w", n, err)
	}
	return delivery{[sha256.Size]byte(hash.Sum(nil)), n, trailer()}, nil
}

// postOffice is the target. It notes what arrives and answers as each parcel
// says.
type postOffice struct {
	t       *testing.T
	parcels []parcel

	mu  sync.Mutex
	got map[int][]delivery // by number
}

func (o *postOffice) receive(w http.ResponseWriter, r *http.Request) {
	number := numberOf(r.Header, r.RequestURI)
	if number < 0 || number >= len(o.parcels) {
		o.t.Errorf("the target got %s %s, which nobody sent", r.Method, r.RequestURI)
		return
	}
	p := &o.parcels[number]
	reply := &p.reply
	for name, values := range reply.header {
		w.Header()[name] = values
	}
	rest := reply.bytes
	if reply.way == interleaved {
		controller := http.NewResponseController(w)
		controller.EnableFullDuplex()
		half := len(rest) / 2
		w.Write(rest[:half])
		controller.Flush()
		rest = rest[half:]
	}
	got, err := arrived(r.Body, func() string { return r.Trailer.Get(sumTrailer) })
	if err != nil {
		o.t.Errorf("%s: the target could not read the request: %v", p, err)
		return
	}
	o.mu.Lock()
	o.got[number] = append(o.got[number], got)
	o.mu.Unlock()
	answer(w, reply, rest)
}

// answer sends what is left of a reply.
func answer(w http.ResponseWriter, reply *content, rest []byte) {
	switch reply.way {
	case withLength:
		w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
		w.Write(rest)
	case inParts:
		part := len(rest)/5 + 1
		for len(rest) > 0 {
			n := min(part, len(rest))
			w.Write(rest[:n])
			http.NewResponseController(w).Flush()
			rest = rest[n:]
		}
	default:
		http.NewResponseController(w).Flush() // else net/http finds the length of a short one
		w.Write(rest)
	}
	if reply.sum != "" {
		w.Header().Set(http.TrailerPrefix+sumTrailer, reply.sum)
	}
}

// check compares what the target got with what was sent: each once.
func (o *postOffice) check() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.parcels {
		p := &o.parcels[i]
		if got, want := o.got[i], p.request.delivery(); len(got) != 1 || got[0] != want {
			o.t.Errorf("%s: the target got %v, want %s", p, got, want)
		}
	}
}
