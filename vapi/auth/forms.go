package auth

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/vapi"
)

// The forms in which the parts of a signature are tried. How odd a form is
// orders the combinations: 0 is what is documented.

// keyForm is a secret as the key of an HMAC.
type keyForm struct {
	key    []byte
	said   string
	base64 bool // as the credential's base64-secret says
	odd    int
}

// asGiven is what is said of a secret that needs nothing done to it.
const asGiven = "as it was given"

// keyForms returns the keys that the secrets may stand for, each once.
func keyForms(secrets []string) []keyForm {
	var forms []keyForm
	add := func(f keyForm) {
		if !slices.ContainsFunc(forms, func(other keyForm) bool { return bytes.Equal(other.key, f.key) }) {
			forms = append(forms, f)
		}
	}
	for _, secret := range secrets {
		add(keyForm{key: []byte(secret), said: asGiven})
	}
	for _, secret := range secrets {
		for _, f := range otherKeys(secret) {
			if len(f.key) > 0 {
				add(f)
			}
		}
	}
	return forms
}

// otherKeys are what a secret stands for where it is not to be taken as it is.
func otherKeys(secret string) []keyForm {
	trimmed, bare := strings.TrimSpace(secret), unquoted(secret)
	text := func(s, said string, odd int) keyForm { return keyForm{key: []byte(s), said: said, odd: odd} }
	forms := []keyForm{
		text(trimmed, "without the white space around it", 1),
		text(bare, "without the quotes around it", 1),
		text(secret+"\n", "with a line break at its end, which the file or variable it was copied from has", 1),
		text(secret+"\r\n", "with a Windows line break at its end", 2),
		text(secret+" ", "with a space at its end", 2),
		text(" "+secret, "with a space before it", 2),
		text(trimmed+"\n", "with one line break at its end and no other white space", 2),
		text(`"`+secret+`"`, "with double quotes around it, which are part of it", 2),
		text("'"+secret+"'", "with single quotes around it, which are part of it", 2),
		text(strings.ReplaceAll(secret, `\n`, "\n"), `with line breaks where it has \n`, 2),
		text(token(secret), "without the word Bearer", 2),
		text(strings.ToLower(secret), "in lower case", 3),
		text(strings.ToUpper(secret), "in upper case", 3),
	}
	inner, isWebhook := strings.CutPrefix(bare, webhookSecretPrefix)
	if isWebhook {
		forms = append(forms, text(inner, "without "+webhookSecretPrefix+", not decoded", 1))
	} else {
		forms = append(forms, text(webhookSecretPrefix+bare, "with "+webhookSecretPrefix+" before it", 3))
	}
	if key, ok := decodeBase64(inner); ok {
		said := "decoded from base64"
		if isWebhook {
			said = "without " + webhookSecretPrefix + ", decoded from base64"
		}
		forms = append(forms, keyForm{key: key, said: said, base64: bare == secret, odd: 1})
	}
	if key, err := hex.DecodeString(bare); err == nil {
		forms = append(forms, keyForm{key: key, said: "decoded from hex", odd: 2})
	}
	return forms
}

// bodyForm is what may have been signed of a body.
type bodyForm struct {
	bytes []byte
	said  string // empty for the bytes as they are
	odd   int
}

var (
	rawBody         = bodyForm{}
	stringifiedBody = bodyForm{said: "JSON.stringify of the parsed body, which is not the bytes that came: something on the way wrote the JSON again", odd: 1}
)

// bodyForms returns what may have been signed of the body, each once.
func bodyForms(r vapi.Request) []bodyForm {
	forms := []bodyForm{{bytes: r.Body}}
	add := func(text []byte, said string, odd int) {
		if text != nil && !slices.ContainsFunc(forms, func(other bodyForm) bool { return bytes.Equal(other.bytes, text) }) {
			forms = append(forms, bodyForm{text, said, odd})
		}
	}
	stringified, err := vapi.Stringify(r.Body)
	if err == nil {
		add(stringified, stringifiedBody.said, stringifiedBody.odd)
	}
	add(bytes.TrimSpace(r.Body), "the body without the white space around it", 2)
	add(append(slices.Clip(bytes.TrimSpace(r.Body)), '\n'), "the body with a line break at its end", 2)
	if err == nil {
		if message := jsonpath.Member(stringified, "message"); message != nil {
			add(message, "JSON.stringify of the body's message alone", 3)
		}
	}
	add([]byte{}, "nothing of the body", 3)
	return forms
}

// timeForm is a timestamp as it may have been signed.
type timeForm struct {
	text   string
	header string // it came in; empty for one that stands in the body
	said   string // empty for a header's value as it is
	odd    int
}

