package tunnel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"vapitap/internal/dial"
)

// Kind is what a failure is about.
type Kind int

// The kinds of failure.
const (
	Refused       Kind = iota // ngrok refuses for a reason that has no kind of its own
	Token                     // the authtoken is missing or not accepted
	Account                   // the account, or the place it is used from
	Sessions                  // too many sessions or endpoints at once for the plan
	Domain                    // the address asked for: not ours, or taken
	Outdated                  // ngrok wants a newer version
	Unreachable               // no way to the edge
	Untrusted                 // something on the way shows a certificate of its own
	Proxy                     // the proxy on the way refuses
	Lost                      // the edge ended the connection
	Stopped                   // somebody stopped it at ngrok
	Misconfigured             // what was configured cannot be used
)

func (k Kind) String() string {
	return [...]string{"refused", "authtoken", "account", "session limit", "domain", "outdated",
		"no way to ngrok", "certificate", "proxy", "connection lost", "stopped", "settings"}[k]
}

// Failure is why there is no tunnel, or none at the moment.
type Failure struct {
	Kind Kind
	Code string // ngrok's, such as ERR_NGROK_107; empty where it is not ngrok that says so
	Says string // what happened and why: one clause, lower case
	Do   string // what to do about it; empty where there is nothing
	Err  error  // what it was made of; nil where there is no more to know
}

// Sentence says what happened, without what to do.
func (f *Failure) Sentence() string {
	if f.Code == "" {
		return f.Says
	}
	return f.Says + " (" + f.Code + ")"
}

// Error says what happened, and in a second line what to do.
func (f *Failure) Error() string {
	if f.Do == "" {
		return f.Sentence()
	}
	return f.Sentence() + "\nhint: " + f.Do
}

func (f *Failure) Unwrap() error { return f.Err }

// hopeless reports whether trying again cannot mend it.
func (f *Failure) hopeless() bool {
	switch f.Kind {
	case Unreachable, Lost, Proxy:
		return false
	}
	return true
}

// passing reports whether the edge may say so only because it has not yet
// noticed that the session before is gone.
func (f *Failure) passing() bool { return f.Kind == Sessions || f.Code == "ERR_NGROK_334" }

// without is the end of most hints.
const without = "; --tunnel none goes without"

var codePattern = regexp.MustCompile(`ERR_NGROK_\d+`)

// explain says what err, of the SDK or of our dialer, means.
func explain(err error, s Settings) *Failure {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	text := err.Error()
	if code := codePattern.FindString(text); code != "" {
		return refusal(code, text, s, err)
	}
	return wayFailure(err, s.edge())
}

// wayFailure says why the edge could not be reached or talked to.
func wayFailure(err error, edge string) *Failure {
	f := &Failure{Kind: Unreachable, Err: err}
	var (
		dns     *net.DNSError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case untrusted(err):
		return untrustedFailure(err, edge)
	case errors.As(err, &dns):
		f.Says = fmt.Sprintf("no way to ngrok: %s was not found (%s)", dns.Name, dnsReason(dns))
		f.Do = "is this machine online?" + without
	case offline(err):
		f.Says = "no way to ngrok: this machine has no network to " + edge
		f.Do = "is this machine online?" + without
	case dial.Refused(err):
		f.Says = "no way to ngrok: " + edge + " refuses connections"
		f.Do = "is connect_url in ngrok.yml right, and may this network reach it? See https://ngrok.com/docs/guides/running-behind-firewalls" + without
	case errors.As(err, &record):
		f.Kind = Untrusted
		f.Says = "what answers at " + edge + " does not speak TLS"
		f.Do = "is a login page or a proxy of this network in between? Set proxy_url in ngrok.yml, or use another network" + without
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Says = "no way to ngrok: no answer from " + edge
		f.Do = "does a firewall stop it? If this network wants a proxy, set proxy_url in ngrok.yml" + without
	case errors.Is(err, io.EOF), dial.Broken(err), strings.Contains(err.Error(), "session closed"), strings.Contains(err.Error(), "EOF"):
		f.Kind = Lost
		f.Says = edge + " ended the connection"
		f.Do = "if it stays so, see https://status.ngrok.com" + without
	default:
		f.Kind = Lost
		f.Says = "the connection to " + edge + " failed: " + oneLine(err.Error())
		f.Do = "if it stays so, see https://status.ngrok.com" + without
	}
	return f
}

// What Windows has in place of ENETUNREACH and EHOSTUNREACH, which package
// syscall does not name.
const (
	networkUnreachable = syscall.Errno(10051)
	hostUnreachable    = syscall.Errno(10065)
)

// offline reports whether err says that there is no network to where it goes.
func offline(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) ||
		errors.Is(err, networkUnreachable) || errors.Is(err, hostUnreachable)
}

func dnsReason(e *net.DNSError) string {
	switch {
	case e.IsNotFound:
		return "no such host"
	case e.IsTimeout:
		return "the DNS server does not answer"
	}
	return oneLine(e.Err)
}

// untrusted reports whether err says that a certificate was not accepted.
func untrusted(err error) bool {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return dial.Untrusted(err) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}

// untrustedFailure names whose certificate it is, where that is known.
func untrustedFailure(err error, edge string) *Failure {
	f := &Failure{Kind: Untrusted, Err: err}
	f.Says = "the certificate of " + edge + " is not trusted"
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) && len(verification.UnverifiedCertificates) > 0 {
		leaf := verification.UnverifiedCertificates[0]
		if now := time.Now(); now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
			f.Says += ": it is valid from " + leaf.NotBefore.Format(time.DateOnly) + " to " + leaf.NotAfter.Format(time.DateOnly)
			f.Do = "is the clock of this machine right?" + without
			return f
		}
		f.Says += ": it comes from " + quoted(issuer(leaf)) + ", not from ngrok"
	}
	f.Do = "a proxy in between reads what passes: ask for an exception for " + edge +
		", or trust what this machine trusts: connect_cas: host under agent: in ngrok.yml (version 2: root_cas: host)" + without
	return f
}

// issuer names who made a certificate.
func issuer(c *x509.Certificate) string {
	switch {
	case c.Issuer.CommonName != "":
		return c.Issuer.CommonName
	case len(c.Issuer.Organization) > 0:
		return c.Issuer.Organization[0]
	}
	return "an unnamed authority"
}

// quoted puts foreign text in quotes, short and printable.
func quoted(text string) string { return fmt.Sprintf("%q", shortened(text, 60)) }

// oneLine is foreign text, short, printable and on one line.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
	return shortened(strings.Join(strings.Fields(text), " "), 240)
}

func shortened(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
