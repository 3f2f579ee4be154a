package spool_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"vapitap/record/spool"
)

const limit = 1 << 20

func create(t *testing.T, limit int64) *spool.File {
	t.Helper()
	f, err := spool.Create(filepath.Join(t.TempDir(), "store.spool-"), limit)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// put appends a record that says s.
func put(t *testing.T, f *spool.File, s string) {
	t.Helper()
	if err := f.Append(append(make([]byte, spool.Reserved), s...)); err != nil {
		t.Fatal(err)
	}
}

// all reads what is in the spool without dropping it.
func all(t *testing.T, f *spool.File) (records []string, upto int64) {
	t.Helper()
	refs, upto := f.Next(1000, 1<<30)
	for _, r := range refs {
		record, err := f.Read(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, string(record))
	}
	return records, upto
}

func want(t *testing.T, f *spool.File, records ...string) {
	t.Helper()
	if got, _ := all(t, f); !slices.Equal(got, records) {
		t.Errorf("the spool has %q, want %q", got, records)
	}
}

// left closes the spool and opens it again with what is there from a position on.
func left(t *testing.T, f *spool.File, after int64) *spool.File {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, f.Path(), after)
}

// open opens a spool that was left behind.
func open(t *testing.T, path string, after int64) *spool.File {
	t.Helper()
	f, err := spool.Open(path)
	if err == nil {
		err = f.Find(after)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestRecordsComeBackInOrder(t *testing.T) {
	f := create(t, limit)
	long := string(bytes.Repeat([]byte("long "), 10_000))
	put(t, f, "one")
	put(t, f, "")
	put(t, f, long)
	want(t, f, "one", "", long)
	refs, upto := f.Next(2, 1<<30)
	if len(refs) != 2 || f.Len() != 3 {
		t.Fatalf("the two oldest of %d: %v", f.Len(), refs)
	}
	f.Drop(upto)
	if f.First() != upto {
		t.Errorf("the first is at %d, want %d", f.First(), upto)
	}
	want(t, f, long)
	if refs, _ := f.Next(10, 1); len(refs) != 1 {
		t.Errorf("one at least, however large: %v", refs)
	}
	want(t, left(t, f, upto), long)
}

func TestAnEmptySpoolBeginsAnew(t *testing.T) {
	f := create(t, 4096)
	for round := range 5 {
		for i := 0; ; i++ {
			err := f.Append(append(make([]byte, spool.Reserved), fmt.Sprintf("record %d of round %d", i, round)...))
			if errors.Is(err, spool.ErrFull) && i > 10 {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Rewind(); err != nil { // there are records: it does nothing
			t.Fatal(err)
		}
		_, upto := all(t, f)
		f.Drop(upto)
		if err := f.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
	put(t, f, "the last")
	f = left(t, f, 0) // also without a word about what was dropped
	want(t, f, "the last")
}

func TestOnlyOneOwns(t *testing.T) {
	f := create(t, limit)
	if _, err := spool.Open(f.Path()); !errors.Is(err, spool.ErrInUse) || !spool.InUse(f.Path()) {
		t.Errorf("it is open already: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if spool.InUse(f.Path()) {
		t.Error("nobody has it open")
	}
	if st, err := os.Stat(f.Path()); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", st, err)
	}
	again, err := spool.Open(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := spool.Open(f.Path()); !errors.Is(err, os.ErrNotExist) || spool.InUse(f.Path()) {
		t.Errorf("it was removed: %v", err)
	}
	if files, err := spool.Files(f.Path()[:len(f.Path())-8]); len(files) > 0 || err != nil {
		t.Errorf("there are none: %v, %v", files, err)
	}
}

func TestFilesAreThoseThatCreateMade(t *testing.T) {
	f := create(t, limit)
	defer f.Close()
	for _, name := range []string{".bak", ".wanted", "0"} {
		if err := os.WriteFile(f.Path()+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := spool.Files(f.Path()[:len(f.Path())-8])
	if err != nil || !slices.Equal(files, []string{f.Path()}) {
		t.Errorf("%v, %v", files, err)
	}
}

func TestAReaderAsksForIt(t *testing.T) {
	f := create(t, limit)
	if f.Wanted() {
		t.Error("nobody has asked")
	}
	spool.Want(f.Path())
	spool.Want(f.Path())
	if !f.Wanted() {
		t.Error("it was asked for")
	}
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(f.Path()+".wanted", old, old); err != nil || f.Wanted() {
		t.Errorf("that was a minute ago: %v", err)
	}
	spool.Want(f.Path())
	if spool.Unwant(f.Path()); f.Wanted() {
		t.Error("it was taken back")
	}
}

func TestAFileThatIsGone(t *testing.T) {
	f := create(t, limit)
	if f.Gone() {
		t.Error("it is there")
	}
	if err := os.Rename(f.Path(), f.Path()+"x"); err != nil || !f.Gone() {
		t.Errorf("it was moved away: %v", err)
	}
	if err := os.WriteFile(f.Path(), nil, 0o600); err != nil || !f.Gone() {
		t.Errorf("it is another one: %v", err)
	}
	put(t, f, "still")
	want(t, f, "still")
}

func TestManyAppendAtOnce(t *testing.T) {
	f := create(t, 64<<20)
	var wg sync.WaitGroup
	var sent sync.Map
	for i := range 8 {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		wg.Go(func() {
			for range 250 {
				record := make([]byte, spool.Reserved+r.IntN(20_000))
				for i := range record {
					record[i] = byte(r.Uint32())
				}
				sent.Store(string(record[spool.Reserved:]), true)
				if err := f.Append(record); err != nil {
					t.Error(err)
				}
			}
		})
	}
	n := 0
	read := func() {
		for refs, upto := f.Next(64, 1<<20); len(refs) > 0; refs, upto = f.Next(64, 1<<20) {
			for _, ref := range refs {
				record, err := f.Read(ref, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := sent.LoadAndDelete(string(record)); !ok {
					t.Fatal("a record that nobody appended, or twice")
				}
				n++
			}
			f.Drop(upto)
		}
	}
	for n < 1000 {
		read()
	}
	wg.Wait()
	read()
	if n != 2000 || f.First() != f.End() {
		t.Errorf("%d records, first %d, end %d", n, f.First(), f.End())
	}
}

// TestHalfARecordIsNone cuts the file off at each byte of its last record, and
// changes each byte of the one before.
func TestHalfARecordIsNone(t *testing.T) {
	f := create(t, limit)
	put(t, f, "first")
	put(t, f, "second")
	put(t, f, "third")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	with := func(name string, content []byte) *spool.File {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return open(t, path, 0)
	}
	third := bytes.Index(whole, []byte("third")) - spool.Reserved
	for cut := third; cut < len(whole); cut++ {
		want(t, with(fmt.Sprint("cut", cut), whole[:cut]), "first", "second")
	}
	second := bytes.Index(whole, []byte("second")) - spool.Reserved
	for i := second; i < second+spool.Reserved+len("second"); i++ {
		changed := bytes.Clone(whole)
		changed[i] ^= 0x40
		want(t, with(fmt.Sprint("changed", i), changed), "first", "third")
	}
}

func TestABodyIsNoRecord(t *testing.T) {
	f := create(t, limit)
	put(t, f, "a record")
	content, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	put(t, f, string(content[:])+string(content[128:])) // even one that knows the file
	_, upto := f.Next(1, 1)
	if f = left(t, f, upto); f.Len() != 1 {
		t.Errorf("%d records, want the second alone", f.Len())
	}
}

func TestWhatIsNoSpool(t *testing.T) {
	folder := t.TempDir()
	other := filepath.Join(folder, "other")
	os.WriteFile(other, bytes.Repeat([]byte("letter "), 100), 0o600)
	if f, err := spool.Open(other); err == nil {
		t.Errorf("a letter was opened: %v", f)
	}
	fresh := filepath.Join(folder, "fresh")
	os.WriteFile(fresh, nil, 0o600)
	if _, err := spool.Open(fresh); !errors.Is(err, spool.ErrInUse) {
		t.Errorf("one that is being made: %v", err)
	}
	if files, err := spool.Files(filepath.Join(folder, "no", "folder")); len(files) != 0 || err != nil {
		t.Errorf("a folder that is not there: %v, %v", files, err)
	}
}

func FuzzOpen(f *testing.F) {
	made, err := spool.Create(filepath.Join(f.TempDir(), "s"), limit)
	if err != nil {
		f.Fatal(err)
	}
	made.Append(append(make([]byte, spool.Reserved), "a record"...))
	made.Append(append(make([]byte, spool.Reserved), "another"...))
	made.Close()
	content, err := os.ReadFile(made.Path())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content, int64(0))
	f.Add(content[:200], int64(64))
	f.Fuzz(func(t *testing.T, content []byte, after int64) {
		path := filepath.Join(t.TempDir(), "s")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := spool.Open(path)
		if err != nil {
			return
		}
		defer s.Close()
		if s.Find(after) != nil {
			return
		}
		refs, upto := s.Next(1000, 1<<30)
		for _, r := range refs {
			if _, err := s.Read(r, nil); err != nil {
				t.Errorf("found, and cannot be read: %v", err)
			}
		}
		if s.Drop(upto); s.Len() > 0 {
			t.Errorf("%d are left after all were dropped", s.Len())
		}
	})
}
