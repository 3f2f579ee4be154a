package vapi

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// How much of a reply outcry looks at.
const (
	outcryBytes  = 64 << 10
	outcryLines  = 500
	outcryLength = 120 // characters of what it returns
)

// outcry returns the line of a reply that tells most of why its handler failed,
// at most 120 characters of it; "" where none does. Frameworks put it in a page,
// or in plain text: "TypeError: Cannot read properties of undefined".
func outcry(reply *Reply) string {
	body := bytes.TrimSpace(reply.Body[:min(len(reply.Body), outcryBytes)])
	contentType := strings.ToLower(reply.Header.Get("Content-Type"))
	switch {
	case len(body) == 0, body[0] == '{', body[0] == '[':
		return ""
	case contentType != "" && !strings.HasPrefix(contentType, "text/"), !strings.HasPrefix(http.DetectContentType(body), "text/"):
		return ""
	case body[0] == '<', strings.HasPrefix(contentType, "text/html"):
		return tellingLine(textOfPage(body), reply.Status)
	}
	return tellingLine(string(body), reply.Status)
}

// namesError finds lines such as "KeyError: 'city'", which stand behind others
// in a page or a traceback.
var namesError = regexp.MustCompile(`^[\w.$]*(Error|Exception)( \[\w+\])?: \S`)

// tellingLine returns the first line that names an error, else the first that
// says more than the status.
func tellingLine(text string, status int) string {
	first, n := "", 0
	for line := range strings.Lines(text) {
		if n++; n > outcryLines {
			break
		}
		line = oneLine(line, outcryLength)
		if namesError.MatchString(line) {
			return line
		}
		if first == "" && !saysOnly(line, status) {
			first = line
		}
	}
	return first
}

// saysOnly reports whether a line says no more than a status, as
// "500 Internal Server Error" does, or "Error".
func saysOnly(line string, status int) bool {
	line = strings.ToLower(line)
	for _, known := range []string{"http", strconv.Itoa(status), strings.ToLower(http.StatusText(status)), "error"} {
		line = strings.Trim(strings.TrimPrefix(line, known), " .:!-")
	}
	return line == ""
}

// inline are the elements of a page that do not begin a new line.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "code": true, "em": true, "font": true, "i": true, "kbd": true, "mark": true,
	"small": true, "span": true, "strong": true, "tt": true, "u": true, "var": true,
}

// textOfPage returns what a page of HTML shows, with its title at the end.
func textOfPage(page []byte) string {
	var text strings.Builder
	title, within := "", ""
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken: // the end
			return text.String() + "\n" + title
		case html.TextToken:
			switch within {
			case "script", "style":
			case "title":
				title = string(z.Text())
			default:
				text.Write(z.Text())
			}
			continue
		}
		name, _ := z.TagName()
		if within = ""; kind == html.StartTagToken {
			within = string(name)
		}
		if !inline[string(name)] {
			text.WriteByte('\n')
		}
	}
}
