package intake

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"vapitap/record"
)

// beginsWithCommand reports whether a source is command lines.
func beginsWithCommand(source []byte) bool {
	for line := range bytes.Lines(source) {
		line = bytes.TrimPrefix(bytes.TrimSpace(line), []byte("$ "))
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		word, _, _ := bytes.Cut(line, []byte(" "))
		return string(word) == "curl" || bytes.HasPrefix(line, []byte("printf %s ")) || bytes.Contains(line, []byte("| curl "))
	}
	return false
}

// commands reads command lines. Those without curl are passed over.
func (r *Reader) commands(source string) {
	s := shell{text: source, line: 1}
	for !r.stopped {
		p, err, ok := s.next()
		if !ok {
			return
		}
		if err != nil {
			r.fail(max(p.line, 1), fmt.Errorf("the command cannot be read: %w", err))
			continue
		}
		n := len(p.commands) - 1
		if n < 0 {
			continue
		}
		last := p.commands[n]
		if last[0] == "$" { // the prompt was copied too
			last = last[1:]
		}
		if len(last) == 0 || last[0] != "curl" {
			r.PassedOver++
			continue
		}
		c := curl{readFile: r.ReadFile, pipeline: p}
		e, err := c.exchange(last[1:])
		if err != nil {
			r.fail(p.line, err)
			continue
		}
		r.give(p.line, e)
	}
}

// curl is what a command line of curl says.
type curl struct {
	readFile func(string) ([]byte, error)
	pipeline pipeline

	method  string
	target  string
	header  http.Header
	without map[string]bool // headers of curl's own that are taken away
	parts   [][]byte        // of the body
	form    bool            // the body is a form unless a header says otherwise
	get     bool
}

// exchange reads the arguments.
func (c *curl) exchange(args []string) (*record.Exchange, error) {
	c.header, c.without = http.Header{}, map[string]bool{}
	for len(args) > 0 {
		var err error
		if args, err = c.argument(args); err != nil {
			return nil, err
		}
	}
	if c.target == "" {
		return nil, errors.New("the curl command has no URL")
	}
	if !strings.Contains(c.target, "://") {
		c.target = "http://" + c.target
	}
	body := bytes.Join(c.parts, []byte("&"))
	if c.get && len(body) > 0 {
		c.target += map[bool]string{true: "&", false: "?"}[strings.Contains(c.target, "?")] + string(body)
		body = nil
	}
	path, err := pathOf(c.target)
	if err != nil {
		return nil, err
	}
	if c.method == "" {
		c.method = http.MethodGet
		if c.parts != nil && !c.get {
			c.method = http.MethodPost
		}
	}
	if c.form && !c.get && c.header.Get("Content-Type") == "" && !c.without["Content-Type"] {
		c.header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl does
	}
	return &record.Exchange{
		Method: c.method, Path: path, Target: c.target, Request: record.Message{Header: c.header, Body: body},
	}, nil
}

