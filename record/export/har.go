package export

import (
	"bufio"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"vapitap/record"
)

// HAR writes an HTTP Archive, version 1.2, as the developer tools of browsers
// read it. Exchanges of a call are a page of it. The URL is the one the request
// was forwarded to, with the address of that server, or that of this machine
// where the request went nowhere.
//
// A HAR has text: what is not UTF-8 is in base64, and what was compressed is
// unpacked. What it has no place for, such as the call and the checks, is in the
// member _vapitap of each entry, as a list prints it, and in words in its comment.
func HAR(w io.Writer, s Source, o Options) (Tally, error) {
	c := newCleaning(o)
	var pages []*harPage
	byCall := map[string]bool{}
	err := c.learn(s, func(e *record.Exchange) {
		if e.CallID != "" && !byCall[e.CallID] {
			byCall[e.CallID] = true
			pages = append(pages, &harPage{harTime(e.Time), e.CallID, "call " + e.CallID, struct{}{}})
		}
	})
	if err != nil {
		return c.tally, err
	}
	out := bufio.NewWriter(w)
	creator, err := marshal(harCreator{"vapitap", cmp.Or(o.Version, "unknown")})
	if err != nil {
		return c.tally, err
	}
	fmt.Fprintf(out, "{\"log\":{\"version\":\"1.2\",\"creator\":%s,\n\"pages\":[", creator)
	for i, page := range pages {
		if err := writeItem(out, i, page); err != nil {
			return c.tally, err
		}
	}
	fmt.Fprint(out, "],\n\"entries\":[")
	n := 0
	err = s.each(func(e *record.Exchange) error {
		n++
		return writeItem(out, n-1, harEntryOf(c.exchange(e)))
	})
	if err != nil {
		return c.tally, err
	}
	fmt.Fprint(out, "\n]}}\n")
	return c.tally, out.Flush()
}

// writeItem writes an element of an array on a line of its own.
func writeItem(out *bufio.Writer, i int, v any) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	if i > 0 {
		out.WriteByte(',')
	}
	out.WriteByte('\n')
	_, err = out.Write(text)
	return err
}

