package payload

// dump is bytes as hexadecimal numbers and as characters.
type dump struct {
	text []byte
	per  int    // bytes a line
	tail string // what a last line says where the bytes were cut off; "" where they were not
}

// The columns of a dump: the offset, three cells a byte with a gap in the middle,
// the characters.
const offsetCells = 10

// perLine returns how many bytes a line of so many cells takes.
func perLine(cells int) int {
	for _, per := range []int{16, 8} {
		if offsetCells+3*per+2+per <= cells {
			return per
		}
	}
	return 4
}

func (d *dump) rows() int { return (len(d.text) + d.per - 1) / d.per }

func (d *dump) count() int {
	if d.tail != "" {
		return d.rows() + 1
	}
	return d.rows()
}

func (d *dump) start(i int) int   { return min(i*d.per, len(d.text)) }
func (d *dump) at(offset int) int { return offset / d.per }

func (d *dump) bytes(i int) []byte { return d.text[d.start(i):d.start(i+1)] }

// stream appends the offset, the numbers and the characters of a line.
func (d *dump) stream(s *stream, i int) {
	if i >= d.rows() {
		s.put(aside, d.tail)
		return
	}
	const hex = "0123456789abcdef"
	b := d.bytes(i)
	offset := []byte("00000000  ")
	for n, at := 7, d.start(i); at > 0; n, at = n-1, at>>4 {
		offset[n] = hex[at&15]
	}
	s.put(aside, string(offset))
	for n := range d.per {
		gap := " "
		if n == d.per/2-1 || n == d.per-1 {
			gap = "  "
		}
		if n < len(b) {
			s.add(piece{text: []byte{hex[b[n]>>4], hex[b[n]&15]}, raw: d.start(i) + n, byte: true, look: plainText})
			s.put(plainText, gap)
		} else {
			s.put(plainText, "  "+gap)
		}
	}
	for n, c := range b {
		l, show := str, c
		if c < ' ' || c >= 0x7f {
			l, show = aside, '.'
		}
		s.add(piece{text: []byte{show}, raw: d.start(i) + n, byte: true, look: l})
	}
}
