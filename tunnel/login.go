package tunnel

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"golang.ngrok.com/ngrok/v2"
)

// Login is what ngrok says to who logs in.
type Login struct {
	Account, Plan, Region string // as far as ngrok tells
}

// TryLogin logs in at ngrok and out again: it proves the authtoken. It asks for
// no address, so that nothing is public meanwhile, but it is a session for as
// long as it takes. version is that of the program.
func TryLogin(ctx context.Context, s Settings, version string) (Login, *Failure) {
	if s.Token == "" {
		return Login{}, refusal("ERR_NGROK_4018", "", s, nil)
	}
	login, failure := logIn(ctx, s, version)
	if failure == nil && login == (Login{}) {
		// The SDK (2.4.0) overwrites what the edge told with nothing where that came
		// before it had made the session ready for it.
		login, failure = logIn(ctx, s, version)
	}
	return login, failure
}

func logIn(ctx context.Context, s Settings, version string) (Login, *Failure) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	options := []ngrok.AgentOption{
		ngrok.WithAuthtoken(s.Token), ngrok.WithAgentConnectURL(s.edge()), ngrok.WithDialer(newDialer(s, nil)),
		ngrok.WithTLSConfig(serverName(s.edge())), ngrok.WithLogger(slog.New(slog.DiscardHandler)),
		ngrok.WithClientInfo("vapitap", cmp.Or(version, "0")),
		ngrok.WithEventHandler(func(event ngrok.Event) {
			// The SDK would try again for as long as ctx lasts.
			if e, ok := event.(*ngrok.EventAgentDisconnected); ok && e.Error != nil {
				cancel(explain(e.Error, s))
			}
		}),
	}
	if s.CAs != nil {
		options = append(options, ngrok.WithAgentConnectCAs(s.CAs))
	}
	agent, err := ngrok.NewAgent(options...)
	if err != nil {
		return Login{}, explain(err, s)
	}
	defer agent.Disconnect()
	if err := agent.Connect(ctx); err != nil {
		var f *Failure
		if errors.As(context.Cause(ctx), &f) {
			return Login{}, f
		}
		return Login{}, explain(err, s)
	}
	var login Login
	if current, err := agent.Session(); err == nil {
		if details, ok := current.(ngrok.AgentSessionDetails); ok {
			login = Login{Account: details.AccountName(), Plan: details.PlanName(), Region: details.Region()}
		}
	}
	return login, nil
}
