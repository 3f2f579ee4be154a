package jsondiff

import (
	"bytes"
	"strconv"
	"strings"

	"vapitap/internal/jsonpath"
)

// sameScalar reports whether two values that are written differently, and are
// not both objects or both arrays, are the same.
func sameScalar(a, b []byte) bool {
	switch {
	case a[0] == '"' && b[0] == '"':
		return sameString(a, b)
	case startsNumber(a[0]) && startsNumber(b[0]):
		return sameNumber(a, b)
	default:
		return false
	}
}

// sameString compares what two string literals stand for. Where that has a
// U+FFFD, which replaces all that is no text, it is not known to be the same.
func sameString(a, b []byte) bool {
	if bytes.IndexByte(a, '\\') < 0 && bytes.IndexByte(b, '\\') < 0 {
		return false
	}
	s, okA := jsonpath.Unquote(a)
	t, okB := jsonpath.Unquote(b)
	return okA && okB && s == t && !strings.ContainsRune(s, '\uFFFD')
}

func startsNumber(c byte) bool { return c == '-' || '0' <= c && c <= '9' }

// sameNumber compares two JSON numbers by value, exactly, in time that grows
// with their length and not with what they stand for. Exponents beyond 17
// digits are not compared but by how they are written.
func sameNumber(a, b []byte) bool {
	x, okX := decimalOf(a)
	y, okY := decimalOf(b)
	return okX && okY && x.negative == y.negative && x.exponent == y.exponent && x.digits == y.digits
}

// decimal is the number 0.DIGITS times ten to the exponent. The digits neither
// start nor end with a zero; zero has none, and no sign.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

// maxExponentDigits keeps sums of an exponent and a text's length in an int64.
const maxExponentDigits = 17

// decimalOf returns the value of a JSON number, and false where its exponent is
// too large to tell.
func decimalOf(number []byte) (decimal, bool) {
	text := strings.ToLower(string(number))
	text, negative := strings.CutPrefix(text, "-")
	mantissa, exponent, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")

	digits := strings.TrimLeft(whole+fraction, "0")
	leading := len(whole) + len(fraction) - len(digits)
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return decimal{}, true
	}
	shift, ok := exponentOf(exponent)
	return decimal{negative, digits, int64(len(whole)-leading) + shift}, ok
}

// exponentOf returns the value of what follows the e of a number.
func exponentOf(text string) (int64, bool) {
	text = strings.TrimPrefix(text, "+")
	text, negative := strings.CutPrefix(text, "-")
	text = strings.TrimLeft(text, "0")
	switch {
	case text == "":
		return 0, true
	case len(text) > maxExponentDigits:
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if negative {
		n = -n
	}
	return n, err == nil
}
