// Package spool keeps records in a file of their own until there is time to file
// them elsewhere: what a mail system does with letters that come faster than they
// can be delivered. It knows where records begin and end and which are whole, in
// a file that was left behind too; what a record says, and where it is filed, is
// its caller's.
package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// File is a spool that this process owns: no other can open it until it is
// closed or the process ends, however it ends. Append, First, End and Len may be
// called by any goroutine, all else by one.
//
// A record has a position, which grows from record to record and never begins
// anew, although the space in the file does.
type File struct {
	path  string
	lock  *flock.Flock
	data  *os.File
	key   [keySize]byte
	limit int64

	mu      sync.Mutex
	base    int64   // the position that stands at the beginning of the file
	first   int64   // the position of the first of entries; next where there is none
	next    int64   // the position of the next record
	dropped int64   // how many entries were ever dropped
	entries []entry // what is not dropped yet, in the order of positions
}

// entry is the size of a record, in bytes, and its state: small, because there
// may be a million of them.
type entry uint32

const (
	writing entry = iota << 30
	written
	failed
)

func (e entry) size() int64    { return int64(e &^ (written | failed)) }
func (e entry) state() entry   { return e & (written | failed) }
func (e entry) allOfIt() int64 { return roundUp(e.size() + Reserved) } // with its header

// Ref is where a record stands in its file.
type Ref struct {
	at     int64
	Size   int64 // of the record, in bytes
	Number int64 // counts the records of a File from 0, those included that were dropped
}

// Reserved is how many bytes at the beginning of what Append is given are the
// spool's own.
const Reserved = headerSize

// lockPatience is how long a lock that somebody has is waited for.
const lockPatience = 50 * time.Millisecond

// nameDigits is how many hexadecimal digits follow the prefix in a spool's name.
const nameDigits = 8

// maxRecord is the largest record, in bytes: what an entry can tell.
const maxRecord = 1<<30 - 1

// keptSpace is how much of an empty spool's file stays, in bytes, to be written
// over: a page that the system has in its cache already costs less to write than
// a new one.
const keptSpace = 256 << 20

var (
	// ErrFull is what Append returns where the file has no room for the record.
	ErrFull = errors.New("the spool is full")
	// ErrInUse is what Open returns of a spool whose owner has not ended.
	ErrInUse = errors.New("the spool is in use")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Create makes a new spool in a file whose name begins with prefix, which only
// the user may read. It grows to limit bytes at most.
func Create(prefix string, limit int64) (*File, error) {
	var name [nameDigits / 2]byte
	if _, err := rand.Read(name[:]); err != nil {
		return nil, err
	}
	f := &File{path: prefix + hex.EncodeToString(name[:]), limit: limit}
	if err := f.open(os.O_RDWR | os.O_CREATE | os.O_EXCL); err != nil {
		return nil, err
	}
	if _, err := rand.Read(f.key[:]); err != nil {
		return nil, errors.Join(err, f.Remove())
	}
	if _, err := f.data.WriteAt(append([]byte(magic), f.key[:]...), keyOffset); err != nil {
		return nil, errors.Join(err, f.Remove())
	}
	return f, nil
}

// open locks the file and opens it. The lock is on its first byte on Windows,
// where no other handle can read or write that then, so nothing is kept there.
func (f *File) open(flags int) error {
	f.lock = flock.New(f.path, flock.SetFlag(flags), flock.SetPermissions(0o600))
	// Others hold it for a moment to see whether somebody does.
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	locked, err := f.lock.TryLockContext(ctx, lockPatience/10)
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrInUse
	}
	if err != nil || !locked {
		return errors.Join(err, f.lock.Close())
	}
	if f.data, err = os.OpenFile(f.path, os.O_RDWR, 0); err != nil {
		return errors.Join(err, f.lock.Close())
	}
	return nil
}

