// Package envfile keeps the value of one name in an env file, such as .env, up
// to date, and puts it back. Every other byte of the file stays as it is: other
// lines, comments, quotes, line ends.
//
// It knows how the common readers of such files (dotenv for Node, python-dotenv,
// godotenv) see lines, quotes and comments. What the value is belongs to others.
package envfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Line is the line of a file that is kept at a value.
type Line struct {
	File string
	Name string

	ours   string // the value that was written; "" before that
	was    string // the value that stood there
	added  bool   // there was no such line
	ended  string // the line break that was added before the line
	made   bool   // there was no such file
	placed bool   // ours was written, or stood there
}

// ErrChanged is that somebody else changed the line meanwhile.
var ErrChanged = errors.New("somebody changed it meanwhile, and it is left so")

// maxFile is the most that an env file may hold, in bytes.
const maxFile = 1 << 20

// Parse reads FILE:NAME. The file need not exist, its folder must.
func Parse(spec string) (*Line, error) {
	at := strings.LastIndexByte(spec, ':') // a path of Windows has one before
	if at <= 0 || at == len(spec)-1 {
		return nil, fmt.Errorf("%q: want FILE:NAME, such as .env:SERVER_URL", spec)
	}
	l := &Line{File: spec[:at], Name: spec[at+1:]}
	if keyEnd(l.Name) != len(l.Name) || '0' <= l.Name[0] && l.Name[0] <= '9' {
		return nil, fmt.Errorf("%q: %q is no name of a variable; want FILE:NAME, such as .env:SERVER_URL", spec, l.Name)
	}
	if st, err := os.Stat(filepath.Dir(l.File)); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("%s: there is no folder %s", l.File, filepath.Dir(l.File))
	}
	if _, err := l.read(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return l, nil
}

// Set writes the value, adding the line or the file where there is none. Where
// somebody changed the line since the last Set, it is left and the error wraps
// ErrChanged.
func (l *Line) Set(value string) error {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("\"'`\\#$", r) }) {
		return fmt.Errorf("%s: %q cannot be written in every style of quotes", l.File, value)
	}
	text, err := l.read()
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return err
	}
	v, found := find(text, l.Name)
	current := text[v.start:v.end]
	switch {
	case !l.placed && !found:
		l.added, l.made = true, missing
		text, l.ended = appendLine(text, l.Name+"="+value)
	case !l.placed:
		l.was = current
		text = text[:v.start] + value + text[v.end:]
	case !found || current != l.ours:
		return fmt.Errorf("%s: %s: %w", l.File, l.Name, ErrChanged)
	default:
		text = text[:v.start] + value + text[v.end:]
	}
	if !found || current != value {
		if err := l.write(text); err != nil {
			return err
		}
	}
	l.ours, l.placed = value, true
	return nil
}

// PutBack puts the old value back, or takes the line or file away that was not
// there. What somebody changed meanwhile is left, and the error wraps ErrChanged.
// Where nothing was set it does nothing.
func (l *Line) PutBack() error {
	if !l.placed {
		return nil
	}
	text, err := l.read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	v, found := find(text, l.Name)
	if !found || text[v.start:v.end] != l.ours {
		return fmt.Errorf("%s: %s: %w", l.File, l.Name, ErrChanged)
	}
	l.placed = false
	switch {
	case !l.added && l.was == l.ours:
		return nil
	case !l.added:
		return l.write(text[:v.start] + l.was + text[v.end:])
	}
	rest := removeLine(text, v, l.ended)
	if rest == "" && l.made {
		return os.Remove(l.File)
	}
	return l.write(rest)
}

// appendLine adds a line at the end of a text, in the text's own style of line
// breaks, and returns what it had to end the line before with.
func appendLine(text, line string) (whole, ended string) {
	lineBreak := "\n"
	if strings.Contains(text, "\r\n") {
		lineBreak = "\r\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		ended = lineBreak
	}
	return text + ended + line + lineBreak, ended
}

// removeLine takes the line of a value out of a text, and where it is the last
// one the line break before it that was added.
func removeLine(text string, v value, ended string) string {
	before, after := text[:v.line], text[v.end:]
	if at := strings.IndexByte(after, '\n'); at >= 0 {
		after = after[at+1:]
	} else {
		after = ""
	}
	if after == "" {
		before = strings.TrimSuffix(before, ended)
	}
	return before + after
}

func (l *Line) read() (string, error) {
	f, err := os.Open(l.File)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", l.File)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: more than 1 MiB; is it the right file?", l.File)
	}
	return string(text), err
}

// write replaces the file, all of it or nothing, and keeps its mode. Where the
// file is a link, what it leads to is replaced.
func (l *Line) write(text string) error {
	path, mode := l.File, fs.FileMode(0o600)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", l.File, err)
	}
	defer os.Remove(f.Name()) // not there any more where all went well
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", l.File, err)
	}
	return nil
}
