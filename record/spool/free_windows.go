package spool

import "golang.org/x/sys/windows"

// Free returns how many bytes a user may still write in a folder, and false where
// the system does not tell.
func Free(folder string) (int64, bool) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, false
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, false
	}
	return int64(free), true
}
