package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Files returns the spools whose names begin with prefix, those in use included.
func Files(prefix string) ([]string, error) {
	folder, begin := filepath.Split(prefix)
	if folder == "" {
		folder = "."
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), begin) && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	return paths, err
}

// InUse reports whether the owner of a spool has not ended.
func InUse(path string) bool {
	f := &File{path: path}
	err := f.open(os.O_RDWR)
	if err == nil {
		f.Close()
	}
	return errors.Is(err, ErrInUse)
}

// justMade is how old a file without a key is at most that may still be in the
// making.
const justMade = time.Minute

// Open takes over a spool whose owner has ended, with the records from position
// after on. ErrInUse says that the owner has not, os.ErrNotExist that it has
// removed it; a file that is no spool yet, or none any more, is empty.
func Open(path string, after int64) (*File, error) {
	f := &File{path: path}
	if err := f.open(os.O_RDWR); err != nil {
		return nil, err
	}
	begin := make([]byte, len(magic)+keySize)
	switch _, err := f.data.ReadAt(begin, keyOffset); {
	case errors.Is(err, io.EOF):
		if st, err := f.data.Stat(); err == nil && time.Since(st.ModTime()) < justMade {
			return nil, errors.Join(ErrInUse, f.Close())
		}
		return f, nil
	case err != nil:
		return nil, errors.Join(err, f.Close())
	case string(begin[:len(magic)]) != magic:
		return nil, errors.Join(fmt.Errorf("%s is not a spool", path), f.Close())
	}
	copy(f.key[:], begin[len(magic):])
	if err := f.find(after); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// window reads a file from front to back, much of it at a time.
type window struct {
	file  *os.File
	size  int64 // of the file
	buf   []byte
	begin int64 // where buf stands in the file
}

const windowSize = 4 << 20

// at returns so many bytes from an offset on, which are overwritten by the next
// call, or io.EOF where the file has fewer.
func (w *window) at(offset int64, n int) ([]byte, error) {
	if offset+int64(n) > w.size {
		return nil, io.EOF
	}
	if end := w.begin + int64(len(w.buf)); offset < w.begin || offset+int64(n) > end {
		if cap(w.buf) < n {
			w.buf = make([]byte, max(int64(n), min(windowSize, w.size)))
		}
		got, err := w.file.ReadAt(w.buf[:cap(w.buf)], offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		w.buf, w.begin = w.buf[:got], offset
		if got < n {
			return nil, io.EOF
		}
	}
	return w.buf[offset-w.begin:][:n], nil
}

// find looks through the file for whole records from a position on.
func (f *File) find(after int64) error {
	st, err := f.data.Stat()
	if err != nil {
		return err
	}
	look := window{file: f.data, size: st.Size()}
	for offset := int64(dataOffset); ; {
		begin, err := look.at(offset, headerSize)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		h, ok := f.parseHeader(begin)
		base := h.at + dataOffset - offset
		if !ok || h.at < after || base < f.base {
			offset += slot
			continue
		}
		record, err := look.at(offset+headerSize, int(h.size))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || crc32.Checksum(record, castagnoli) != h.sum {
			offset += slot
			continue
		}
		if base > f.base { // what was found so far is of an earlier turn
			f.base, f.entries = base, nil
		}
		f.entries = append(f.entries, entry{at: h.at, size: h.size, state: written})
		f.next = h.at + roundUp(h.size+headerSize)
		offset += roundUp(h.size + headerSize)
	}
	if len(f.entries) == 0 {
		f.base, f.next = after, after
	}
	return nil
}
