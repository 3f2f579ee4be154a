package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/spf13/pflag"
)

// listenOptions are the flags of the commands that listen.
type listenOptions struct {
	port   int
	host   string
	output string
}

func (o *listenOptions) add(flags *pflag.FlagSet) {
	flags.IntVarP(&o.port, "port", "p", 4242, "listen on this `PORT`; 0 picks one and says which")
	flags.StringVar(&o.host, "host", "127.0.0.1", "listen on this `ADDRESS`")
	flags.StringVarP(&o.output, "output", "o", "", "what to show: `tui|text|json` (default tui on a terminal, else text)")
}

// check says what is wrong with the flags.
func (o *listenOptions) check() error {
	switch o.output {
	case "", outputTUI, outputText, outputJSON:
	default:
		return usagef("--output %s: want tui, text or json", o.output)
	}
	if o.port < 0 || o.port > 65535 {
		return usagef("--port %d: want 0 to 65535", o.port)
	}
	return nil
}

// listen opens the port. Where it is taken the error says by whom it may be and
// what to do.
func (o *listenOptions) listen(ctx context.Context) (net.Listener, error) {
	address := net.JoinHostPort(o.host, strconv.Itoa(o.port))
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %s: address already in use (another vapitap, or vapi listen?)\nhint: end that, or try --port %d, or --port 0 for any that is free", address, o.port+1)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("listen on %s: permission denied\nhint: ports below 1024 belong to the system; try --port 4242", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("listen on %s: this machine has no such address\nhint: --host 127.0.0.1, or 0.0.0.0 for all of this machine's", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// portOf returns the port of a TCP address.
func portOf(address net.Addr) string {
	_, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return ""
	}
	return port
}

// checkLoop refuses a target that is the listener itself: the first request
// would go round until something breaks.
func checkLoop(listener net.Addr, target *url.URL) error {
	port := target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	if port != portOf(listener) {
		return nil
	}
	host := target.Hostname()
	addresses, err := net.LookupIP(host)
	if err != nil {
		return nil // the first request will say so
	}
	listening, _ := listener.(*net.TCPAddr)
	for _, ip := range addresses {
		if ip.IsLoopback() || ip.IsUnspecified() || (listening != nil && ip.Equal(listening.IP)) || isOwn(ip) {
			return usagef("the target %s is vapitap itself, which would forward to itself without end\nhint: name the port your server listens on, or listen on another one with --port", target.Host)
		}
	}
	return nil
}

// isOwn reports whether ip is an address of this machine.
func isOwn(ip net.IP) bool {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return true
		}
	}
	return false
}

// spareMemory trades a little memory, bounded, for less work of the garbage
// collector, unless the environment says otherwise.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(56 << 20)
	}
}
