package proxy

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// capture keeps the first bytes of a body that passes, in a pooled buffer. It
// is not safe for concurrent use.
type capture struct {
	bytes     []byte
	total     int64 // of the body so far, captured or not
	truncated bool  // bytes holds less than total
	most      int64 // how much may be captured
	room      *budget
}

// firstBuffer is how much is reserved for a body before any of it came: what it
// announces, within reason.
const firstBuffer = 64 << 10

// expect reserves room for a body that announces its length.
func (c *capture) expect(length int64) {
	if n := min(length, c.most, firstBuffer); n > 0 && c.bytes == nil {
		c.grow(int(n))
	}
}

// add captures p, or as much of it as there is room for.
func (c *capture) add(p []byte) {
	c.total += int64(len(p))
	if c.truncated || len(p) == 0 {
		return
	}
	if left := c.most - int64(len(c.bytes)); int64(len(p)) > left {
		p, c.truncated = p[:left], true
	}
	if need := len(c.bytes) + len(p); need > cap(c.bytes) && !c.grow(need) {
		p, c.truncated = p[:cap(c.bytes)-len(c.bytes)], true
	}
	c.bytes = append(c.bytes, p...)
}

// grow makes room for need bytes in all, and returns false where there is none.
func (c *capture) grow(need int) bool {
	class := sizeClass(max(need, 2*cap(c.bytes)))
	if int64(1)<<class-int64(cap(c.bytes)) > 0 && !c.room.take(int64(1)<<class-int64(cap(c.bytes))) {
		return false
	}
	larger := append(getBuffer(class), c.bytes...)
	putBuffer(c.bytes)
	c.bytes = larger
	return true
}

// release gives the buffer back; the bytes may no longer be used. What is added
// afterwards is only counted.
func (c *capture) release() {
	c.room.give(int64(cap(c.bytes)))
	putBuffer(c.bytes)
	c.bytes, c.truncated = nil, true
}

// budget is what captures share, in bytes.
type budget struct{ free atomic.Int64 }

func (b *budget) take(n int64) bool {
	if b.free.Add(-n) < 0 {
		b.free.Add(n)
		return false
	}
	return true
}

func (b *budget) give(n int64) { b.free.Add(n) }

// Buffers are pooled by size: class n holds those of 1<<n bytes.
const (
	smallestClass = 10
	largestClass  = 23 // larger ones are rare and left to the garbage collector
)

var buffers [largestClass + 1]sync.Pool

// sizeClass returns the class of the smallest buffer that holds n bytes.
func sizeClass(n int) int {
	return max(bits.Len(uint(max(n, 1)-1)), smallestClass)
}

// getBuffer returns an empty buffer with room for 1<<class bytes.
func getBuffer(class int) []byte {
	if class <= largestClass {
		if b, ok := buffers[class].Get().(*[]byte); ok {
			return (*b)[:0]
		}
	}
	return make([]byte, 0, 1<<class)
}

// putBuffer takes a buffer of getBuffer back.
func putBuffer(b []byte) {
	if class := sizeClass(cap(b)); cap(b) > 0 && class <= largestClass && 1<<class == cap(b) {
		b = b[:0]
		buffers[class].Put(&b)
	}
}

// copyBuffers are what replies are copied with.
type copyBuffers struct{}

const copyBufferClass = 15

func (copyBuffers) Get() []byte  { return getBuffer(copyBufferClass)[:1<<copyBufferClass] }
func (copyBuffers) Put(b []byte) { putBuffer(b) }
