package vapi

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
)

// callIDs draws all that is arbitrary in a simulated call, the same for the
// same seed on every machine.
type callIDs struct{ random *rand.Rand }

func newCallIDs(seed string) *callIDs {
	return &callIDs{rand.New(rand.NewChaCha8(sha256.Sum256([]byte(seed))))}
}

// uuid returns a random UUID, version 4.
func (d *callIDs) uuid() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(d.random.Uint32())
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// toolCall returns an id like those that OpenAI's models give to tool calls.
func (d *callIDs) toolCall() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := []byte("call_")
	for range 24 {
		b = append(b, letters[d.random.IntN(len(letters))])
	}
	return string(b)
}

// between returns a whole number from low to high, both included.
func (d *callIDs) between(low, high int) int { return low + d.random.IntN(high-low+1) }
