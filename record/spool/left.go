package spool

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Files returns the spools that Create made with this prefix, those in use
// included.
func Files(prefix string) ([]string, error) {
	folder, begin := filepath.Split(prefix)
	if folder == "" {
		folder = "."
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), begin)
		if _, err := hex.DecodeString(digits); ok && err == nil && len(digits) == nameDigits && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	return paths, err
}

// InUse reports whether the owner of a spool has not ended. Of one that cannot
// be read nothing is known, and it is taken to be in use.
func InUse(path string) bool {
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	defer lock.Close()
	free, err := lock.TryRLock()
	return !free && !errors.Is(err, fs.ErrNotExist)
}

// What a reader wants filed is asked for with an empty file beside the spool,
// which is newer than wantedFor.
const (
	wantedSuffix = ".wanted"
	wantedFor    = time.Second
)

// Want asks the owner of a spool to file what it holds. It holds for a second;
// Wanted of the owner says so.
func Want(path string) {
	path += wantedSuffix
	now := time.Now()
	if os.Chtimes(path, now, now) != nil {
		if f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err == nil { // else it is waited for without
			f.Close()
		}
	}
}

// Unwant takes back what Want asked for.
func Unwant(path string) { os.Remove(path + wantedSuffix) }

// Wanted reports whether another process waits for what the spool holds.
func (f *File) Wanted() bool {
	st, err := os.Stat(f.path + wantedSuffix)
	return err == nil && time.Since(st.ModTime()) < wantedFor
}

// justMade is how old a file without a key is at most that may still be in the
// making.
const justMade = time.Minute

// Open takes over a spool whose owner has ended. ErrInUse says that the owner has
// not, fs.ErrNotExist that it has removed it. What it holds is still to be found:
// see Find.
func Open(path string) (*File, error) {
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
	return f, nil
}

// skipTo puts in what there is between what was found and a position: records
// that are not whole.
func (f *File) skipTo(at int64) {
	for f.next < at {
		e := entry(min(at-f.next, maxSkip)-Reserved) | failed
		f.entries = append(f.entries, e)
		f.next += e.allOfIt()
	}
}

// maxSkip is a multiple of the slot that an entry can tell.
const maxSkip = maxRecord / slot * slot

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

// Find looks through a file that was opened for whole records from a position on,
// slot by slot: what was there before, and what was being written when its owner
// ended, is of any length. It is called once. A file that is no spool yet, or
// none any more, has none.
func (f *File) Find(after int64) error {
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
		if base > f.base || len(f.entries) == 0 { // what was found so far is of an earlier turn
			f.base, f.first, f.next, f.entries = base, h.at, h.at, nil
		}
		f.skipTo(h.at)
		e := entry(h.size) | written
		f.entries = append(f.entries, e)
		f.next += e.allOfIt()
		offset += e.allOfIt()
	}
	if len(f.entries) == 0 {
		f.base, f.first, f.next = after, after, after
	}
	return nil
}
