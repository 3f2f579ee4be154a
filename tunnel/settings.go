package tunnel

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// defaultEdge is where ngrok's agents connect to, from ngrok's documentation.
const defaultEdge = "connect.ngrok-agent.com:443"

// Settings are how ngrok is reached and as whom.
type Settings struct {
	// Token is the authtoken; empty where none was found.
	Token string
	// TokenFrom names where it was found, for people: a file or a variable.
	TokenFrom string
	// Edge is the host and port that the agent connects to; empty for ngrok's own.
	Edge string
	// CAs are trusted for the edge; nil for ngrok's own.
	CAs *x509.CertPool
	// Proxy is the proxy to the edge, with scheme http, https or socks5; nil for
	// what HTTPS_PROXY and the like name.
	Proxy *url.URL
	// File is the agent's configuration that was read; empty where there is none.
	File string
}

// edge is the host and port that are connected to.
func (s Settings) edge() string {
	if s.Edge == "" {
		return defaultEdge
	}
	return s.Edge
}

// Search says where settings are looked for. The zero value is what the
// machine and its environment say.
type Search struct {
	TokenFile string              // the file of --authtoken-file; empty for none
	Getenv    func(string) string // nil is os.Getenv
	Home      string              // the home folder; empty is that of the user
	System    string              // as runtime.GOOS; empty is this one
}

// Find looks for the settings of ngrok: the token in the file that is named,
// then in NGROK_AUTHTOKEN, then in the agent's own configuration; the rest in
// that configuration alone. Where there is no token it returns settings without
// one. An error names the file, the line where there is one, and what to do.
func Find(search Search) (Settings, error) {
	search.fill()
	var s Settings
	if search.TokenFile != "" { // wrong usage comes before what an agent left behind
		token, err := readToken(search.TokenFile)
		if err != nil {
			return s, err
		}
		s.Token, s.TokenFrom = token, search.TokenFile
	}
	if token := strings.TrimSpace(search.Getenv("NGROK_AUTHTOKEN")); s.Token == "" && token != "" {
		s.Token, s.TokenFrom = token, "NGROK_AUTHTOKEN"
	}
	return s, s.readAgentFiles(search)
}

// readAgentFiles adds what the agent's configuration says and s does not yet.
func (s *Settings) readAgentFiles(search Search) error {
	files, named := search.agentFiles()
	for _, file := range files {
		text, err := readBounded(file)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !named:
			continue
		case err != nil:
			return fmt.Errorf("read ngrok's configuration: %w", err)
		}
		if err := s.addAgentFile(file, text); err != nil {
			return err
		}
		if !named {
			break // the first that is there; those that were named add up
		}
	}
	return nil
}

// maxFile is more than any file that is read here has.
const maxFile = 1 << 20

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: more than 1 MiB; is it the right file?", file)
	}
	return text, err
}

// readToken reads a file that has a token and nothing else.
func readToken(file string) (string, error) {
	text, err := readBounded(file)
	if err != nil {
		return "", fmt.Errorf("--authtoken-file: %w", err)
	}
	token := strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff"))
	switch {
	case token == "":
		return "", fmt.Errorf("--authtoken-file: %s is empty\nhint: it has the authtoken and nothing else; get it at %s", file, tokenPage)
	case strings.ContainsAny(token, " \t\r\n"):
		return "", fmt.Errorf("--authtoken-file: %s has more than one word\nhint: it has the authtoken and nothing else; get it at %s", file, tokenPage)
	}
	return token, nil
}

// parseEdge reads an address as connect_url and server_addr have it.
func parseEdge(text string) (string, error) {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = strings.TrimSuffix(rest, "/")
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "443"
	}
	if host == "" || port == "" || strings.ContainsAny(host, " /?#@\\") || strings.ContainsAny(port, " /?#@\\") {
		return "", fmt.Errorf("%q is no host and port", shortened(text, 80))
	}
	return net.JoinHostPort(host, port), nil
}

// parseProxy reads the address of a proxy.
func parseProxy(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, errors.New("it is no URL; want one such as http://proxy.example:3128") // the URL may hold a password
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("its scheme is %q; want http, https or socks5", shortened(u.Scheme, 20))
}

// readCAs reads certificates of authorities. A relative file is looked for in
// the working folder, then beside the configuration that names it.
func readCAs(file, beside string) (*x509.CertPool, error) {
	text, err := readBounded(file)
	if errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(file) {
		text, err = readBounded(filepath.Join(filepath.Dir(beside), file))
	}
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM form", file)
	}
	return pool, nil
}

// Address reads what --url says: a domain, or a URL of one without a path. It
// returns the URL.
func Address(text string) (string, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || strings.ContainsAny(u.Host, " "):
		return "", fmt.Errorf("%q is no domain\nhint: one of %s, such as kind-fox.ngrok-free.dev", shortened(text, 80), domainsPage)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%q: the scheme is https or http", shortened(text, 80))
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("%q: a domain has no path; all paths of it lead here", shortened(text, 80))
	}
	return u.Scheme + "://" + u.Host, nil
}
