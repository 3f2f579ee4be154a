package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vapitap/internal/dial"
	"vapitap/internal/plain"
	"vapitap/internal/serverproc"
)

// serveSimulation waits for the server, and starts it before where it is to be
// started. What it returns ends a server that was started, and shows what it
// wrote unless all went well.
func (a *app) serveSimulation(ctx context.Context, o *simulateOptions) (stop func(well bool), err error) {
	address := dial.Address(&o.to)
	if o.start == "" {
		stop = func(bool) {}
		if o.waits {
			err = serverproc.WaitReady(ctx, address, o.wait, nil)
		}
		return stop, notListening(err, "--wait takes longer, such as --wait 60s; --start CMD starts your server")
	}
	limit := startTime
	if o.waits {
		limit = o.wait
	}
	server, err := serverproc.StartListening(ctx, o.start, address, limit)
	if errors.Is(err, serverproc.ErrTaken) {
		return nil, fmt.Errorf("--start: %w, and would be tested instead\nhint: end it, or leave out --start", err)
	}
	if err != nil {
		hint := "--start waits 30 s; --wait says how long, and the port is that of --to"
		if server != nil {
			a.sayOutput(server)
		}
		if errors.Is(err, serverproc.ErrEnded) {
			hint = whyItEnded(server)
		}
		return nil, notListening(err, hint)
	}
	return func(well bool) {
		server.Stop()
		if !well {
			a.sayOutput(server)
		}
	}, nil
}

// notListening adds what can be done to why a server does not listen.
func notListening(err error, hint string) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w\nhint: %s", err, hint)
}

// whyItEnded is where to look when a server ended by itself whose output was said.
func whyItEnded(server *serverproc.Server) string {
	if strings.TrimSpace(server.Output()) == "" {
		return "it wrote nothing; --start takes a command that runs until it is ended"
	}
	return "what it wrote stands above; --start takes a command that runs until it is ended"
}

// sayOutput writes what a server wrote to standard error, each line with a mark.
func (a *app) sayOutput(server *serverproc.Server) {
	const most = 200 // lines
	text := strings.TrimRight(server.Output(), "\n")
	if text == "" {
		return
	}
	lines := strings.Split(text, "\n")
	if left := len(lines) - most; left > 0 {
		fmt.Fprintln(a.err, a.errStyle.muted(fmt.Sprintf("server| … %s before", count(left, "line"))))
		lines = lines[left:]
	}
	for _, line := range lines {
		fmt.Fprintln(a.err, a.errStyle.muted("server|")+" "+plain.Text(line))
	}
}
