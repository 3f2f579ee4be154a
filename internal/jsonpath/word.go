package jsonpath

// A word is eight bytes of text, the first of which is its lowest. What is told of
// each of them stands in its top bit. All but plainASCII need a word that is
// plainASCII: there the top bits are free.
const (
	each = 0x0101010101010101 // times a byte: that byte eight times
	tops = 0x80 * each
)

// equal returns which bytes are c.
func equal(word uint64, c byte) uint64 {
	return (tops - (word ^ uint64(c)*each)) & tops // only 0x80 - 0 keeps the top bit
}

// plainASCII reports whether no byte is beyond ASCII or a backslash.
func plainASCII(word uint64) bool { return word&tops|equal(word, '\\') == 0 }

// controls reports whether any byte is less than a space, which is to say that it
// has neither bit 5 nor bit 6.
func controls(word uint64) bool { return (word|word<<1)&(0x40*each) != 0x40*each }

// maybeBrackets returns which bytes are { } [ or ], with some that are not: y, Y,
// _ and DEL, which have the same bits but for those that tell the four apart.
func maybeBrackets(word uint64) uint64 {
	const apart = '{' ^ ']'
	return equal(word|apart*each, '{'|apart)
}

// fromOddOn returns the bytes from the first of marked on to before the second,
// from the third on to before the fourth and so on: of quotes, the strings.
func fromOddOn(marked uint64) uint64 {
	upTo := marked >> 7 * each // in each byte, how many are marked up to it
	return upTo << 7 & tops
}
