package record

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestTheSharedMemoryStaysLocked removes the file of a store and leaves the shared
// memory beside it, which the new one uses too. Without a lock on it another
// process would empty it.
func TestTheSharedMemoryStaysLocked(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.record(message("1", ""))
	if before := locksOn(t, s.path+"-shm"); before == 0 {
		t.Fatal("it is not locked")
	}
	s.must(os.Remove(s.path))
	s.madeAnew()
	s.record(message("12", ""))
	if after := locksOn(t, s.path+"-shm"); after == 0 {
		t.Error("it is not locked any more")
	}
	s.killed()
}

// locksOn returns how many POSIX locks there are on a file.
func locksOn(t *testing.T, path string) (n int) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	inode := fmt.Sprintf(":%d ", st.Sys().(*syscall.Stat_t).Ino)
	for line := range strings.Lines(string(locks)) {
		if strings.Contains(line, "POSIX") && strings.Contains(line, inode) {
			n++
		}
	}
	return n
}
