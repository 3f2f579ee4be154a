//go:build unix

package attach

import (
	"io"
	"os"
	"syscall"
)

// lockFile makes a file and locks it until it is closed, which the system does
// for a process that is killed.
func lockFile(path string) (io.Closer, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			file.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		held, err := file.Stat()
		if err != nil {
			file.Close()
			return nil, err
		}
		if named, err := os.Stat(path); err == nil && os.SameFile(held, named) {
			return file, nil
		}
		file.Close() // another process swept it away between the two steps
	}
}

// sweepLock removes the file of a process that has ended.
func sweepLock(path string) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		os.Remove(path) // it is there again next time
	}
}

// locked reports whether somebody has the file locked, true where that cannot be
// known.
func locked(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return !os.IsNotExist(err)
	}
	defer file.Close()
	return syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil
}

// syncFolder has the names in a folder on disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
