package intake

import (
	"bytes"
	"errors"
)

// looksFor is how many bytes of a source show whether it is text.
const looksFor = 8 << 10

// ErrStore is returned for a source that is a database of SQLite's, as a store
// of vapitap's own is.
var ErrStore = errors.New("it is an SQLite database, as a store of vapitap's is, and no text")

// Why other sources are not read.
var (
	errUTF16  = errors.New("it is text in UTF-16, as PowerShell's > writes it\nhint: write it as UTF-8, with | Out-File -Encoding utf8")
	errBinary = errors.New("it is binary, and no text\nhint: where it is packed, unpack it first")
)

// notText returns why a source that begins so is not read as text; nil where it
// may be.
func notText(text []byte) error {
	text = text[:min(len(text), looksFor)]
	switch {
	case bytes.HasPrefix(text, []byte("SQLite format 3\x00")):
		return ErrStore
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}), bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return errUTF16
	case bytes.IndexByte(text, 0) >= 0:
		return errBinary
	}
	return nil
}