// The options of curl that stand alone and those that have a value, which change
// nothing about what is sent.
var (
	loneOptions = words(`s silent S show-error v verbose i include k insecure L location f fail fail-with-body N no-buffer g globoff
		path-as-is compressed http1.0 http1.1 http2 http2-prior-knowledge http3 tcp-nodelay no-keepalive progress-bar 4 ipv4 6 ipv6
		no-progress-meter location-trusted post301 post302 post303 raw 0 no-alpn q # disable ssl no-sessionid`)
	valueOptions = words(`o output m max-time connect-timeout w write-out x proxy cacert cert E key retry retry-delay retry-max-time
		max-redirs resolve connect-to D dump-header c cookie-jar interface limit-rate stderr trace trace-ascii y Y unix-socket
		noproxy ciphers tls-max local-port dns-servers keepalive-time expect100-timeout`)
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// longNames are the letters of the options that say what is sent.
var longNames = map[string]string{
	"X": "request", "H": "header", "d": "data", "A": "user-agent", "e": "referer", "b": "cookie", "u": "user",
	"G": "get", "I": "head", "F": "form", "T": "upload-file",
}

// argument reads one argument with its value, and returns those behind it.
func (c *curl) argument(args []string) ([]string, error) {
	arg, rest := args[0], args[1:]
	name, isLong := strings.CutPrefix(arg, "--")
	switch {
	case isLong:
		return c.option(name, rest)
	case !strings.HasPrefix(arg, "-") || arg == "-":
		if c.target != "" {
			return nil, fmt.Errorf("the curl command has two URLs, %q and %q; write a command for each", c.target, arg)
		}
		c.target = arg
		return rest, nil
	}
	for letters := arg[1:]; letters != ""; {
		letter := letters[:1]
		letters = letters[1:]
		if loneOptions[letter] {
			continue
		}
		long := letter
		if name, ok := longNames[letter]; ok {
			long = name
		}
		if long == "get" || long == "head" {
			if _, err := c.option(long, nil); err != nil {
				return nil, err
			}
			continue
		}
		if letters != "" { // the value follows at once, as in -XPOST
			rest = append([]string{letters}, rest...)
		}
		return c.option(long, rest)
	}
	return rest, nil
}

// option takes an option by its long name.
func (c *curl) option(name string, rest []string) ([]string, error) {
	if loneOptions[name] || len(name) > 3 && strings.HasPrefix(name, "no-") {
		return rest, nil
	}
	switch name {
	case "get":
		c.get = true
		return rest, nil
	case "head":
		c.method = http.MethodHead
		return rest, nil
	case "form", "form-string", "upload-file", "config", "K", "next", ":":
		return nil, fmt.Errorf("curl's option %s is not read here\nhint: import understands -X, -H, --data and its like, --json, -u, -A, -b and -G", dashed(name))
	}
	if len(rest) == 0 {
		return nil, fmt.Errorf("curl's option %s has no value", dashed(name))
	}
	value, rest := rest[0], rest[1:]
	if valueOptions[name] {
		return rest, nil
	}
	return rest, c.set(name, value)
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// set takes an option that has a value.
func (c *curl) set(name, value string) error {
	switch name {
	case "request":
		c.method = value
	case "url":
		c.target = value
	case "header":
		return c.addHeader(value)
	case "user-agent":
		c.header.Set("User-Agent", value)
	case "referer":
		c.header.Set("Referer", value)
	case "cookie":
		if !strings.Contains(value, "=") {
			return fmt.Errorf("curl's option -b with a file (%s) is not read here; write the cookies out", value)
		}
		c.header.Add("Cookie", value)
	case "user":
		c.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value)))
	case "oauth2-bearer":
		c.header.Set("Authorization", "Bearer "+value)
	case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json":
		return c.addData(name, value)
	default:
		return fmt.Errorf("curl's option %s is not known here, nor whether %q belongs to it\nhint: leave it out", dashed(name), value)
	}
	return nil
}

