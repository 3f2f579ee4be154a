package auth

import (
	"fmt"
	"net/http"
	"strings"
)

// Code is the line of a server that computes what a header has to be, in one
// language.
type Code struct {
	Language string `json:"language"` // node, python or go
	Line     string `json:"line"`
}

// Code returns the line of server code that gives what the header must be, in
// Node (Express), Python (Flask) and Go. It is to be compared in constant time:
// crypto.timingSafeEqual, hmac.compare_digest, hmac.Equal. In Node, rawBody is
// the Buffer that express.json({verify}) or express.raw() gives.
func (f *Finding) Code() []Code {
	if f.Scheme != SchemeHMAC {
		prefix := ""
		if f.Scheme == SchemeBearer && f.Header == "Authorization" {
			prefix = "Bearer "
		}
		return []Code{
			{"node", fmt.Sprintf(`const expected = %s  // compare with req.get(%q)`, joined(" + ", literal(prefix), "secret"), f.Header)},
			{"python", fmt.Sprintf(`expected = %s  # compare with request.headers[%q]`, joined(" + ", literal(prefix), "secret"), f.Header)},
			{"go", fmt.Sprintf(`expected := %s // compare with r.Header.Get(%q)`, joined(" + ", literal(prefix), "secret"), f.Header)},
		}
	}
	return []Code{{"node", f.node()}, {"python", f.python()}, {"go", f.goCode()}}
}

// node is one expression.
func (f *Finding) node() string {
	key := "secret"
	if f.key.base64 {
		key = `Buffer.from(secret.replace(/^whsec_/, ""), "base64")`
	}
	body := "rawBody"
	switch {
	case f.body.said == stringifiedBody.said:
		body = "JSON.stringify(req.body)"
	case f.Body != "":
		body = "body"
	}
	var updates strings.Builder
	for _, p := range splitFormat(f.HMAC.Format) {
		switch p {
		case bodyMark:
			fmt.Fprintf(&updates, ".update(%s)", body)
		case timestampMark:
			fmt.Fprintf(&updates, ".update(req.get(%q))", canonical(f.HMAC.TimestampHeader))
		case idMark:
			fmt.Fprintf(&updates, ".update(req.get(%q))", canonical(f.HMAC.IDHeader))
		case methodMark:
			updates.WriteString(".update(req.method)")
		case urlMark:
			updates.WriteString(".update(url)")
		default:
			fmt.Fprintf(&updates, ".update(%s)", literal(p))
		}
	}
	digest := fmt.Sprintf(`crypto.createHmac(%q, %s)%s.digest(%q)`, f.HMAC.Algorithm, key, updates.String(), f.HMAC.Encoding)
	return "const expected = " + joined(" + ", literal(f.HMAC.Prefix), digest)
}

func (f *Finding) python() string {
	key := "secret.encode()"
	if f.key.base64 {
		key = `base64.b64decode(secret.removeprefix("whsec_"))`
	}
	var parts []string
	for _, p := range splitFormat(f.HMAC.Format) {
		switch p {
		case bodyMark:
			parts = append(parts, f.rawName("request.get_data()"))
		case timestampMark:
			parts = append(parts, fmt.Sprintf("request.headers[%q].encode()", canonical(f.HMAC.TimestampHeader)))
		case idMark:
			parts = append(parts, fmt.Sprintf("request.headers[%q].encode()", canonical(f.HMAC.IDHeader)))
		case methodMark:
			parts = append(parts, "request.method.encode()")
		case urlMark:
			parts = append(parts, "url.encode()")
		default:
			parts = append(parts, "b"+literal(p))
		}
	}
	digest := fmt.Sprintf("hmac.new(%s, %s, %q)", key, strings.Join(parts, " + "), f.HMAC.Algorithm)
	if digest += ".hexdigest()"; f.HMAC.Encoding == encodingBase64 {
		digest = fmt.Sprintf("base64.b64encode(%s).decode()", strings.TrimSuffix(digest, ".hexdigest()")+".digest()")
	}
	return "expected = " + joined(" + ", literal(f.HMAC.Prefix), digest)
}

func (f *Finding) goCode() string {
	key := "[]byte(secret)"
	if f.key.base64 {
		key = "key" // of base64, which gives an error too
	}
	constructor := map[string]string{"sha1": "sha1.New", "sha256": "sha256.New", "sha512": "sha512.New"}[f.HMAC.Algorithm]
	var parts []string
	for _, p := range splitFormat(f.HMAC.Format) {
		switch p {
		case bodyMark:
			parts = append(parts, "string("+f.rawName("body")+")")
		case timestampMark:
			parts = append(parts, fmt.Sprintf("r.Header.Get(%q)", canonical(f.HMAC.TimestampHeader)))
		case idMark:
			parts = append(parts, fmt.Sprintf("r.Header.Get(%q)", canonical(f.HMAC.IDHeader)))
		case methodMark:
			parts = append(parts, "r.Method")
		case urlMark:
			parts = append(parts, "url")
		default:
			parts = append(parts, literal(p))
		}
	}
	sum := "hex.EncodeToString(mac.Sum(nil))"
	if f.HMAC.Encoding == encodingBase64 {
		sum = "base64.StdEncoding.EncodeToString(mac.Sum(nil))"
	}
	line := fmt.Sprintf("mac := hmac.New(%s, %s); io.WriteString(mac, %s); expected := %s", constructor, key, strings.Join(parts, "+"), joined("+", literal(f.HMAC.Prefix), sum))
	if f.key.base64 {
		line = `key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")); ` + line
	}
	return line
}

// rawName is what the signed body is called where it is the bytes that came, and
// else what has to be made of them first.
func (f *Finding) rawName(raw string) string {
	switch {
	case f.body.said == stringifiedBody.said:
		return "stringified" // which only JavaScript has at hand
	case f.Body != "":
		return "signed"
	}
	return raw
}

// splitFormat returns the placeholders of a format and what stands between them.
func splitFormat(format string) []string {
	var parts []string
	text := ""
	for format != "" {
		mark := markAt(format)
		if mark == "" {
			text += format[:1]
			format = format[1:]
			continue
		}
		if text != "" {
			parts = append(parts, text)
			text = ""
		}
		parts = append(parts, mark)
		format = format[len(mark):]
	}
	if text != "" {
		parts = append(parts, text)
	}
	return parts
}

// literal is a string as all three languages write it; empty for none.
func literal(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q", s)
}

// joined joins what is not empty.
func joined(between string, parts ...string) string {
	var present []string
	for _, p := range parts {
		if p != "" {
			present = append(present, p)
		}
	}
	return strings.Join(present, between)
}

func canonical(name string) string { return http.CanonicalHeaderKey(name) }
