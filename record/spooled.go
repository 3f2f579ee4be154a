package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vapitap/vapi/auth"
)

// Bits of the flags of a spooled exchange that its row does not have.
const (
	flagTunnelled = flagUnreachable << (iota + 1)
	flagRefused
)

// spooledVersion is raised when what appendSpooled writes changes.
const spooledVersion = 1

// spooledTexts is how many texts follow the numbers of a spooled exchange.
const spooledTexts = 7

// appendSpooled appends what the spool keeps of an exchange: what came and went,
// and what the secrets of this process said of it. What it was is found out when
// it is filed.
func appendSpooled(b []byte, e *Exchange) []byte {
	flags := e.flags() | bit(flagTunnelled, e.Tunnelled) | bit(flagRefused, e.Refused)
	for _, n := range [...]int64{spooledVersion, e.pending, micros(e.Time), flags, e.Request.Bytes, e.Response.Bytes} {
		b = binary.AppendVarint(b, n)
	}
	b = appendText(b, e.AppendJSON)
	b = appendText(b, func(b []byte) []byte { return append(b, e.Session...) })
	b = appendText(b, func(b []byte) []byte { return append(b, strings.Join(e.Here, "\n")...) })
	for _, m := range [...]*Message{&e.Request, &e.Response} {
		b = appendText(b, func(b []byte) []byte { return appendHeaders(b, m.Header, m.Trailer) })
		b = appendText(b, func(b []byte) []byte { return append(b, m.Body...) })
	}
	return b
}

// appendText appends what write does, with its length before it.
func appendText(b []byte, write func([]byte) []byte) []byte {
	begin := len(b)
	b = write(append(b, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(b[begin:], uint32(len(b)-begin-4))
	return b
}

// errSpooled is why a record of a spool cannot be read.
var errSpooled = errors.New("another version of vapitap wrote it")

// readSpooled reads what appendSpooled wrote. The bodies of the exchange are
// those of the record.
func readSpooled(record []byte) (*Exchange, error) {
	var numbers [6]int64
	for i := range numbers {
		n, size := binary.Varint(record)
		if size <= 0 {
			return nil, errSpooled
		}
		numbers[i], record = n, record[size:]
	}
	var texts [spooledTexts][]byte
	for i := range texts {
		if len(record) < 4 {
			return nil, errSpooled
		}
		n := int(binary.LittleEndian.Uint32(record))
		if record = record[4:]; n > len(record) {
			return nil, errSpooled
		}
		texts[i], record = record[:n:n], record[n:]
	}
	if numbers[0] != spooledVersion {
		return nil, errSpooled
	}
	e := &Exchange{pending: numbers[1], Time: fromMicros(numbers[2]), Session: string(texts[1])}
	if err := e.parseJSON(texts[0]); err != nil {
		return nil, err
	}
	e.setFlags(numbers[3])
	e.Tunnelled, e.Refused = numbers[3]&flagTunnelled != 0, numbers[3]&flagRefused != 0
	if len(texts[2]) > 0 {
		e.Here = strings.Split(string(texts[2]), "\n")
	}
	for i, m := range [...]*Message{&e.Request, &e.Response} {
		m.Bytes = numbers[4+i]
		m.Header, m.Trailer = parseHeaders(texts[3+2*i])
		m.Body = texts[4+2*i]
	}
	return e, nil
}

// describeSpooled finds out what an exchange from the spool was. What was said
// with the secrets of who took it, it keeps. One that cannot be described stays
// as it came: those behind it in the spool wait for it.
func (e *Exchange) describeSpooled() {
	said := e.Checks
	defer func() {
		if cause := recover(); cause != nil {
			e.Checks = said
			e.Summary = fmt.Sprintf("cannot be described: %v", cause)
		}
	}()
	e.Checks = nil
	e.Describe()
	for _, c := range said {
		if auth.IsCheck(c) {
			e.Checks = slices.Insert(e.Checks, e.place(c.Level), c)
		}
	}
}
