package auth

import (
	"strings"
	"testing"
)

func TestParseHMAC(t *testing.T) {
	usual := DefaultHMAC()
	with := func(change func(*HMAC)) HMAC {
		h := usual
		change(&h)
		return h
	}
	for spec, want := range map[string]HMAC{
		"algorithm=sha256":           usual,
		"algorithm=sha256,":          usual,
		"algorithm=SHA-512":          with(func(h *HMAC) { h.Algorithm = "sha512" }),
		" header = X-Hook , prefix=": with(func(h *HMAC) { h.Header = "X-Hook" }),
		`prefix="v1,",encoding=base64,base64-secret,id-header=svix-id`:                       with(func(h *HMAC) { h.Prefix, h.Encoding, h.Base64Secret = "v1,", "base64", true }),
		`prefix=sha256=,base64-secret=false`:                                                 with(func(h *HMAC) { h.Prefix = "sha256=" }),
		`format='{svix-id}.{timestamp}.{body}',timestamp-header=svix-timestamp`:              with(func(h *HMAC) { h.Format, h.TimestampHeader = "{svix-id}.{timestamp}.{body}", "svix-timestamp" }),
		`format="{method}\n{url}\n{body}"`:                                                   with(func(h *HMAC) { h.Format = "{method}\n{url}\n{body}" }),
		`format="a,\"\\{body}"`:                                                              with(func(h *HMAC) { h.Format = `a,"\{body}` }),
		`format={"t":"{timestamp}"}{body}`:                                                   with(func(h *HMAC) { h.Format = `{"t":"{timestamp}"}{body}` }),
		`algorithm=sha1,header=x-signature,timestamp-header=x-timestamp,base64-secret=true,`: with(func(h *HMAC) { h.Algorithm, h.Base64Secret = "sha1", true }),
	} {
		got, err := ParseHMAC(spec)
		if err != nil || got != want {
			t.Errorf("%s: %+v, want %+v (%v)", spec, got, want, err)
			continue
		}
		again, err := ParseHMAC(got.String())
		got.Header, got.TimestampHeader = strings.ToLower(got.Header), strings.ToLower(got.TimestampHeader)
		if err != nil || again != got {
			t.Errorf("%s is written as %s, which is %+v (%v)", spec, got, again, err)
		}
	}
}

func TestParseHMACSaysWhichPairIsWrong(t *testing.T) {
	for spec, want := range map[string]string{
		"":                         `unknown key ""; there are algorithm, header,`,
		"algoritm=sha1":            `unknown key "algoritm"; did you mean algorithm?`,
		"algorithm=sha265":         `algorithm=sha265: unknown value "sha265"; did you mean sha256?`,
		"algorithm=md5":            `algorithm=md5: unknown value "md5"; `,
		"encoding=hexx":            `did you mean hex?`,
		"base64-secret=maybe":      "base64-secret: want true or false",
		"header":                   "header has no value: write header=VALUE",
		"header=":                  "that is no name of a header",
		"header=a b":               "that is no name of a header",
		"header=a,header=b":        "header is given twice",
		`prefix="v1`:               `prefix: the quote " is not closed`,
		`prefix="v1"x`:             `prefix: a comma belongs after the closing quote, not "x"`,
		`prefix="a\nb"`:            "a header has no line breaks",
		"format={timestmp}.{body}": `unknown placeholder "{timestmp}"; did you mean {timestamp}?`,
		"format=x":                 "nothing of the request is in it; want some of {body}",
		",header=a":                `unknown key ""`,
	} {
		if h, err := ParseHMAC(spec); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %+v, %v, want %s", spec, h, err, want)
		}
	}
}

func FuzzParseHMAC(f *testing.F) {
	for _, spec := range []string{"algorithm=sha256", `prefix="v1,",format={svix-id}.{timestamp}.{body},base64-secret`, `format='{'`, `format="\n\"\\x{body}"`, "header=a,,", "=", `prefix="`} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		h, err := ParseHMAC(spec)
		if err != nil {
			if len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %v", spec, err)
			}
			return
		}
		if newHash(h.Algorithm) == nil || h.Header == "" {
			t.Fatalf("%q: %+v", spec, h)
		}
		again, err := ParseHMAC(h.String())
		h.Header, h.TimestampHeader, h.IDHeader = strings.ToLower(h.Header), strings.ToLower(h.TimestampHeader), strings.ToLower(h.IDHeader)
		if err != nil || again != h {
			t.Errorf("%q is written as %s, which is %+v (%v)", spec, h, again, err)
		}
	})
}
