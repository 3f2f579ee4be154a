package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vapitap/internal/plain"
)

// endings are how the names of files end that have a form.
var endings = []struct{ ending, format string }{
	{".har", "har"},
	{".json", formatJSON},
	{".jsonl", formatJSON},
	{".sh", formatCurl},
	{".md", "markdown"},
	{".html", formatHTML},
	{".htm", formatHTML},
}

// formatOf returns the form that the name of a file tells; empty where it tells
// none.
func formatOf(path string) string {
	for _, e := range endings {
		if strings.EqualFold(filepath.Ext(path), e.ending) {
			return e.format
		}
	}
	return ""
}

// endingsText names the endings, for help.
func endingsText() string {
	var names []string
	for _, e := range endings {
		names = append(names, e.ending)
	}
	return strings.Join(names, " ")
}

// destination is where an export goes. A file is there in whole or not at all:
// until finish it has another name.
type destination struct {
	io.Writer
	file *os.File // nil for standard output
	path string   // what the file is called in the end; empty where it has its name
}

// destination opens the file of --out, or standard output. What is there is
// replaced, and what is no regular file, such as a pipe, is written to.
func (a *app) destination(path string, onScreen bool) (*destination, error) {
	switch {
	case onScreen:
		return &destination{Writer: &screen{out: a.out}}, nil
	case path == "" || path == "-":
		return &destination{Writer: a.out}, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !there.Mode().IsRegular():
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &destination{Writer: file, file: file}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600: who called is in it
	if err != nil {
		return nil, err
	}
	return &destination{Writer: file, file: file, path: path}, nil
}

// finish gives the file its name.
func (d *destination) finish() error {
	if d.file == nil {
		return nil
	}
	err := d.file.Close()
	if err == nil && d.path != "" {
		err = os.Rename(d.file.Name(), d.path)
	}
	if err != nil {
		return err
	}
	d.file = nil
	return nil
}

// abandon leaves nothing behind of a file that was not finished.
func (d *destination) abandon() {
	if d.file == nil {
		return
	}
	d.file.Close()
	if d.path != "" {
		os.Remove(d.file.Name())
	}
}

// screen is a terminal, which must not obey what a payload says.
type screen struct {
	out     io.Writer
	pending []byte // a line that has not ended
}

// Write writes whole lines without what a terminal would obey.
func (s *screen) Write(p []byte) (int, error) {
	s.pending = append(s.pending, p...)
	end := bytes.LastIndexByte(s.pending, '\n')
	for line := range bytes.Lines(s.pending[:end+1]) {
		if _, err := io.WriteString(s.out, plain.Text(string(line[:len(line)-1]))+"\n"); err != nil {
			return 0, err
		}
	}
	s.pending = append(s.pending[:0], s.pending[end+1:]...)
	return len(p), nil
}
