// Package export writes exchanges in forms that other programs take, and people:
// HAR, JSON lines, commands, Markdown and a page. Formats lists them.
//
// It reads what was recorded and writes text. Where that goes, a file or a
// clipboard, is for others to know; what counts as a secret is asked of package
// fixture, and what happened in a call of package timeline.
package export

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"vapitap/record"
	"vapitap/record/fixture"
)

// ofConnection are headers that are not sent again: those of one connection
// (RFC 9110, section 7.6.1), those that curl writes itself, and those that the
// way added, as X-Forwarded-* does too.
var ofConnection = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true, "Proxy-Connection": true,
	"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Content-Length": true, "Expect": true, "Forwarded": true, "Host": true,
}

// Curl returns the command that sends the request of an exchange again to a URL,
// that of the exchange's own target where it is empty. The headers and the body
// must have been loaded. It is written for sh and takes any bytes; what is no
// plain text is decoded by base64 on its way. The body arrives as it was
// recorded, and no header is sent that was not. Without secrets those of the
// request are replaced, as a fixture has them.
//
// Of a body that was not recorded whole the command sends what there is.
func Curl(e *record.Exchange, target string, secrets bool) string {
	if !secrets {
		clean, _ := fixture.Redacted(e)
		if target == e.Target {
			target = clean.Target
		}
		e = clean
	}
	if target == "" {
		target = e.Target
	}
	c := &command{}
	c.add("curl")
	c.request(e.Method, target, len(e.Request.Body) > 0)
	c.headers(e.Request.Header, len(e.Request.Body))
	c.body(e.Request.Body)
	return c.String()
}

// command is a command of several lines.
type command struct {
	before string // a pipe into it, with its end of line
	words  []string
	width  int // of the last line
}

// add adds one argument with what belongs to it on the same line, or the next.
func (c *command) add(words ...string) {
	const most = 100
	text := strings.Join(words, " ")
	switch {
	case len(c.words) == 0:
	case c.width+len(text) < most && !strings.Contains(text, "\n"):
		text = " " + text
	default:
		text = " \\\n  " + text
		c.width = 0
	}
	c.words = append(c.words, text)
	c.width += len(text)
}

func (c *command) String() string { return c.before + strings.Join(c.words, "") }

// request adds method and URL. What curl does to URLs by itself is turned off.
func (c *command) request(method, target string, body bool) {
	switch {
	case method == http.MethodHead && !body:
		c.add("--head")
	case method == http.MethodPost && body, method == http.MethodGet && !body:
	default:
		c.add("-X", word(method))
	}
	if strings.Contains(target, "/.") {
		c.add("--path-as-is")
	}
	if strings.ContainsAny(target, "[]{}") {
		c.add("--globoff")
	}
	c.add(word(target))
}

// headers adds the headers that were recorded, and sees that curl adds none of
// its own.
func (c *command) headers(header http.Header, body int) {
	for _, name := range record.SortedHeader(header) {
		if ofConnection[name] || strings.HasPrefix(name, "X-Forwarded-") {
			continue
		}
		for _, value := range header[name] {
			if strings.TrimSpace(value) == "" {
				c.add("-H", word(name+";")) // a colon would take the header away
				continue
			}
			c.add("-H", word(name+": "+value))
		}
	}
	if header.Get("Accept-Encoding") != "" {
		c.add("--compressed") // so that the reply can be read
	}
	own := []string{"User-Agent", "Accept"}
	if body > 0 {
		own = append(own, "Content-Type")
	}
	if body > 1024 { // from there on some versions ask before they send
		own = append(own, "Expect")
	}
	for _, name := range own {
		if _, ok := header[name]; !ok {
			c.add("-H", word(name+":"))
		}
	}
}

// quotable is how much of a body may be an argument: systems limit one to 128 KB.
const quotable = 64 << 10

// body adds the body: as it can be read where it is short, plain text.
func (c *command) body(body []byte) {
	switch {
	case len(body) == 0:
	case len(body) <= quotable && pastable(string(body)):
		c.add("--data-raw", quote(string(body)))
	default:
		c.before = "printf %s '" + lines(base64.StdEncoding.EncodeToString(body)) + "' | base64 -d |\n"
		c.add("--data-binary", "@-")
	}
}

// lines breaks base64 into lines that a terminal takes when they are pasted.
func lines(text string) string {
	const width = 76
	var b strings.Builder
	for ; len(text) > width; text = text[width:] {
		b.WriteString(text[:width] + "\n")
	}
	return b.String() + text
}

// pastable reports whether text reaches sh as it is when it is pasted: UTF-8
// without control characters, but for line breaks, or any that cannot be seen.
func pastable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r))
	})
}

// word quotes text for sh, whatever it holds but NUL, which no argument can.
func word(text string) string {
	if pastable(text) && !strings.Contains(text, "\n") {
		if text != "" && strings.Trim(text, wordBytes) == "" {
			return text
		}
		return quote(text)
	}
	var b strings.Builder
	b.WriteString(`"$(printf '`)
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c >= 0x7f || c == '\'' || c == '\\':
			fmt.Fprintf(&b, `\%03o`, c)
		case c == '%':
			b.WriteString("%%")
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`')"`)
	return b.String()
}

// wordBytes mean nothing to sh wherever they stand in a word.
const wordBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,"

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