// timeForms returns the timestamps that a request tells, each once, in all their
// forms. They are few.
func timeForms(r vapi.Request) []timeForm {
	const most = 24
	var forms []timeForm
	add := func(f timeForm) {
		if len(forms) < most && !slices.ContainsFunc(forms, func(other timeForm) bool { return other.text == f.text }) {
			forms = append(forms, f)
		}
	}
	var asTheyAre []timeForm
	for _, name := range slices.Sorted(headerNames(r.Header)) {
		canonical := http.CanonicalHeaderKey(name)
		odd := 0
		switch {
		case canonical == defaultTimestampHeader:
		case strings.Contains(canonical, "Timestamp"):
		case canonical == "Date", strings.HasSuffix(canonical, "-Time"), strings.HasSuffix(canonical, "-Date"):
			odd = 2
		default:
			continue
		}
		for _, value := range r.Header[name] {
			asTheyAre = append(asTheyAre, timeForm{text: value, header: canonical, odd: odd})
		}
	}
	for _, f := range asTheyAre {
		add(f)
	}
	if text := jsonpath.Member(jsonpath.Member(r.Body, "message"), "timestamp"); len(text) > 0 && len(text) < 40 {
		asTheyAre = append(asTheyAre, timeForm{text: strings.Trim(string(text), `"`), said: "message.timestamp of the body", odd: 3})
		add(asTheyAre[len(asTheyAre)-1])
	}
	for _, f := range asTheyAre {
		t, ok := timeOf(f.text)
		if !ok {
			continue
		}
		where := f.header
		if where == "" {
			where = "message.timestamp"
		}
		for _, other := range []struct{ text, said string }{
			{strconv.FormatInt(t.Unix(), 10), where + " in seconds"},
			{strconv.FormatInt(t.UnixMilli(), 10), where + " in milliseconds"},
			{t.UTC().Format("2006-01-02T15:04:05.000Z07:00"), where + " as new Date(...).toISOString()"},
			{t.UTC().Format(time.RFC3339), where + " as RFC 3339 has it, without fractions"},
		} {
			add(timeForm{other.text, f.header, other.said, f.odd + 2})
		}
	}
	return forms
}

// idForm is the id of a message.
type idForm struct{ text, header string }

// idForms returns the ids that a request tells, those of known headers first.
func idForms(r vapi.Request) []idForm {
	const most = 4
	var known, other []idForm
	for _, name := range slices.Sorted(headerNames(r.Header)) {
		canonical := http.CanonicalHeaderKey(name)
		value := r.Header[name][:min(1, len(r.Header[name]))]
		switch {
		case len(value) == 0 || !strings.HasSuffix(canonical, "-Id"):
		case canonical == "Svix-Id" || canonical == "Webhook-Id":
			known = append(known, idForm{value[0], canonical})
		default:
			other = append(other, idForm{value[0], canonical})
		}
	}
	all := append(known, other...)
	return all[:min(most, len(all))]
}

// formatForm is an order of the parts with what stands between them.
type formatForm struct {
	format                   string
	odd                      int
	body, timestamp, url, id bool
}

// formatForms are the orders that are tried.
var formatForms = makeFormats()

func makeFormats() []formatForm {
	var forms []formatForm
	add := func(format string, odd int) {
		if slices.ContainsFunc(forms, func(other formatForm) bool { return other.format == format }) {
			return
		}
		h := HMAC{Format: format}
		forms = append(forms, formatForm{format, odd, h.uses(bodyMark), h.uses(timestampMark), h.uses(urlMark), h.uses(idMark)})
	}
	add(bodyMark, 0)
	for i, between := range []string{".", "", ":", "\n", "|", " ", "&", "-"} {
		odd := min(i, 2)
		for _, order := range []struct {
			parts []string
			odd   int
		}{
			{[]string{timestampMark, bodyMark}, 0},
			{[]string{idMark, timestampMark, bodyMark}, 0},
			{[]string{bodyMark, timestampMark}, 1},
			{[]string{"v0", timestampMark, bodyMark}, 2},
			{[]string{idMark, bodyMark}, 2},
			{[]string{timestampMark, idMark, bodyMark}, 2},
			{[]string{methodMark, urlMark, bodyMark}, 1},
			{[]string{urlMark, bodyMark}, 1},
			{[]string{methodMark, urlMark, timestampMark, bodyMark}, 1},
			{[]string{timestampMark, methodMark, urlMark, bodyMark}, 1},
			{[]string{methodMark, timestampMark, urlMark, bodyMark}, 2},
			{[]string{timestampMark, urlMark, bodyMark}, 2},
			{[]string{urlMark, timestampMark, bodyMark}, 2},
			{[]string{methodMark, urlMark, bodyMark, timestampMark}, 2},
			{[]string{methodMark, bodyMark}, 2},
			{[]string{timestampMark, methodMark, bodyMark}, 2},
		} {
			add(strings.Join(order.parts, between), odd+order.odd)
		}
	}
	add(timestampMark, 2)
	add(urlMark, 3)
	return forms
}
