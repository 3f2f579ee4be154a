package cli

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "http://localhost:3000/vapi/webhook",
		"3000":                            "http://localhost:3000/",
		":3000":                           "http://localhost:3000/",
		"3000/vapi/webhook":               "http://localhost:3000/vapi/webhook",
		":3000/vapi/webhook":              "http://localhost:3000/vapi/webhook",
		"3000?x=1":                        "http://localhost:3000/?x=1",
		"localhost":                       "http://localhost/",
		"LOCALHOST":                       "http://localhost/",
		"localhost/":                      "http://localhost/",
		"localhost/vapi":                  "http://localhost/vapi",
		"localhost:3000/vapi/webhook":     "http://localhost:3000/vapi/webhook",
		"localhost:3000/vapi/webhook/":    "http://localhost:3000/vapi/webhook/",
		"localhost:3000/a?to=http://x&b":  "http://localhost:3000/a?to=http://x&b",
		"localhost:03000":                 "http://localhost:3000/",
		"localhost:65535":                 "http://localhost:65535/",
		"backend:8080":                    "http://backend:8080/",
		"my-host":                         "http://my-host/",
		"http://b%C3%BCro.example/":       "http://b%C3%BCro.example/",
		"büro.example/é":                  "http://b%C3%BCro.example/%C3%A9",
		"my_host:80":                      "http://my_host:80/",
		"host2":                           "http://host2/",
		"api.example.com":                 "http://api.example.com/",
		"api.example.com/hook?k=%2F":      "http://api.example.com/hook?k=%2F",
		"127.0.0.1:3000":                  "http://127.0.0.1:3000/",
		"[::1]:3000":                      "http://[::1]:3000/",
		"[::1]":                           "http://[::1]/",
		"[::1]/vapi":                      "http://[::1]/vapi",
		"http://localhost:3000":           "http://localhost:3000/",
		"HTTP://Localhost:3000/A":         "http://localhost:3000/A",
		"https://example.com/vapi/%7Ea/b": "https://example.com/vapi/%7Ea/b",
		"https://example.com?x=%zz;y":     "https://example.com/?x=%zz;y",
		"http://backend/hook":             "http://backend/hook",
		"http://[::1]:3000/":              "http://[::1]:3000/",
		" 3000 ":                          "http://localhost:3000/",
		"3000/reset@home":                 "http://localhost:3000/reset@home",
	} {
		got, err := ParseTarget(text)
		if err != nil {
			t.Errorf("ParseTarget(%q): %v", text, err)
		} else if got.String() != want {
			t.Errorf("ParseTarget(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"0":                             `target "0": port "0" is not a number from 1 to 65535`,
		"65536":                         `target "65536": port "65536" is not a number from 1 to 65535`,
		"localhost:http":                `target "localhost:http": port "http" is not a number from 1 to 65535`,
		"localhost:-1":                  `target "localhost:-1": port "-1" is not a number from 1 to 65535`,
		"localhost:80:90":               `target "localhost:80:90": port "80:90" is not a number from 1 to 65535`,
		"localhost:":                    `target "localhost:": there is no port after the colon`,
		":":                             `target ":": there is no port after the colon`,
		"/vapi/webhook":                 `target "/vapi/webhook": there is no host; write one, such as localhost:3000/vapi/webhook`,
		"http://":                       `target "http://": there is no host; write one, such as localhost:3000/vapi/webhook`,
		"http:///vapi":                  `target "http:///vapi": there is no host; write one, such as localhost:3000/vapi/webhook`,
		"http://:3000":                  `target "http://:3000": there is no host; write one, such as localhost:3000/vapi/webhook`,
		"http://3000":                   `target "http://3000": 3000 is a port, not a host; write localhost:3000`,
		"3000:4000":                     `target "3000:4000": 3000 is a port, not a host; write localhost:3000`,
		"http:localhost":                `target "http:localhost": port "localhost" is not a number from 1 to 65535`,
		"http:/localhost":               `target "http:/localhost": after http: and https: belong two slashes`,
		"ws://localhost:3000":           `target "ws://localhost:3000": write http:// (WebSockets are forwarded too)`,
		"wss://example.com":             `target "wss://example.com": write https:// (WebSockets are forwarded too)`,
		"ftp://example.com":             `target "ftp://example.com": only http:// and https:// can be forwarded to, not ftp://`,
		"://example.com":                `target "://example.com": only http:// and https:// can be forwarded to, not ://`,
		"http://me:hush@example.com/x":  `target "…@example.com/x": a user name and password in a URL would be recorded with every exchange; leave them out and send a header or a secret instead`,
		"me:hush@localhost:3000":        `target "…@localhost:3000": a user name and password in a URL would be recorded with every exchange; leave them out and send a header or a secret instead`,
		"localhost:3000/#top":           `target "localhost:3000/#top": a fragment (from # on) is never sent to a server; leave it out, or write %23`,
		"::1":                           `target "::1": an IPv6 address stands in brackets, such as [::1]:3000`,
		"::1:3000":                      `target "::1:3000": an IPv6 address stands in brackets, such as [::1]:3000`,
		"[::1":                          `target "[::1": an IPv6 address stands in brackets, such as [::1]:3000`,
		"[127.0.0.1]:3000":              `target "[127.0.0.1]:3000": an IPv6 address stands in brackets, such as [::1]:3000`,
		"[::1]3000":                     `target "[::1]3000": an IPv6 address stands in brackets, such as [::1]:3000`,
		"local host:3000":               `target "local host:3000": spaces and control characters have no place in it`,
		"localhost:3000/\x1b[31m":       `target "localhost:3000/\x1b[31m": spaces and control characters have no place in it`,
		"./fixtures":                    `target "./fixtures": "." is not the name of a host`,
		"-3000":                         `target "-3000": "-3000" is not the name of a host`,
		"%5B%3A%3A1%5D:80":              `target "%5B%3A%3A1%5D:80": "[::1]" is not the name of a host`,
		"a..b<c":                        `target "a..b<c": "a..b<c" is not the name of a host`,
		"localhost:3000/%zz":            `target "localhost:3000/%zz": invalid URL escape "%zz"`,
		"host.local:" + manyDigits:      `target "host.local:` + manyDigits[:49] + `…": port "` + manyDigits[:60] + `…" is not a number from 1 to 65535`,
		"type:tool-calls":               `target "type:tool-calls": port "tool-calls" is not a number from 1 to 65535`,
		"example.com:443:/tls":          `target "example.com:443:/tls": port "443:" is not a number from 1 to 65535`,
		"user@example.com/@hush@really": `target "…@really": a user name and password in a URL would be recorded with every exchange; leave them out and send a header or a secret instead`,
	} {
		got, err := ParseTarget(text)
		if err == nil {
			t.Errorf("ParseTarget(%q) = %s", text, got)
		} else if err.Error() != want {
			t.Errorf("ParseTarget(%q):\ngot  %v\nwant %s", text, err, want)
		} else if errors.Is(err, errNotTarget) {
			t.Errorf("ParseTarget(%q) takes it for a command", text)
		}
	}
}

var manyDigits = strings.Repeat("9", 100)

// A bare word is left to the command line, which names the nearest command.
func TestParseTargetLeavesWordsAlone(t *testing.T) {
	for _, word := range []string{"evnts", "EVENTS", "foo/bar", "foo?x", "münchen", "a_b"} {
		if got, err := ParseTarget(word); !errors.Is(err, errNotTarget) {
			t.Errorf("ParseTarget(%q) = %v, %v", word, got, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{
		"", "3000", ":3000", "3000/vapi/webhook", "localhost", "evnts", "[::1]:3000", "::1", "https://example.com:443/a?b#c",
		"me:hush@host", "ws://x", "http:/x", "a-b.c:1/%2f?q=://", "http://%41.x/", "host.é:80", "[fe80::1%25eth0]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseTarget(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Fatalf("the error is %q", err)
			}
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || !strings.HasPrefix(u.Path, "/") {
			t.Fatalf("ParseTarget(%q) = %#v", text, u)
		}
		if plain, err := url.Parse(u.String()); err != nil || plain.Host != u.Host {
			t.Fatalf("ParseTarget(%q) = %s, which is %v, %v", text, u, plain, err)
		}
		if again, err := ParseTarget(u.String()); err != nil || again.String() != u.String() {
			t.Fatalf("ParseTarget(%q) = %s, and that %v, %v", text, u, again, err)
		}
	})
}
