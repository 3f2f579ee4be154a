package vapi

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What frameworks send where a handler fails.
const (
	expressPage = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
</head>
<body>
<pre>TypeError: Cannot read properties of undefined (reading &#39;city&#39;)<br> &nbsp; &nbsp;at weather (/srv/index.js:12:30)<br></pre>
</body>
</html>
`
	flaskPage = `<!doctype html>
<html lang=en>
<title>500 Internal Server Error</title>
<h1>Internal Server Error</h1>
`
	werkzeugPage = `<!doctype html>
<html lang=en>
  <head>
    <title>KeyError: &#39;city&#39;
 // Werkzeug Debugger</title>
    <script>var CONSOLE_MODE = false, SECRET = "<h1>x</h1>";</script>
    <style>h1 { color: red }</style>
  </head>
  <body>
      <h1>KeyError</h1>
<div class="detail">
  <p class="errormsg">KeyError: &#39;city&#39;
</p>
`
	traceback = "Traceback (most recent call last):\n  File \"/srv/app.py\", line 7, in hook\n    raise Broken()\nbooking.Broken\n\n" +
		"During handling of the above exception, another exception occurred:\n\nsqlite3.OperationalError: no such table: rooms\n"
)

func TestOutcry(t *testing.T) {
	const html, text = "text/html; charset=utf-8", "text/plain; charset=utf-8"
	for _, c := range []struct {
		name, contentType, body string
		want                    string
	}{
		{"Express", html, expressPage, "TypeError: Cannot read properties of undefined (reading 'city')"},
		{"Flask says no more than the status", html, flaskPage, ""},
		{"Flask while it is developed", html, werkzeugPage, "KeyError: 'city'"},
		{"a traceback", text, traceback, "sqlite3.OperationalError: no such table: rooms"},
		{"Go", text, "no such city\n", "no such city"},
		{"without a type", "", "no such city\n", "no such city"},
		{"PHP", html, "<br />\n<b>Fatal error</b>:  Uncaught TypeError: f() in /srv/hook.php:3", "Fatal error: Uncaught TypeError: f() in /srv/hook.php:3"},
		{"nginx", html, "<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n<center><h1>500 Internal Server Error</h1></center>\r\n<hr><center>nginx/1.18.0</center>", "nginx/1.18.0"},
		{"a title alone", html, "<title>The database is away</title><div id=app></div>", "The database is away"},
		{"the status in words", text, "Internal Server Error", ""},
		{"one word", text, "Error", ""},
		{"less than a page", html, "a < b", "a < b"},
		{"JSON", "application/json", `{"error":"no such city"}`, ""},
		{"JSON by another name", text, `{"error":"no such city"}`, ""},
		{"bytes", "application/octet-stream", "no such city", ""},
		{"bytes by another name", text, "\x00\x01\x02\x03", ""},
		{"nothing", text, " \n", ""},
		{"what a terminal would obey", text, "no\x1b[31m such\tcity\u202E", "no [31m such city"},
		{"a long line", text, strings.Repeat("long ", 1000), strings.Repeat("long ", 23) + "long…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply := as(c.contentType, status(500, answered(c.body)))
			if got := outcry(reply); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What the server said of its failure stands beside the status.
func TestFailureSaysWhatTheServerSaid(t *testing.T) {
	page := as("text/html", status(500, answered(expressPage)))
	for _, c := range []struct {
		name string
		r    Request
		want string
	}{
		{"where a reply is wanted", message(oneCall), `the server answered 500 and said "TypeError: Cannot read properties of undefined (reading 'city')"; Vapi takes`},
		{"where none is", message(`"type":"hang"`), `the server answered 500 and said "TypeError: Cannot read properties of undefined (reading 'city')"; nobody reads`},
	} {
		checks := Judge(Identify(c.r), c.r, page)
		if len(checks) != 1 || checks[0].Code != codeNot200 || !strings.HasPrefix(checks[0].Message, c.want) {
			t.Errorf("%s: %+v", c.name, checks)
		}
	}
}

func FuzzOutcry(f *testing.F) {
	for _, seed := range []string{expressPage, werkzeugPage, traceback, "<title", "<script>x", "a\x1b[0m\xff"} {
		f.Add("text/html", seed)
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		got := outcry(as(contentType, status(500, answered(body))))
		if utf8.RuneCountInString(got) > outcryLength || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q gives %q", body, got)
		}
	})
}

func TestHintsWhereNoAnswerCame(t *testing.T) {
	for failure, want := range map[string]string{
		"": "start the server",
		"no answer from localhost:3000: connection refused":                                                                             "nothing listens there: start the server",
		"no answer from localhost:3000: it closed the connection without an answer":                                                     "look for a crash in its log",
		"no answer from localhost:3000: it closed the connection without an answer; not sent again, as handling f may have had effects": "look for a crash in its log",
		"no answer from refused.example: it closed the connection without an answer":                                                    "look for a crash in its log",
		"no answer from 3000vapi: no host is called 3000vapi":                                                                           "check how it is spelt",
		"no answer from a.example: the name a.example could not be looked up: server misbehaving":                                       "whether this machine is connected",
		"no answer from 192.0.2.1:3000: no connection within 10s":                                                                       "nothing there takes connections",
		"no answer from localhost:22: its reply is not valid HTTP: malformed HTTP response \"SSH-2.0\"":                                 "check the port and the scheme",
		"no answer from localhost:3000: it does not speak TLS (try http://)":                                                            "write http:// in the target",
		"no answer from localhost:3000: its certificate is not trusted: x509: certificate has expired":                                  "--skip-verify",
		"no answer from localhost:3000: nothing came within 20s":                                                                        "look where its handler waits",
		"client went away before a reply, after 3s":                                                                                     "when the caller hung up",
	} {
		if got := UnreachableHint(failure); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", failure, got, want)
		}
	}
}
