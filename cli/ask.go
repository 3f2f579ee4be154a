package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// onTerminal reports whether f, which may be anything, is a terminal. The null
// device is none.
func onTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// remark says something on standard error that is no error, and below it what to
// do, where hint is not empty.
func (a *app) remark(what, hint string) {
	fmt.Fprintf(a.err, "%s %s\n", a.errStyle.muted("vapitap:"), what)
	if hint != "" {
		fmt.Fprintf(a.err, "%s %s\n", a.errStyle.muted("hint:"), hint)
	}
}

// ask asks a question that a y or yes agrees to. Anything else, the end of the
// input among it, does not, nor does ctx when it ends first.
func (a *app) ask(ctx context.Context, question string) bool {
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.in).ReadString('\n')
		answer <- line
	}()
	select {
	case line := <-answer:
		line = strings.ToLower(strings.TrimSpace(line))
		return line == "y" || line == "yes"
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return false
	}
}