// addHeader reads -H: "Name: value", "Name;" for an empty one, "Name:" for none.
func (c *curl) addHeader(line string) error {
	name, value, ok := strings.Cut(line, ":")
	switch {
	case strings.HasPrefix(line, "@"):
		return fmt.Errorf("curl's option -H with a file (%s) is not read here; write the headers out", line)
	case !ok:
		name, ok = strings.CutSuffix(line, ";")
		if !ok {
			return fmt.Errorf("curl's option -H %q is no header: it wants a name and a colon", line)
		}
	case strings.TrimSpace(value) == "":
		c.without[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
		return nil
	}
	c.header.Add(strings.TrimSpace(name), strings.Trim(value, " \t\r\n"))
	return nil
}

// addData reads --data and its like.
func (c *curl) addData(name, value string) error {
	part := []byte(value)
	file, isFile := strings.CutPrefix(value, "@")
	switch {
	case name == "data-raw":
	case name == "data-urlencode":
		return c.addURLEncoded(value)
	case isFile:
		var err error
		if part, err = c.read(file); err != nil {
			return err
		}
		if name == "data" || name == "data-ascii" {
			part = withoutBreaks(part)
		}
	}
	if name == "json" {
		for _, header := range []string{"Content-Type", "Accept"} {
			if c.header.Get(header) == "" {
				c.header.Set(header, "application/json")
			}
		}
		if len(c.parts) > 0 { // curl puts several beside one another
			c.parts[len(c.parts)-1] = append(c.parts[len(c.parts)-1], part...)
			return nil
		}
	} else {
		c.form = true
	}
	c.parts = append(c.parts, part)
	return nil
}

// withoutBreaks returns what --data sends of a file: all but line breaks and NUL.
func withoutBreaks(text []byte) []byte {
	kept := make([]byte, 0, len(text))
	for _, c := range text {
		if c != '\n' && c != '\r' && c != 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// addURLEncoded reads --data-urlencode: content, =content, name=content, @file,
// name@file.
func (c *curl) addURLEncoded(value string) error {
	c.form = true
	at := strings.IndexAny(value, "=@")
	name, content := "", value
	if at >= 0 {
		name, content = value[:at], value[at+1:]
	}
	if at >= 0 && value[at] == '@' {
		text, err := c.read(content)
		if err != nil {
			return err
		}
		content = string(text)
	}
	part := url.QueryEscape(content)
	if name != "" {
		part = name + "=" + part
	}
	c.parts = append(c.parts, []byte(part))
	return nil
}

// read returns what a file holds, or the standard input of the command.
func (c *curl) read(name string) ([]byte, error) {
	if name == "-" {
		return c.stdin()
	}
	if c.readFile == nil {
		return nil, fmt.Errorf("the body is in a file, %s, which is not read here", name)
	}
	text, err := c.readFile(name)
	if err != nil {
		return nil, fmt.Errorf("the body of the curl command: %w", err)
	}
	return text, nil
}

// stdin returns what is piped into curl, where that can be known without
// executing it.
func (c *curl) stdin() ([]byte, error) {
	if c.pipeline.heredoc != nil {
		return []byte(*c.pipeline.heredoc), nil
	}
	before := c.pipeline.commands[:len(c.pipeline.commands)-1]
	if len(before) == 0 {
		return nil, errors.New("the body comes from standard input (@-), and nothing is piped in\nhint: write it out behind --data-raw, or name its file")
	}
	var piped []byte
	for i, command := range before {
		var err error
		if piped, err = c.piped(command, i == 0, piped); err != nil {
			return nil, err
		}
	}
	return piped, nil
}

// piped returns the output of a command that is known.
func (c *curl) piped(command []string, first bool, input []byte) ([]byte, error) {
	if command[0] == "$" && len(command) > 1 {
		command = command[1:]
	}
	args := command[1:]
	switch name := command[0]; {
	case first && name == "printf" && len(args) == 2 && args[0] == "%s":
		return []byte(args[1]), nil
	case first && name == "echo" && len(args) > 0 && args[0] == "-n":
		return []byte(strings.Join(args[1:], " ")), nil
	case first && name == "echo":
		return []byte(strings.Join(args, " ") + "\n"), nil
	case first && name == "cat" && len(args) == 1 && args[0] != "-":
		return c.read(args[0])
	case !first && name == "base64" && len(args) == 1 && (args[0] == "-d" || args[0] == "-D" || args[0] == "--decode"):
		body, err := base64.StdEncoding.DecodeString(string(input)) // which takes line breaks
		if err != nil {
			return nil, fmt.Errorf("what is piped in is no base64: %w", err)
		}
		return body, nil
	}
	return nil, fmt.Errorf("the body is what %q makes, and nothing is executed here\nhint: write it out behind --data-raw, or name its file", strings.Join(command, " "))
}
