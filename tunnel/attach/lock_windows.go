package attach

import (
	"io"
	"os"
	"syscall"
)

// lockFile makes a file and keeps it open for this process alone, until it is
// closed, which the system does for a process that is killed.
func lockFile(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const shareNothing = 0
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, shareNothing, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}

// locked reports whether somebody has the file open, true where that cannot be
// known.
func locked(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return !os.IsNotExist(err)
	}
	file.Close()
	return false
}

// sweepLock removes the file of a process that has ended: an open one cannot be
// removed.
func sweepLock(path string) { os.Remove(path) }

// syncFolder does nothing: there is no such thing on Windows.
func syncFolder(string) error { return nil }
