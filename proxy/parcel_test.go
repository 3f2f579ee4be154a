package proxy_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/andybalholm/brotli"
)

// parcel is one exchange as it ought to be.
type parcel struct {
	number   int
	byHeader bool // the number travels in a header, else in the query
	method   string
	request  content
	reply    content
}

func (p *parcel) String() string {
	return fmt.Sprintf("number %d (%s %s, reply %s)", p.number, p.method, &p.request, &p.reply)
}

// content is one body and how it is sent.
type content struct {
	kind   string
	header http.Header
	bytes  []byte
	way    way
	sum    string // the value of the trailer; empty for no trailer
}

func (c *content) String() string { return fmt.Sprintf("%d B %s %s", len(c.bytes), c.kind, c.way) }

// way is how a body is sent.
type way string

const (
	withLength  way = "with a length"
	chunked     way = "in chunks"
	inParts     way = "flushed part by part" // replies only
	interleaved way = "begun before the request ended"
)

// newParcel makes exchange number i, always the same.
func newParcel(i int) parcel {
	random := rand.New(rand.NewPCG(1, uint64(i)))
	p := parcel{
		number:   i,
		byHeader: i%2 == 0,
		method:   []string{"POST", "POST", "POST", "PUT", "PATCH", "DELETE"}[random.IntN(6)],
		request:  newContent(random, sizeOf(random, i%200 == 17), withLength, chunked),
		reply:    newContent(random, sizeOf(random, i%200 == 71), withLength, chunked, inParts, inParts, interleaved),
	}
	if i == 17 { // the largest, both ways
		p.request = newContent(random, largest, chunked)
		p.reply = newContent(random, largest, interleaved)
	}
	return p
}

// sizeOf picks the size of a body: most are small, as Vapi's messages are.
func sizeOf(random *rand.Rand, large bool) int {
	if large {
		return 256<<10 + random.IntN(largest-256<<10)
	}
	switch n := random.IntN(100); {
	case n < 5:
		return 0
	case n < 20:
		return 1 + random.IntN(100)
	case n < 75:
		return random.IntN(4 << 10)
	}
	return random.IntN(32 << 10)
}

// newContent makes a body of about size bytes; 0 is 0.
func newContent(random *rand.Rand, size int, ways ...way) content {
	c := content{way: ways[random.IntN(len(ways))], header: http.Header{}}
	switch n := random.IntN(8); {
	case size == 0:
		c.kind = "nothing"
	case c.way == inParts && n < 4:
		c.kind, c.bytes = "events", eventStream(random, size)
		c.header.Set("Content-Type", "text/event-stream")
	case n < 3:
		c.kind, c.bytes = "JSON", serverMessage(random, size)
		c.header.Set("Content-Type", "application/json")
	case n < 4:
		c.kind, c.bytes = "text", words(random, size)
		c.header.Set("Content-Type", "text/plain; charset=utf-8")
	case n < 6:
		c.kind, c.bytes = "binary", noise(random, size)
		c.header.Set("Content-Type", "application/octet-stream")
	default:
		c.kind, c.bytes = pack(random, serverMessage(random, size))
		c.header.Set("Content-Type", "application/json")
		c.header.Set("Content-Encoding", c.kind)
	}
	if c.way != withLength && random.IntN(4) == 0 {
		c.sum = fmt.Sprintf("%x", random.Uint64())
	}
	return c
}

// serverMessage is JSON of about size bytes, for larger sizes one of Vapi's
// messages.
func serverMessage(random *rand.Rand, size int) []byte {
	text := must(json.Marshal(string(words(random, size))))
	if size < 200 {
		return text
	}
	kind := []string{"tool-calls", "conversation-update", "end-of-call-report", "song"}[random.IntN(4)]
	return fmt.Appendf(nil, `{"message":{"type":%q,"call":{"id":"0a1b2c3d"},"toolCallList":[{"id":"c1","name":"find","arguments":{"x":1.50}}],"artifact":{"transcript":%s}}}`, kind, text)
}

// eventStream is server-sent events, as a custom LLM answers.
func eventStream(random *rand.Rand, size int) []byte {
	var b bytes.Buffer
	for b.Len() < size {
		fmt.Fprintf(&b, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", words(random, 20))
	}
	b.WriteString("data: [DONE]\n\n")
	return b.Bytes()
}

func words(random *rand.Rand, size int) []byte {
	list := []string{"Oslo ", "Bergen ", "Ålesund ", "\r\n", "12 °C ", "\"twelve\" ", "\\ ", "🌧 ", "<b>&amp; "}
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(list[random.IntN(len(list))])
	}
	return b.Bytes()
}

func noise(random *rand.Rand, size int) []byte {
	b := make([]byte, 0, size+8)
	for len(b) < size {
		n := random.Uint64()
		b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), byte(n>>32), byte(n>>40), byte(n>>48), byte(n>>56))
	}
	return b[:size]
}

// pack compresses a body and says how.
func pack(random *rand.Rand, plain []byte) (coding string, packed []byte) {
	var b bytes.Buffer
	if random.IntN(2) == 0 {
		w := must(gzip.NewWriterLevel(&b, gzip.BestSpeed))
		w.Write(plain)
		w.Close()
		return "gzip", b.Bytes()
	}
	w := brotli.NewWriterLevel(&b, brotli.BestSpeed)
	w.Write(plain)
	w.Close()
	return "br", b.Bytes()
}
