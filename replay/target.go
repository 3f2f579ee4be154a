package replay

import (
	"errors"
	"fmt"
	"net/url"

	"vapitap/record"
)

// ErrNoTarget is what is returned for an exchange that was forwarded nowhere,
// as an imported one, where no server is named either.
var ErrNoTarget = errors.New("it was forwarded to no server that is known; name one with --to URL")

// Target returns where an exchange is sent again: the URL it was forwarded to,
// or the server to, where that is not nil. Then a path of to other than / holds
// for every exchange, and else the exchange keeps the path that it came on. It
// keeps its query as well, unless to has one.
func Target(e *record.Exchange, to *url.URL) (*url.URL, error) {
	if to == nil {
		return forwardedTo(e)
	}
	received, err := receivedAt(e)
	if err != nil {
		return nil, err
	}
	target := *to
	if target.Path == "" || target.Path == "/" {
		target.Path, target.RawPath = received.Path, received.RawPath
	}
	if target.RawQuery == "" {
		target.RawQuery, target.ForceQuery = received.RawQuery, received.ForceQuery
	}
	return &target, nil
}

func forwardedTo(e *record.Exchange) (*url.URL, error) {
	if e.Target == "" {
		return nil, ErrNoTarget
	}
	target, err := url.Parse(e.Target)
	if err != nil {
		return nil, fmt.Errorf("the URL that it was forwarded to cannot be read: %w", err)
	}
	if target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		return nil, fmt.Errorf("it was forwarded to %q, which is no http URL; name a server with --to URL", e.Target)
	}
	return target, nil
}

// receivedAt returns the path and query that the exchange came on.
func receivedAt(e *record.Exchange) (*url.URL, error) {
	if e.Path == "" || e.Path == "*" {
		return &url.URL{Path: "/"}, nil
	}
	u, err := url.ParseRequestURI(e.Path)
	if err != nil {
		return nil, fmt.Errorf("the path that it came on cannot be read: %w", err)
	}
	return u, nil
}
