package auth

import (
	"strings"
)

// reading is one way to read a header's value as a signature.
type reading struct {
	prefix    string
	encoding  string
	algorithm string // which its length tells
	mac       []byte
}

// encodedLengths are how long signatures are, in characters, by their encoding,
// the longest first.
var encodedLengths = []struct {
	length   int
	encoding string
}{
	{128, encodingHex}, {88, encodingBase64}, {86, encodingBase64}, {64, encodingHex},
	{44, encodingBase64}, {43, encodingBase64}, {40, encodingHex}, {28, encodingBase64}, {27, encodingBase64},
}

// The shortest and the longest value of a header that is read as a signature. The
// shortest is the last of encodedLengths.
const (
	shortestSigned = 27
	longestSigned  = 1024
)

// readSignature returns the ways to read a header's value as a signature, which
// may have a prefix, or be several with spaces between them. None where it looks
// like none.
func readSignature(value string) []reading {
	if len(value) > longestSigned {
		return nil
	}
	var readings []reading
	for _, one := range strings.Fields(value) {
		if r, ok := readOne(one); ok && len(readings) < mostSignatures {
			readings = append(readings, r)
		}
	}
	return readings
}

// readOne reads one signature: first as nothing but that, then with a prefix
// that ends in something other than a letter or digit, then with any.
func readOne(text string) (reading, bool) {
	for _, wanted := range []func(prefix string) bool{
		func(prefix string) bool { return prefix == "" },
		func(prefix string) bool { return prefix != "" && !isAlphanumeric(prefix[len(prefix)-1]) },
		func(prefix string) bool { return prefix != "" },
	} {
		for _, e := range encodedLengths {
			if len(text) < e.length || !wanted(text[:len(text)-e.length]) {
				continue
			}
			prefix, encoded := text[:len(text)-e.length], text[len(text)-e.length:]
			mac, ok := decode(encoded, e.encoding)
			if !ok {
				continue
			}
			if algorithm, ok := algorithmOf(len(mac)); ok {
				return reading{prefix, e.encoding, algorithm, mac}, true
			}
		}
	}
	return reading{}, false
}

// looksSigned reports whether a header's value can be read as a signature.
func looksSigned(value string) bool { return len(readSignature(value)) > 0 }

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
