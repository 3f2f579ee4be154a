// Package api asks Vapi's REST API for assistants, phone numbers, tools, squads
// and calls, and changes the first three.
//
// Raw JSON in, raw JSON out: what stands in an object and is not known here
// comes back untouched. What an object means, and what is to be changed about
// it, is for others to say; so is the journal of what was changed. The stand-in
// for tests is in apitest.
//
// Facts come from Vapi's documentation of its API (paths, limits of lists, keys)
// and from what the service answers: errors are objects with a message, which is
// a string or a list of strings, an error and a statusCode.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Kind is a kind of object, as it is called in the API's paths.
type Kind string

// The kinds. Squads and calls are only read.
const (
	Assistant   Kind = "assistant"
	PhoneNumber Kind = "phone-number"
	Tool        Kind = "tool"
	Squad       Kind = "squad"
	Call        Kind = "call"
)

// String returns the kind as a person says it.
func (k Kind) String() string { return strings.ReplaceAll(string(k), "-", " ") }

// DefaultBaseURL is where Vapi's API is.
const DefaultBaseURL = "https://api.vapi.ai"

// The environment variables that FromEnvironment reads.
const (
	KeyVariable     = "VAPI_API_KEY"
	BaseURLVariable = "VAPI_BASE_URL"
)

// ErrNoKey is that no API key is configured.
var ErrNoKey = errors.New("no key for Vapi's API: " + KeyVariable + " is not set\nhint: copy the private key from dashboard.vapi.ai > API Keys")

// Options say how a Client reaches the API. Key is required.
type Options struct {
	Key     string
	BaseURL string        // "" for DefaultBaseURL; https, or http on this machine
	Timeout time.Duration // of one try, its answer included; 0 for 30 s
	Pause   time.Duration // before the second try, twice that before the third; 0 for 500 ms
}

// A Client asks the API. It may be used by several goroutines.
type Client struct {
	base  *url.URL
	key   string
	pause time.Duration
	http  *http.Client
}

// New returns a client. It asks nothing yet.
func New(o Options) (*Client, error) {
	key := strings.TrimSpace(o.Key)
	if key == "" {
		return nil, ErrNoKey
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New(KeyVariable + " holds characters that no key has\nhint: copy the private key from dashboard.vapi.ai > API Keys again")
	}
	base, err := baseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 1 << 20
	return &Client{
		base: base, key: key, pause: orDefault(o.Pause, 500*time.Millisecond),
		http: &http.Client{
			Transport: transport,
			Timeout:   orDefault(o.Timeout, 30*time.Second),
			// The key goes where it was meant to go, and a moved API is worth a word.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// FromEnvironment returns the client that VAPI_API_KEY and VAPI_BASE_URL
// describe. The error is ErrNoKey where there is no key.
func FromEnvironment() (*Client, error) {
	return New(Options{Key: os.Getenv(KeyVariable), BaseURL: os.Getenv(BaseURLVariable)})
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// baseURL reads the address of the API. The key is not sent in clear text to
// another machine.
func baseURL(text string) (*url.URL, error) {
	if text == "" {
		text = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s: %q is no URL\nhint: leave it unset for %s", BaseURLVariable, text, DefaultBaseURL)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("%s: %s is not encrypted, and the key would be sent there\nhint: begin it with https://", BaseURLVariable, u.Redacted())
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close closes the connections that are kept for the next request. The client can
// be used all the same.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// BaseURL returns the address of the API, without a slash at its end.
func (c *Client) BaseURL() string { return c.base.String() }

// Get returns the object of that id, a JSON object as the API wrote it.
func (c *Client) Get(ctx context.Context, kind Kind, id string) ([]byte, error) {
	return c.object(ctx, http.MethodGet, c.path(kind, id), nil)
}

// Patch replaces the members of an object that change, a JSON object, names: each
// of them whole, so that what is not in it is lost. It returns the object as it
// is afterwards.
//
// What change holds must not depend on what is there: it is sent again where the
// API failed, as it is when it answers 5xx or breaks the connection. Where the
// error is not of the API (see Error), nobody knows whether the change was made.
func (c *Client) Patch(ctx context.Context, kind Kind, id string, change []byte) ([]byte, error) {
	return c.object(ctx, http.MethodPatch, c.path(kind, id), change)
}

func (c *Client) path(kind Kind, id string) string {
	return "/" + string(kind) + "/" + url.PathEscape(id)
}

// object asks for what has to be one JSON object.
func (c *Client) object(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	text, err := c.ask(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		return nil, c.strange(method, path, "it is no JSON object")
	}
	return text, nil
}

// strange is the error of an answer that is not one of Vapi's.
func (c *Client) strange(method, path, why string) error {
	return &Error{Method: method, Path: path, Reason: ErrStrange, Host: c.base.Host, Said: why}
}
