package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultTarget is what requests are forwarded to where no target is named.
const DefaultTarget = "localhost:3000/vapi/webhook"

// errNotTarget is what ParseTarget returns for a bare word, which is more likely
// a mistyped command than a host.
var errNotTarget = errors.New("a word alone is not a target; write a port, host:port or URL such as " + DefaultTarget)

// ParseTarget reads the server that requests are forwarded or sent to: a port
// (3000 or :3000) on localhost; localhost; a host with a dot, digit, hyphen or
// port, which is reached by http; or an http or https URL. Each may have a path
// and a query, which are kept as written. The empty text is DefaultTarget.
//
// The path of the result is never empty: it is / where s names none. A port is
// only there where s has one. Anything else that could be meant by s, such as
// credentials or a fragment, is refused with the reason; a bare word with an
// error that is errNotTarget.
func ParseTarget(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		s = DefaultTarget
	}
	t := splitTarget(s)
	err := t.refused()
	var host string
	if err == nil {
		host, err = t.host()
	}
	var u *url.URL
	if err == nil {
		u, err = url.Parse(t.scheme + "://" + host + t.rest)
	}
	if err != nil {
		if wrong := (*url.Error)(nil); errors.As(err, &wrong) {
			err = wrong.Err // without the whole URL, which is said already
		}
		return nil, fmt.Errorf("target %s: %w", shownTarget(s), err)
	}
	return u, nil
}

// writtenTarget is a target in its parts.
type writtenTarget struct {
	scheme    string // in lower case; http where none was written
	isURL     bool   // the scheme was written
	authority string // the host and the port
	rest      string // path, query and what follows; begins with a slash
}

func splitTarget(s string) writtenTarget {
	t := writtenTarget{scheme: "http", authority: s}
	scheme, after, found := strings.Cut(s, "://")
	if found && !strings.ContainsAny(scheme, "/?#") { // else the :// stands in the path or the query
		t.scheme, t.isURL, t.authority = strings.ToLower(scheme), true, after
	}
	if end := strings.IndexAny(t.authority, "/?#"); end >= 0 {
		t.authority, t.rest = t.authority[:end], t.authority[end:]
	}
	if !strings.HasPrefix(t.rest, "/") {
		t.rest = "/" + t.rest
	}
	return t
}

var (
	errSpace       = errors.New("spaces and control characters have no place in it")
	errSlashes     = errors.New("after http: and https: belong two slashes")
	errCredentials = errors.New("a user name and password in a URL would be recorded with every exchange; leave them out and send a header or a secret instead")
	errFragment    = errors.New("a fragment (from # on) is never sent to a server; leave it out, or write %23")
	errNoHost      = errors.New("there is no host; write one, such as " + DefaultTarget)
	errNoPort      = errors.New("there is no port after the colon")
	errIPv6        = errors.New("an IPv6 address stands in brackets, such as [::1]:3000")
)

// refused returns why a target cannot be used, whatever its host; nil where it
// may be.
func (t writtenTarget) refused() error {
	switch {
	case strings.ContainsFunc(t.scheme+t.authority+t.rest, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errSpace
	case t.scheme == "ws" || t.scheme == "wss":
		return fmt.Errorf("write http%s:// (WebSockets are forwarded too)", t.scheme[2:])
	case t.scheme != "http" && t.scheme != "https":
		return fmt.Errorf("only http:// and https:// can be forwarded to, not %s://", short(t.scheme))
	case strings.EqualFold(t.authority, "http:"), strings.EqualFold(t.authority, "https:"):
		return errSlashes
	case strings.Contains(t.authority, "@"):
		return errCredentials
	case strings.Contains(t.rest, "#"):
		return errFragment
	}
	return nil
}

// host returns the host of a target, with its port where it has one.
func (t writtenTarget) host() (string, error) {
	authority := t.authority
	if !t.isURL && isDigits(authority) {
		authority = ":" + authority
	}
	host, port, hasPort, err := splitPort(authority)
	switch {
	case err != nil:
		return "", err
	case host == "" && hasPort && !t.isURL:
		host = "localhost"
	case host == "":
		return "", errNoHost
	case !t.isURL && !hasPort && isBareWord(host):
		return "", errNotTarget
	case isDigits(host):
		return "", fmt.Errorf("%s is a port, not a host; write localhost:%[1]s", short(host))
	case !strings.HasPrefix(authority, "[") && !isHostName(host):
		return "", fmt.Errorf("%q is not the name of a host", short(host))
	}
	if hasPort {
		port = ":" + port
	}
	return strings.ToLower(host) + port, nil
}

// splitPort cuts an authority into its host, brackets included, and its port.
func splitPort(authority string) (host, port string, hasPort bool, err error) {
	if strings.HasPrefix(authority, "[") {
		address, after, closed := strings.Cut(authority[1:], "]")
		ip, notIP := netip.ParseAddr(address)
		if !closed || notIP != nil || !ip.Is6() || ip.Zone() != "" || after != "" && after[0] != ':' {
			return "", "", false, errIPv6
		}
		host, port, hasPort = "["+address+"]", strings.TrimPrefix(after, ":"), after != ""
	} else {
		if _, err := netip.ParseAddr(authority); err == nil && strings.Contains(authority, ":") {
			return "", "", false, errIPv6
		}
		host, port, hasPort = strings.Cut(authority, ":")
		if plain, err := url.PathUnescape(host); err == nil {
			host = plain // letters beyond ASCII, as a URL may write them
		}
	}
	if !hasPort {
		return host, "", false, nil
	}
	if port == "" {
		return "", "", false, errNoPort
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", "", false, fmt.Errorf("port %q is not a number from 1 to 65535", short(port))
	}
	return host, strconv.FormatUint(n, 10), true, nil
}

// isBareWord reports whether host could as well be a word of any other kind.
func isBareWord(host string) bool {
	return !strings.EqualFold(host, "localhost") && !strings.HasPrefix(host, "[") && !strings.ContainsAny(host, ".-0123456789")
}

// isHostName reports whether host can be one: letters, digits, hyphens, points
// and underscores, of which a letter or digit comes first.
func isHostName(host string) bool {
	for i, r := range host {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && i > 0, r == '_':
		case i > 0 && (r == '-' || r == '.'):
		default:
			return false
		}
	}
	return host != "" && utf8.ValidString(host)
}

// isDigits reports whether s is digits alone, at least one.
func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// shownTarget quotes a target for a message, without what stands before an @,
// which may be a password.
func shownTarget(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		s = "…" + s[at:]
	}
	return strconv.Quote(short(s))
}

// short cuts what someone typed to what still reads well in a message of one
// line.
func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
