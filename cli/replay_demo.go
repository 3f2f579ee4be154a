package cli

import (
	"context"

	"vapitap/record"
)

// demoAgain is the demo's server, which ends with the demo, started again for
// what it answered. The zero value has not started it.
type demoAgain struct {
	commands map[string]string // of the sessions; nil until it is asked for
	server   *demoServer
	said     bool // that it was started
}

// recorded reports whether an exchange is one of the demo.
func (d *demoAgain) recorded(ctx context.Context, store *record.Store, e *record.Exchange) (bool, error) {
	if d.commands == nil {
		sessions, err := store.Sessions(ctx)
		if err != nil {
			return false, err
		}
		d.commands = make(map[string]string, len(sessions))
		for _, s := range sessions {
			d.commands[s.ID] = s.Command
		}
	}
	return d.commands[e.Session] == demoCommandName, nil
}

// start starts the server on a port that is free, if it does not run yet, and
// returns its host and port.
func (d *demoAgain) start(ctx context.Context) (host string, err error) {
	if d.server == nil {
		if d.server, err = startDemoServer(ctx); err != nil {
			return "", err
		}
	}
	return d.server.url.Host, nil
}

// stop ends the server, if it runs.
func (d *demoAgain) stop() {
	if d.server != nil {
		d.server.close()
		d.server = nil
	}
}