// marshal is json.Marshal without the escaping that HTML would need.
func marshal(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

// The members of a HAR are described at http://www.softwareishard.com/blog/har-12-spec/.
type (
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harPage struct {
		StartedDateTime string   `json:"startedDateTime"`
		ID              string   `json:"id"`
		Title           string   `json:"title"`
		PageTimings     struct{} `json:"pageTimings"`
	}
	harEntry struct {
		Pageref         string           `json:"pageref,omitempty"`
		StartedDateTime string           `json:"startedDateTime"`
		Time            float64          `json:"time"` // milliseconds, as in timings
		Request         harRequest       `json:"request"`
		Response        harResponse      `json:"response"`
		Cache           struct{}         `json:"cache"`
		Timings         harTimings       `json:"timings"`
		ServerIPAddress string           `json:"serverIPAddress,omitempty"`
		Comment         string           `json:"comment,omitempty"`
		Vapitap         *record.Exchange `json:"_vapitap"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harRequest struct {
		Method      string       `json:"method"`
		URL         string       `json:"url"`
		HTTPVersion string       `json:"httpVersion"`
		Cookies     []harPair    `json:"cookies"`
		Headers     []harPair    `json:"headers"`
		QueryString []harPair    `json:"queryString"`
		PostData    *harPostData `json:"postData,omitempty"`
		HeadersSize int          `json:"headersSize"`
		BodySize    int64        `json:"bodySize"`
		Comment     string       `json:"comment,omitempty"`
		Trailers    []harPair    `json:"_trailers,omitempty"`
	}
	harPostData struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Encoding string `json:"_encoding,omitempty"` // a HAR has one for replies alone
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int64      `json:"bodySize"`
		Comment     string     `json:"comment,omitempty"`
		Error       string     `json:"_error,omitempty"` // as Chrome has it
		Trailers    []harPair  `json:"_trailers,omitempty"`
	}
	harContent struct {
		Size        int64  `json:"size"`
		Compression int64  `json:"compression,omitempty"`
		MimeType    string `json:"mimeType"`
		Text        string `json:"text,omitempty"`
		Encoding    string `json:"encoding,omitempty"`
	}
	harTimings struct {
		Blocked float64 `json:"blocked"` // -1: it does not apply
		DNS     float64 `json:"dns"`
		Connect float64 `json:"connect"`
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
		SSL     float64 `json:"ssl"`
	}
)

// harVersion stands where the version of HTTP is wanted, which is not recorded.
const harVersion = "HTTP/1.1"

func harEntryOf(e *record.Exchange) *harEntry {
	entry := &harEntry{
		Pageref: e.CallID, StartedDateTime: harTime(e.Time), Time: milliseconds(e.Duration),
		Request: harRequestOf(e), Response: harResponseOf(e),
		Timings:         harTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Wait: milliseconds(e.Duration)},
		ServerIPAddress: serverAddress(e), Comment: harComment(e), Vapitap: e,
	}
	if 0 < e.FirstByte && e.FirstByte <= e.Duration {
		entry.Timings.Wait, entry.Timings.Receive = milliseconds(e.FirstByte), milliseconds(e.Duration-e.FirstByte)
	}
	return entry
}

func harTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// milliseconds returns d in milliseconds with three decimals.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1000
}

// harComment is what the exchange was in words, and what is wrong with it.
func harComment(e *record.Exchange) string {
	lines := []string{e.Summary}
	for _, check := range e.Checks {
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", check.Level, check.Message, check.Code))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func harRequestOf(e *record.Exchange) harRequest {
	m := &e.Request
	r := harRequest{
		Method: e.Method, URL: harURL(e), HTTPVersion: harVersion,
		Cookies: []harPair{}, Headers: harPairs(m.Header), QueryString: harQuery(e),
		HeadersSize: -1, BodySize: m.Bytes, Comment: harCut(m), Trailers: harTrailers(m),
	}
	for _, line := range m.Header["Cookie"] {
		cookies, err := http.ParseCookie(line)
		if err != nil {
			continue // it is among the headers
		}
		for _, cookie := range cookies {
			r.Cookies = append(r.Cookies, harPair{cookie.Name, cookie.Value})
		}
	}
	if body := m.Decoded(); len(body) > 0 {
		text, encoding := harText(body)
		r.PostData = &harPostData{mimeType(m), text, encoding}
	}
	return r
}

func harResponseOf(e *record.Exchange) harResponse {
	m := &e.Response
	r := harResponse{
		Status: e.Status, StatusText: http.StatusText(e.Status), HTTPVersion: harVersion,
		Cookies: []harPair{}, Headers: harPairs(m.Header), Content: harContentOf(m),
		RedirectURL: m.Header.Get("Location"), HeadersSize: -1, BodySize: m.Bytes, Comment: harCut(m), Error: e.Error,
		Trailers: harTrailers(m),
	}
	if e.Unreachable {
		r.Comment = "vapitap's own: no answer came from the server"
	}
	if e.Status == 0 {
		r.HTTPVersion, r.BodySize = "", -1
	}
	for _, line := range m.Header["Set-Cookie"] {
		if cookie, err := http.ParseSetCookie(line); err == nil {
			r.Cookies = append(r.Cookies, harPair{cookie.Name, cookie.Value})
		}
	}
	return r
}

func harContentOf(m *record.Message) harContent {
	body := m.Decoded()
	content := harContent{Size: m.Bytes, MimeType: mimeType(m)}
	content.Text, content.Encoding = harText(body)
	if m.Header.Get("Content-Encoding") != "" && len(m.Body) > 0 {
		content.Size = int64(len(body))
		content.Compression = int64(len(body) - len(m.Body))
	}
	return content
}

// harText returns a body as text, and how it is encoded where it is none.
func harText(body []byte) (text, encoding string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return base64.StdEncoding.EncodeToString(body), "base64"
}

// mimeType is the type that a message has, or the one for bytes that nobody
// knows; a HAR wants one even where there is no body.
func mimeType(m *record.Message) string {
	return cmp.Or(m.Header.Get("Content-Type"), "application/octet-stream")
}

func harCut(m *record.Message) string {
	if !m.Truncated {
		return ""
	}
	return fmt.Sprintf("cut short: %d of %d bytes were recorded", len(m.Body), m.Bytes)
}

func harTrailers(m *record.Message) []harPair {
	if len(m.Trailer) == 0 {
		return nil
	}
	return harPairs(m.Trailer)
}

func harPairs(h http.Header) []harPair {
	pairs := []harPair{}
	for _, name := range record.SortedHeader(h) {
		for _, value := range h[name] {
			pairs = append(pairs, harPair{name, value})
		}
	}
	return pairs
}

// harURL is where the request was forwarded to; where that is not known, its path
// at this machine.
func harURL(e *record.Exchange) string {
	if u, err := url.Parse(e.Target); err == nil && u.Host != "" {
		return e.Target
	}
	return "http://localhost/" + strings.TrimPrefix(e.Path, "/")
}

// harQuery is the query as it was received. What is not escaped as it should be
// stays as it is.
func harQuery(e *record.Exchange) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(e.Path, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// serverAddress is the IP address of the server, where its URL tells; nothing
// where no server answered.
func serverAddress(e *record.Exchange) string {
	u, err := url.Parse(e.Target)
	if err != nil || e.Unreachable || e.Status == 0 {
		return ""
	}
	host := u.Hostname()
	if host == "localhost" {
		return "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.String()
	}
	return ""
}
