// Package dial knows how a developer's server is reached: through which proxy,
// under whose certificate, without anything done to the bytes on the way, and
// in words why it could not be.
//
// What is sent, whether it is sent again, and who is told, belongs to those who
// send.
package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// ConnectTimeout is how long a connection may take to come about.
const ConnectTimeout = 10 * time.Second

// Dialer returns what connections are made with.
func Dialer() *net.Dialer {
	return &net.Dialer{Timeout: ConnectTimeout, KeepAlive: 15 * time.Second}
}

// Transport returns a transport over which bodies pass as they are, compressed
// ones included, and HTTP/1.1 alone is spoken. Servers on this machine are
// reached directly, others through the proxy that HTTP_PROXY and the like name.
// skipVerify accepts any certificate.
//
// Its caller may change it before its first use.
func Transport(skipVerify bool) *http.Transport {
	return &http.Transport{
		Proxy:              environmentProxy,
		DialContext:        Dialer().DialContext,
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: skipVerify}, // only where the developer asks for it
		DisableCompression: true,                                        // else gzip would be undone on the way
		// Gunicorn closes idle connections after 2 s, Node and uvicorn after 5 s. A
		// request on one that is just being closed fails.
		IdleConnTimeout:        1500 * time.Millisecond,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		WriteBufferSize:        32 << 10,
		ReadBufferSize:         32 << 10,
	}
}

// environmentProxy is the proxy that HTTP_PROXY and the like name, but for
// servers on this machine.
func environmentProxy(r *http.Request) (*url.URL, error) {
	host := r.URL.Hostname()
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && (ip.IsLoopback() || ip.IsUnspecified())) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}

// connectionRefused is what Windows has in place of ECONNREFUSED, which package
// syscall does not name.
const connectionRefused = syscall.Errno(10061)

// Refused reports whether err says that nothing listens at the address.
func Refused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, connectionRefused)
}

// Untrusted reports whether err says that the server's certificate was not
// accepted.
func Untrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// Broken reports whether err says that a connection was there and ended too
// early.
func Broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) ||
		closedIdle(err)
}

// closedIdle recognises what http.Transport returns for a kept connection that
// the server closed at the moment a request was put on it. The error has no
// exported name.
func closedIdle(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if err.Error() == "http: server closed idle connection" {
			return true
		}
	}
	return false
}

// Reason says why no answer came, without the addresses and verbs that Go's
// errors have in front.
func Reason(err error) string {
	var unknownHost *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var network net.Error
	switch {
	case Refused(err):
		return "connection refused"
	case errors.As(err, &unknownHost) && unknownHost.IsNotFound:
		return "no host is called " + unknownHost.Name
	case errors.As(err, &unknownHost):
		return fmt.Sprintf("the name %s could not be looked up: %s", unknownHost.Name, unknownHost.Err)
	case errors.As(err, &certificate):
		return fmt.Sprintf("its certificate is not trusted: %v", certificate.Err)
	case errors.As(err, &record):
		return "it does not speak TLS (try http://)"
	case Broken(err):
		return "it closed the connection without an answer"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return fmt.Sprintf("no connection within %s", ConnectTimeout)
	}
	return err.Error()
}
