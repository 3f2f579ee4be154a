package record

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// maxDecoded bounds what a compressed body may unfold to, in bytes.
const maxDecoded = 64 << 20

// Decoded returns the body with its Content-Encoding undone (gzip, deflate, br,
// zstd, in any order), which is for showing and judging: what is forwarded is
// never decoded. A body that is not encoded, or in a way not known here, or
// broken from the start, is returned as it is; of one that breaks off or is
// larger than 64 MiB, what came out so far. The result may alias Body.
func (m *Message) Decoded() []byte {
	encodings := m.Header["Content-Encoding"]
	if len(encodings) == 0 || len(m.Body) == 0 {
		return m.Body
	}
	codings := strings.Split(strings.Join(encodings, ","), ",")
	body := m.Body
	for _, coding := range slices.Backward(codings) {
		decoded, err := undo(strings.ToLower(strings.TrimSpace(coding)), body)
		if err != nil && len(decoded) == 0 {
			return m.Body
		}
		body = decoded
	}
	return body
}

// undo undoes one content coding. With an error it returns what it had by then.
func undo(coding string, body []byte) ([]byte, error) {
	var r io.Reader
	var err error
	switch coding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		r, err = inflate(body)
	case "br":
		r = brotli.NewReader(bytes.NewReader(body))
	case "zstd":
		var d *zstd.Decoder
		d, err = zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDecoded))
		if err == nil {
			defer d.Close()
			r = d
		}
	default:
		err = fmt.Errorf("content coding %q is not known", coding)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxDecoded))
}

// inflate reads "deflate", which by RFC 9110 is zlib and from some servers the
// raw stream.
func inflate(body []byte) (io.Reader, error) {
	if r, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
		return r, nil
	}
	return flate.NewReader(bufio.NewReader(bytes.NewReader(body))), nil
}
