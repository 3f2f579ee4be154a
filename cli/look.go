package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vapitap/internal/dial"
	"vapitap/record"
)

// lookTime is how long a server may take to be there when a run begins.
const lookTime = time.Second

// lookForServer connects to the target once, and says where nothing is there, so
// that nobody learns it from the first call. The connection is closed at once. A
// target that is reached through a proxy is not looked for.
func lookForServer(ctx context.Context, target *url.URL, hold time.Duration, say func(string)) {
	if proxy, err := dial.Transport(false).Proxy(&http.Request{URL: target}); proxy != nil || err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	conn, err := dial.Dialer().DialContext(ctx, "tcp", dial.Address(target))
	if err == nil {
		conn.Close()
		return
	}
	if sentence := notThere(target, hold, err); sentence != "" {
		say(sentence)
	}
}

// notThere says what the error of a connection tells of a server, and nothing
// where it may be there all the same.
func notThere(target *url.URL, hold time.Duration, err error) string {
	var lookup *net.DNSError
	switch {
	case dial.Refused(err) && hold > 0:
		return fmt.Sprintf("nothing listens on %s yet; requests are held %s for it", dial.Address(target), record.FormatDuration(hold))
	case dial.Refused(err):
		return fmt.Sprintf("nothing listens on %s yet; requests get a 502 until it does", dial.Address(target))
	case errors.As(err, &lookup) && lookup.IsNotFound:
		sentence := dial.Reason(err)
		if meant := meantPort(target); meant != "" {
			sentence += "; did you mean " + meant + "?"
		}
		return sentence
	}
	return ""
}

// meantPort returns the target that was probably meant where a port and a path
// were run together, as in 3000vapi; "" where they were not.
func meantPort(target *url.URL) string {
	host := target.Hostname()
	path := strings.TrimLeft(host, "0123456789")
	if path == host || path == "" || target.Port() != "" || strings.ContainsAny(path, ".-:") {
		return ""
	}
	return strings.TrimSuffix(host[:len(host)-len(path)]+"/"+path+target.RequestURI(), "/")
}
