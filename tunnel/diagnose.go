package tunnel

import (
	"context"
	"log/slog"
	"time"

	"golang.ngrok.com/ngrok/v2"
)

// Way is how far one gets towards ngrok's edge, step by step.
type Way struct {
	Edge      string        // the host and port
	Proxy     string        // the proxy on the way, without its password; empty for none
	TCP       bool          // it takes connections
	TLS       bool          // its certificate is trusted
	Protocol  bool          // it speaks the tunnel's protocol
	Region    string        // where it is, as ngrok calls it
	RoundTrip time.Duration // a question and its answer, once connected
	Failure   *Failure      // why a step failed; nil where all went well
}

// Diagnose tries the way to ngrok's edge as Ngrok would go it, without logging
// in: it needs no token and disturbs no session.
func Diagnose(ctx context.Context, s Settings) Way {
	d := newDialer(s, nil)
	w := Way{Edge: s.edge()}
	if d.proxy != nil {
		w.Proxy = d.proxy.Redacted()
	}
	options := []ngrok.AgentOption{
		ngrok.WithAgentConnectURL(s.edge()), ngrok.WithDialer(d), ngrok.WithTLSConfig(serverName(s.edge())),
		ngrok.WithLogger(slog.New(slog.DiscardHandler)),
	}
	if s.CAs != nil {
		options = append(options, ngrok.WithAgentConnectCAs(s.CAs))
	}
	agent, err := ngrok.NewAgent(options...)
	if err != nil {
		w.Failure = explain(err, s)
		return w
	}
	result, err := agent.(ngrok.Diagnoser).Diagnose(ctx, "")
	if err != nil {
		w.Failure = explain(err, s)
		w.TCP = !ngrok.IsTCPDiagnoseFailure(err)
		w.TLS = ngrok.IsMuxadoDiagnoseFailure(err)
		return w
	}
	w.TCP, w.TLS, w.Protocol = true, true, true
	w.Region, w.RoundTrip = result.Region, result.Latency
	return w
}
