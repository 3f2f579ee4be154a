package tunnel_test

import (
	"context"
	"testing"
	"time"

	"vapitap/tunnel"
	"vapitap/tunnel/ngroktest"
)

func TestLogin(t *testing.T) {
	edge := ngroktest.Start(t, ngroktest.Options{Account: "Ada", Plan: "Free"})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s := tunnel.Settings{Token: ngroktest.Token, TokenFrom: "NGROK_AUTHTOKEN", Edge: edge.Address(), CAs: edge.CAs()}
	login, failure := tunnel.TryLogin(ctx, s, "1")
	if failure != nil || login.Account != "Ada" || login.Plan != "Free" {
		t.Errorf("%+v, %v", login, failure)
	}
	if online := edge.Endpoints(); len(online) > 0 {
		t.Errorf("%v came online", online)
	}
	s.Token = "wrong"
	if _, failure = tunnel.TryLogin(ctx, s, "1"); failure == nil || failure.Kind != tunnel.Token {
		t.Errorf("with a wrong token: %v", failure)
	}
	s.Token = ""
	if _, failure = tunnel.TryLogin(ctx, s, "1"); failure == nil || failure.Code != "ERR_NGROK_4018" {
		t.Errorf("without a token: %v", failure)
	}
	edge.Leave()
	s.Token = ngroktest.Token
	if _, failure = tunnel.TryLogin(ctx, s, "1"); failure == nil || failure.Kind != tunnel.Unreachable {
		t.Errorf("without an edge: %v", failure)
	}
}
