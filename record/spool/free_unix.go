//go:build linux || darwin || freebsd || dragonfly

package spool

import "golang.org/x/sys/unix"

// Free returns how many bytes a user may still write in a folder, and false where
// the system does not tell.
func Free(folder string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
