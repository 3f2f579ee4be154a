package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"vapitap/internal/dial"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
	"vapitap/vapi/api"
)

// mostLooked is how many exchanges are looked at to find the last that came
// through a tunnel.
const mostLooked = 5000

var errLooked = errors.New("looked far enough back")

// readStore tries the store, and reads what the other parts want to know of it.
func (d *examination) readStore(ctx context.Context) {
	store, err := d.openStore(record.Options{})
	if err != nil {
		d.store = found("store", levelError, errors.New(strings.Replace(err.Error(), "; ", "\nhint: ", 1)))
		return
	}
	defer store.Close()
	if _, err := store.Delete([]int64{0}); err != nil { // which no exchange has: it only has to be written
		d.store = found("store", levelError, err)
		return
	}
	kept := ""
	if st, err := os.Stat(store.Path()); err == nil {
		kept = " (" + plain.Size(st.Size()) + ")"
	}
	d.store = good("store", "%s can be written%s", store.Path(), kept)
	if traffic, err := store.TunnelMonth(ctx, time.Now()); err == nil {
		d.traffic = allowanceOf(traffic)
	}
	looked := 0
	store.Each(ctx, record.Query{}, func(e *record.Exchange) error {
		looked++
		switch {
		case looked > mostLooked:
			return errLooked
		case e.From != record.FromTunnel:
			return nil
		}
		if store.Load(ctx, e) == nil {
			d.last = e.Request.Header.Get("Host")
		}
		return errLooked
	})
}

func (d *examination) storage(context.Context) []finding { return []finding{d.store} }

// harmlessScript is a call of one message that wants no reply and that no server does
// anything about.
const harmlessScript = `{"name":"doctor","assistant":{"name":"vapitap doctor"},"steps":[{"type":"speech-update"}]}`

// server sends the harmless message and says what came back.
func (d *examination) server(ctx context.Context) []finding {
	const check = "server"
	target := d.options.target
	m, err := harmlessMessage(target)
	if err != nil {
		return []finding{found(check, levelError, err)}
	}
	sender := replay.Sender{From: record.FromSimulate, SkipVerify: true, Timeout: 10 * time.Second}
	e, err := sender.Send(ctx, m)
	if err != nil {
		const do = "start your server, or say where it listens: vapitap doctor 3000/vapi/webhook"
		var none *replay.NoReplyError
		if errors.As(err, &none) {
			return []finding{wrong(check, do, "no answer from %s: %s", none.Server, none.Reason)}
		}
		return []finding{wrong(check, do, "no answer from %s: %v", target.Host, err)}
	}
	answered := fmt.Sprintf("%s answers a harmless message with %d after %s", target, e.Status, plain.Duration(e.Duration))
	switch {
	case e.Status >= 200 && e.Status < 300:
		return []finding{good(check, "%s", answered)}
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		return []finding{noted(check, "if it wants the secret that Vapi shows: "+secretVariable+"=... vapitap doctor", "%s", answered)}
	case e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed:
		return []finding{wrong(check, "name the path at which your server takes Vapi's messages: vapitap doctor "+target.Host+"/vapi/webhook", "%s", answered)}
	}
	return []finding{wrong(check, "look into your server's log: it should answer 200 to every message, also to those that it does not know", "%s", answered)}
}

// harmlessMessage is signed where the environment has a secret.
func harmlessMessage(target *url.URL) (replay.Message, error) {
	script, err := vapi.ParseScenario([]byte(harmlessScript))
	if err != nil {
		return replay.Message{}, err
	}
	call, err := vapi.NewCall(vapi.CallOptions{Script: script, Start: time.Now(), Seed: "doctor", Server: target.String()})
	if err != nil {
		return replay.Message{}, err
	}
	step, _ := call.Next()
	m := replay.Message{Method: http.MethodPost, URL: target, Header: step.Header, Body: step.Body}
	keys, err := new(authFlags).keyring()
	if err == nil && keys != nil {
		keys.Sign(m.Header, m.Method, m.URL, m.Body, time.Now())
	}
	return m, err
}

// How far the clock may be off: Vapi's signatures have timestamps, which servers
// accept for minutes.
const (
	clockNoticed = 5 * time.Second
	clockWrong   = time.Minute
)

// clock compares this machine's with that of Vapi's API.
func (d *examination) clock(ctx context.Context) []finding {
	const check = "clock"
	const how = "is this machine online?"
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, cmp.Or(os.Getenv(api.BaseURLVariable), api.DefaultBaseURL), nil)
	if err != nil {
		return []finding{noted(check, "", "it was not compared: %s is no URL", api.BaseURLVariable)}
	}
	transport := dial.Transport(false)
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	before := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return []finding{noted(check, how, "it was not compared: no answer from %s", request.URL.Host)}
	}
	response.Body.Close()
	there, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return []finding{noted(check, "", "it was not compared: %s does not tell the time", request.URL.Host)}
	}
	return []finding{clockFinding(before, time.Now(), there)}
}

// clockFinding judges the time there, which is whole seconds, by the times here
// before and after it was told.
func clockFinding(before, after, there time.Time) finding {
	const check, do = "clock", "set it by the network (NTP): signatures have timestamps, which a server whose clock is wrong refuses"
	off := time.Duration(0)
	switch {
	case there.Add(time.Second).Before(before):
		off = before.Sub(there.Add(time.Second)) // this one is ahead
	case there.After(after):
		off = after.Sub(there)
	}
	direction := "ahead of"
	if off < 0 {
		direction = "behind"
	}
	switch off := off.Abs(); {
	case off < clockNoticed:
		return good(check, "right to the second or so, by that of Vapi's API")
	case off < clockWrong:
		return noted(check, do, "%s %s that of Vapi's API", plain.Duration(off), direction)
	default:
		return wrong(check, do, "%s %s that of Vapi's API", plain.Duration(off), direction)
	}
}

// terminal says what the terminal can show.
func (d *examination) terminal(context.Context) []finding {
	const check = "terminal"
	if !onTerminal(d.in) || !onTerminal(d.out) {
		return []finding{noted(check, "", "none: output goes as text, and nothing is asked")}
	}
	if os.Getenv("TERM") == "dumb" {
		return []finding{noted(check, "", "TERM is dumb: output goes as text")}
	}
	colours := fmt.Sprint(d.style.profile)
	var list []finding
	width, height := 0, 0
	if file, ok := d.out.(*os.File); ok {
		width, height, _ = term.GetSize(int(file.Fd()))
	}
	f := good(check, "%s, %d × %d cells, %s", cmp.Or(os.Getenv("TERM"), "unknown"), width, height, colours)
	const leastWidth, leastHeight = 60, 15
	if width > 0 && (width < leastWidth || height < leastHeight) {
		f = noted(check, "make it larger for the terminal interface, or use --output text", "%s", f.Finding)
	}
	list = append(list, f)
	if locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")); !utf8Locale(locale) {
		list = append(list, noted(check, "signs such as ✓ may come out wrong; LANG=C.UTF-8 mends that", "its locale %q is not UTF-8", locale))
	}
	return list
}

// utf8Locale reports whether a locale writes UTF-8. Windows and macOS do where
// none is set.
func utf8Locale(locale string) bool {
	if locale == "" {
		return filepath.Separator == '\\' || os.Getenv("TERM_PROGRAM") != ""
	}
	name := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
	return strings.Contains(name, "utf8")
}
