package jsonpath

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"strings"
)

// Skip returns the index after the JSON value that starts at or after b[i],
// leading white space included, and false where there is no whole value. It
// trusts what is between the brackets: strings, brackets and the ends of
// numbers are followed, nothing is validated, nothing is allocated, and depth
// costs nothing. Use json.Valid where validity matters.
func Skip(b []byte, i int) (end int, ok bool) {
	i = SkipSpace(b, i)
	if i >= len(b) {
		return i, false
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipContainer(b, i)
	case '}', ']', ',', ':':
		return i, false
	}
	for i < len(b) && !delimiter[b[i]] {
		i++
	}
	return i, true
}

// SkipSpace returns the index of the first byte of b at or after i that is not
// JSON white space; len(b) where there is none.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// delimiter marks the bytes that end a number or a literal.
var delimiter = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, ':': true, '{': true, '}': true, '[': true, ']': true, '"': true}

// skipString returns the index after the string whose opening quote is b[i].
func skipString(b []byte, i int) (int, bool) {
	i++
	for range 2 { // words, in which most keys end
		if i+8 > len(b) {
			break
		}
		word := binary.LittleEndian.Uint64(b[i : i+8])
		if !plainASCII(word) {
			break
		}
		if quotes := equal(word, '"'); quotes != 0 {
			return i + bits.TrailingZeros64(quotes)/8 + 1, true
		}
		i += 8
	}
	return endOfString(b, i)
}

// endOfString returns the index after the closing quote of the string that b[i]
// stands in, or whose closing quote it is. No backslash may stand before b[i].
func endOfString(b []byte, i int) (int, bool) {
	for {
		k := bytes.IndexByte(b[i:], '"')
		if k < 0 {
			return len(b), false
		}
		i += k
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++ // ends at the opening quote at the latest
		}
		i++
		if slashes%2 == 0 {
			return i, true
		}
	}
}

// longString is from how many bytes on endOfString goes over a string faster.
const longString = 64

// nesting is by how much each byte outside of strings goes deeper.
var nesting = [256]int8{'{': 1, '[': 1, '}': -1, ']': -1}

// skipContainer returns the index after the object or array that opens at b[i].
// Most of what there is to read is passed over here, so it looks at eight bytes at
// a time where it can, and at one where it must.
func skipContainer(b []byte, i int) (int, bool) {
	depth := 0
	for {
		within := uint64(0) // the bytes of the word before that are in a string
		quoted := i         // where a word with a quote was last
		for ; i+8 <= len(b); i += 8 {
			word := binary.LittleEndian.Uint64(b[i : i+8])
			if !plainASCII(word) {
				break
			}
			quotes := equal(word, '"')
			goesOn := within >> 63 // 1 where the word begins in a string
			if goesOn != 0 && quotes == 0 {
				if i-quoted < longString {
					continue
				}
				break
			}
			quoted = i
			within = fromOddOn(quotes) ^ -goesOn&tops
			for brackets := maybeBrackets(word) &^ within; brackets != 0; brackets &= brackets - 1 {
				at := i + bits.TrailingZeros64(brackets)/8
				if depth += int(nesting[b[at]]); depth == 0 {
					return at + 1, true
				}
			}
		}
		if within>>63 == 0 {
			for ; i < len(b) && b[i] != '"'; i++ {
				if depth += int(nesting[b[i]]); depth == 0 {
					return i + 1, true
				}
			}
			if i++; i >= len(b) {
				return len(b), false
			}
		}
		var ok bool
		if i, ok = endOfString(b, i); !ok {
			return i, false
		}
	}
}

// member is where one member of an object stands in the object's text.
type member struct {
	lead       int // after the brace or comma before it
	key        int
	keyEnd     int
	start, end int // of its value
}

// members calls yield for each member of the object that b holds until yield
// returns false or the text is broken.
func members(b []byte, yield func(member) bool) {
	i := SkipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return
	}
	for {
		m := member{lead: i + 1}
		m.key = SkipSpace(b, m.lead)
		if m.key >= len(b) || b[m.key] != '"' {
			return
		}
		var ok bool
		if m.keyEnd, ok = skipString(b, m.key); !ok {
			return
		}
		i = SkipSpace(b, m.keyEnd)
		if i >= len(b) || b[i] != ':' {
			return
		}
		m.start = SkipSpace(b, i+1)
		if m.end, ok = Skip(b, m.start); !ok || !yield(m) {
			return
		}
		i = SkipSpace(b, m.end)
		if i >= len(b) || b[i] != ',' {
			return
		}
	}
}

// elements calls yield with the index and the place of each element of the
// array that b holds until yield returns false or the text is broken.
func elements(b []byte, yield func(index, start, end int) bool) {
	i := SkipSpace(b, 0)
	if i >= len(b) || b[i] != '[' {
		return
	}
	for n := 0; ; n++ {
		start := SkipSpace(b, i+1)
		end, ok := Skip(b, start)
		if !ok || !yield(n, start, end) {
			return
		}
		i = SkipSpace(b, end)
		if i >= len(b) || b[i] != ',' {
			return
		}
	}
}

// Members yields the members of the JSON object that b holds, in order,
// duplicates included: each key as it is written, quotes included, and the text
// of its value without white space around it. It ends early where the text is
// broken and yields nothing where b is not an object. Both slices alias b.
func Members(b []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		members(b, func(m member) bool {
			return yield(b[m.key:m.keyEnd:m.keyEnd], b[m.start:m.end:m.end])
		})
	}
}

// Elements yields the elements of the JSON array that b holds, in order, each
// without white space around it. It ends early where the text is broken and
// yields nothing where b is not an array. The slices alias b.
func Elements(b []byte) iter.Seq2[int, []byte] {
	return func(yield func(index int, value []byte) bool) {
		elements(b, func(n, start, end int) bool {
			return yield(n, b[start:end:end])
		})
	}
}

// Member returns the text of the first member called name of the object that b
// holds; nil where there is none. It reads no further than it must.
func Member(b []byte, name string) []byte {
	for key, value := range Members(b) {
		if KeyIs(key, name) {
			return value
		}
	}
	return nil
}

// KeyIs reports whether key, as it is written with its quotes, is name.
func KeyIs(key []byte, name string) bool {
	if len(key) == len(name)+2 && string(key[1:len(key)-1]) == name {
		return strings.IndexByte(name, '\\') < 0 // an escape would have made the key shorter
	}
	if len(key) <= len(name)+2 || bytes.IndexByte(key, '\\') < 0 {
		return false
	}
	s, ok := Unquote(key)
	return ok && s == name
}
