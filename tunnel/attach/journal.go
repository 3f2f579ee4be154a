package attach

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"vapitap/vapi/api"
)

// Entry is one attachment in the journal.
type Entry struct {
	Version int       `json:"vapitap"` // 1
	Kind    api.Kind  `json:"kind"`
	ID      string    `json:"object"`
	Name    string    `json:"name,omitempty"`
	Number  string    `json:"number,omitempty"`
	API     string    `json:"api"`
	Ours    []string  `json:"ours"`
	Fields  []Field   `json:"fields"`
	Found   string    `json:"found,omitempty"`
	Owner   string    `json:"owner,omitempty"`
	Time    time.Time `json:"time"`

	file string // its path, "" until it is written
}

// Field is a member of an object that was changed.
type Field struct {
	Path   string          `json:"path"`
	Was    json.RawMessage `json:"was,omitempty"`    // nil where it was not there
	Hidden bool            `json:"hidden,omitempty"` // it was there, but the API does not show it
}

// object is what the entry is about.
func (e *Entry) object() Object {
	return Object{Kind: e.Kind, ID: e.ID, Name: e.Name, Number: e.Number}
}

// String names the object of the entry to a person.
func (e *Entry) String() string { return e.object().String() }

// Names reports whether a target names the object of the entry: by its id, its
// name or its number.
func (e *Entry) Names(t Target) bool {
	return e.Kind == t.Kind && e.object().named(t.Name)
}

// was is the URL that is put back, "" for none.
func (e *Entry) was() string {
	for _, f := range e.Fields {
		if f.Path != pathSecret && f.Was != nil {
			return unquote(f.Was)
		}
	}
	return ""
}

// owns reports whether a URL is one that was written for this entry.
func (e *Entry) owns(address string) bool {
	return slices.ContainsFunc(e.Ours, func(ours string) bool { return sameURL(ours, address) })
}

// about reports whether two entries are about one object.
func (e *Entry) about(other *Entry) bool {
	return e.Kind == other.Kind && e.ID == other.ID && e.API == other.API
}

// A Journal is the folder of what is attached. Several processes share it. Its
// zero value is not one; OpenJournal makes one.
type Journal struct {
	dir   string
	owner string // of the entries of this process

	mu   sync.Mutex
	lock io.Closer // held while there may be entries of this process; nil before that
}

// maxEntry is the most that the file of an entry may hold, in bytes.
const maxEntry = 1 << 20

// OpenJournal returns the journal in a folder, which need not exist: it is made,
// readable by its owner alone, with the first entry.
func OpenJournal(dir string) *Journal {
	var random [6]byte
	rand.Read(random[:]) // never fails
	return &Journal{dir: dir, owner: fmt.Sprintf("%d-%s", os.Getpid(), hex.EncodeToString(random[:]))}
}

// Dir is the folder.
func (j *Journal) Dir() string { return j.dir }

// Close lets other processes know that this one ends. Its entries stay.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock == nil {
		return nil
	}
	os.Remove(j.lockFile(j.owner)) // a left-over is empty and says nothing
	err := j.lock.Close()
	j.lock = nil
	return err
}

func (j *Journal) lockFile(owner string) string { return filepath.Join(j.dir, owner+".lock") }

// hold has other processes see that this one lives.
func (j *Journal) hold() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock != nil {
		return nil
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	lock, err := lockFile(j.lockFile(j.owner))
	if err != nil {
		return err
	}
	j.lock = lock
	return nil
}

// alive reports whether the process that owns an entry still runs. Where that
// cannot be known it does.
func (j *Journal) alive(owner string) bool {
	if owner == "" {
		return false
	}
	return owner == j.owner || locked(j.lockFile(owner))
}

// write has an entry on disk when it returns.
func (j *Journal) write(e *Entry) error {
	if err := j.save(e); err != nil {
		return fmt.Errorf("write the journal of what is attached: %w\nhint: nothing is attached without it, since nothing could be put back; is %s writable?", err, j.dir)
	}
	return nil
}

func (j *Journal) save(e *Entry) error {
	if e.Owner != "" {
		if err := j.hold(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	if e.file == "" {
		e.file = filepath.Join(j.dir, fileName(e))
	}
	temporary, err := os.CreateTemp(j.dir, "new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(append(text, '\n'))
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), e.file)
	}
	if err == nil {
		err = syncFolder(j.dir)
	}
	return err
}

// fileName names the file of an entry so that a person finds it, and so that
// what an id holds does no harm.
func fileName(e *Entry) string {
	id := strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, e.ID)
	id = id[:min(len(id), 64)]
	return fmt.Sprintf("%s-%s-%s.json", e.Kind, id, cmp.Or(e.Owner, "stays-"+rand.Text()[:8]))
}

// remove takes an entry out of the journal.
func (j *Journal) remove(e *Entry) error {
	if e.file == "" {
		return nil
	}
	err := os.Remove(e.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another vapitap put it back
	}
	return err
}

// Entries returns what the journal holds, the newest last, with an error for
// each file that cannot be read. No folder is an empty journal.
func (j *Journal) Entries() (entries []*Entry, unreadable []error) {
	files, err := os.ReadDir(j.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{fmt.Errorf("read the journal of what is attached: %w", err)}
	}
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".json" {
			continue
		}
		e, err := readEntry(filepath.Join(j.dir, f.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // just put back
		case err != nil:
			unreadable = append(unreadable, err)
		default:
			entries = append(entries, e)
		}
	}
	slices.SortStableFunc(entries, func(a, b *Entry) int { return a.Time.Compare(b.Time) })
	return entries, unreadable
}

func readEntry(path string) (*Entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxEntry))
	if err != nil {
		return nil, err
	}
	e := Entry{file: path}
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("%s: this is no entry of the journal: %w\nhint: look whether it names an old URL to put back by hand, and delete it", path, err)
	}
	if e.Version != 1 || e.Kind == "" || e.ID == "" || len(e.Ours) == 0 || len(e.Fields) == 0 {
		return nil, fmt.Errorf("%s: this is no entry that this version reads\nhint: look whether it names an old URL to put back by hand, and delete it", path)
	}
	return &e, nil
}

// sweep removes the lock files of processes that have ended.
func (j *Journal) sweep() {
	locks, _ := filepath.Glob(filepath.Join(j.dir, "*.lock"))
	for _, path := range locks {
		if path != j.lockFile(j.owner) {
			sweepLock(path)
		}
	}
}