// Gone reports whether the file was removed or replaced, so that nobody would
// find what it holds after this process.
func (f *File) Gone() bool {
	there, err := os.Stat(f.path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	mine, err := f.data.Stat()
	return err == nil && !os.SameFile(there, mine)
}

// Path is the name of the file.
func (f *File) Path() string { return f.path }

// Append writes a record: what follows the first Reserved bytes of buf, which are
// overwritten. When it returns nil the record survives the end of the process.
// ErrFull, and errors of the disk, leave no record behind.
func (f *File) Append(buf []byte) error {
	f.mu.Lock()
	at := f.next
	offset := f.offset(at)
	if offset+int64(len(buf)) > f.limit || len(buf) > maxRecord {
		f.mu.Unlock()
		return ErrFull
	}
	e := entry(len(buf) - Reserved)
	f.next += e.allOfIt()
	number := f.dropped + int64(len(f.entries))
	f.entries = append(f.entries, e|writing)
	f.mu.Unlock()

	f.putHeader(buf, at)
	_, err := f.data.WriteAt(buf, offset)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.entries[number-f.dropped] = e | failed // what is being written is never dropped
		return err
	}
	f.entries[number-f.dropped] = e | written
	return nil
}

// Next returns the oldest records that are not dropped, at most so many and of
// so many bytes together, but one at least; and the position behind them, for
// Drop. A record that is just being written, and what follows it, is left for
// later.
func (f *File) Next(most int, bytes int64) (refs []Ref, upto int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	upto = f.first
	for i, e := range f.entries {
		if e.state() == writing || len(refs) == most {
			break
		}
		if e.state() == written {
			if bytes -= e.size(); bytes < 0 && len(refs) > 0 {
				break
			}
			refs = append(refs, Ref{at: upto, Size: e.size(), Number: f.dropped + int64(i)})
		}
		upto += e.allOfIt()
	}
	return refs, upto
}

// Read reads a record into buf, which it makes larger where it must, and returns
// it.
func (f *File) Read(r Ref, buf []byte) ([]byte, error) {
	size := int(r.Size) + Reserved
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	buf = buf[:size]
	f.mu.Lock()
	offset := f.offset(r.at)
	f.mu.Unlock()
	if _, err := f.data.ReadAt(buf, offset); err != nil {
		return nil, err
	}
	h, ok := f.parseHeader(buf)
	if !ok || h.at != r.at || h.size != r.Size || crc32.Checksum(buf[Reserved:], castagnoli) != h.sum {
		return nil, fmt.Errorf("%s: the record at %d is damaged", f.path, offset)
	}
	return buf[Reserved:], nil
}

// Drop forgets the records before a position that Next returned, and what could
// not be written there.
func (f *File) Drop(upto int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for n < len(f.entries) && f.first < upto {
		f.first += f.entries[n].allOfIt()
		n++
	}
	f.entries = f.entries[n:]
	f.dropped += int64(n)
	if len(f.entries) == 0 {
		f.entries = nil // lets go of the array that grew
	}
}

// First is the position before which everything was dropped, and End the one
// that the next record gets: the spool is empty where they are the same.
func (f *File) First() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first
}

// End is the position that the next record gets.
func (f *File) End() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// Len is how many records are not dropped, those included that are not whole.
func (f *File) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.entries)
}

// offset is where a position stands in the file; the caller holds the lock.
func (f *File) offset(at int64) int64 { return at - f.base + dataOffset }

// Rewind lets an empty spool begin at the beginning of its file again, and gives
// back what that has grown beyond reason. It does nothing where there are
// records.
func (f *File) Rewind() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.entries) > 0 {
		return nil
	}
	used := f.offset(f.next)
	f.base = f.next
	if used <= keptSpace {
		return nil
	}
	return f.data.Truncate(keptSpace)
}

// Close lets go of the file and leaves it with what it holds to whoever opens it
// next.
func (f *File) Close() error {
	return errors.Join(f.data.Close(), f.lock.Close())
}

// Remove closes the file and deletes it.
func (f *File) Remove() error {
	err := f.data.Close()
	os.Remove(f.path + wantedSuffix) // where there is one
	removed := os.Remove(f.path)     // while it is locked, where the system lets one
	err = errors.Join(err, f.lock.Close())
	if removed != nil {
		removed = os.Remove(f.path)
	}
	return errors.Join(err, removed)
}
