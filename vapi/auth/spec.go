package auth

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"vapitap/internal/nearest"
)

// specKeys are the words of a specification, in the order in which it is
// written.
var specKeys = []string{"algorithm", "header", "timestamp-header", "prefix", "format", "encoding", "base64-secret", "id-header"}

// ParseHMAC reads the specification of an HMAC credential: pairs such as
//
//	algorithm=sha256,header=x-signature,prefix="v1,",format={timestamp}.{body}
//
// The keys are algorithm (sha256, sha512, sha1), header, timestamp-header,
// prefix, format, encoding (hex, base64), base64-secret (true, false; true where
// it stands alone) and id-header. What is left out is as DefaultHMAC has it.
// Single or double quotes around a value protect commas; within double ones \n,
// \" and \\ are a line feed, a quote and a backslash. The error names the pair
// that is wrong and the nearest word that is right.
func ParseHMAC(spec string) (HMAC, error) {
	h := DefaultHMAC()
	given := map[string]bool{}
	for rest, more := spec, true; more; {
		var key, value string
		var bare bool
		var err error
		if key, value, bare, rest, more, err = cutPair(rest); err != nil {
			return HMAC{}, err
		}
		if key == "" && bare && !more && len(given) > 0 {
			break // a comma at the end
		}
		if given[key] {
			return HMAC{}, fmt.Errorf("%s is given twice", key)
		}
		given[key] = true
		if err := h.set(key, value, bare); err != nil {
			return HMAC{}, err
		}
	}
	return h, nil
}

// cutPair returns the first pair of a specification and what follows its comma.
// bare is a key without an equals sign.
func cutPair(spec string) (key, value string, bare bool, rest string, more bool, err error) {
	end := strings.IndexAny(spec, "=,")
	if end < 0 {
		return strings.TrimSpace(spec), "", true, "", false, nil
	}
	key = strings.TrimSpace(spec[:end])
	if spec[end] == ',' {
		return key, "", true, spec[end+1:], true, nil
	}
	rest = strings.TrimLeft(spec[end+1:], " ")
	if rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		value, rest, more = strings.Cut(rest, ",")
		return key, strings.TrimSpace(value), false, rest, more, nil
	}
	quoted, after, err := cutQuoted(rest)
	if err != nil {
		return "", "", false, "", false, fmt.Errorf("%s: %w", short(key), err)
	}
	after = strings.TrimLeft(after, " ")
	if after != "" && after[0] != ',' {
		return "", "", false, "", false, fmt.Errorf("%s: a comma belongs after the closing quote, not %q", short(key), short(after))
	}
	return key, quoted, false, strings.TrimPrefix(after, ","), after != "", nil
}

// cutQuoted returns what stands in the quotes that text begins with, and what
// follows them.
func cutQuoted(text string) (value, rest string, err error) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			return b.String(), text[i+1:], nil
		case c == '\\' && quote == '"' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case '"', '\\':
				b.WriteByte(text[i])
			default:
				b.WriteString(text[i-1 : i+1])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("the quote %c is not closed", quote)
}

// set sets what a key names.
func (h *HMAC) set(key, value string, bare bool) error {
	if !slices.Contains(specKeys, key) {
		return unknownWord("key", key, specKeys)
	}
	if bare && key != "base64-secret" {
		return fmt.Errorf("%s has no value: write %s=VALUE", key, key)
	}
	switch key {
	case "algorithm":
		names := make([]string, len(algorithms))
		for i, a := range algorithms {
			names[i] = a.name
		}
		h.Algorithm = strings.ReplaceAll(strings.ToLower(value), "sha-", "sha")
		return oneOf(key, value, h.Algorithm, names)
	case "encoding":
		h.Encoding = strings.ToLower(value)
		return oneOf(key, value, h.Encoding, []string{encodingHex, encodingBase64})
	case "base64-secret":
		is, err := strconv.ParseBool(value)
		if err != nil && !bare {
			return errors.New("base64-secret: want true or false; the secret itself is given with --secret or --secret-file")
		}
		h.Base64Secret = is || bare
	case "prefix":
		if strings.ContainsAny(value, "\r\n") {
			return errors.New("prefix: a header has no line breaks")
		}
		h.Prefix = value
	case "format":
		h.Format = value
		return checkFormat(value)
	case "header":
		return setName(&h.Header, key, value)
	case "timestamp-header":
		return setName(&h.TimestampHeader, key, value)
	case "id-header":
		return setName(&h.IDHeader, key, value)
	}
	return nil
}

// setName sets the name of a header.
func setName(to *string, key, value string) error {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}) {
		return fmt.Errorf("%s=%s: that is no name of a header", key, short(value))
	}
	*to = value
	return nil
}

// checkFormat refuses a format with a placeholder that there is not, or none at
// all.
func checkFormat(format string) error {
	for rest := format; ; {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		rest = rest[open:]
		mark := markAt(rest)
		if mark == "" {
			if word, _, closed := strings.Cut(rest, "}"); closed && !strings.ContainsAny(word[1:], "{ \n\"") {
				return unknownWord("placeholder", word+"}", marks)
			}
			mark = "{"
		}
		rest = rest[len(mark):]
	}
	if !slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(format, mark) }) {
		return fmt.Errorf("format=%s: nothing of the request is in it; want some of %s", short(format), strings.Join(marks, " "))
	}
	return nil
}

func oneOf(key, given, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("%s=%s: %w", key, short(given), unknownWord("value", given, known))
}

// unknownWord says that there is no such word, and which is near.
func unknownWord(what, word string, known []string) error {
	if near := nearest.Word(word, known); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %s?", what, short(word), near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", what, short(word), strings.Join(known, ", "))
}

// short cuts what is quoted in an error, and keeps it on one line.
func short(s string) string {
	const most = 40
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\uFFFD'
		}
		return r
	}, s[:min(len(s), 8*most)])
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// String returns the specification that ParseHMAC reads back: algorithm and
// header, and what is not as Vapi's default has it.
func (h HMAC) String() string {
	usual := DefaultHMAC()
	pairs := []string{"algorithm=" + h.Algorithm, "header=" + strings.ToLower(h.Header)}
	add := func(key, value, otherwise string) {
		if value != otherwise {
			pairs = append(pairs, key+"="+quote(value))
		}
	}
	add("timestamp-header", strings.ToLower(h.TimestampHeader), usual.TimestampHeader)
	add("prefix", h.Prefix, usual.Prefix)
	add("format", h.Format, usual.Format)
	add("encoding", h.Encoding, usual.Encoding)
	if h.Base64Secret {
		pairs = append(pairs, "base64-secret=true")
	}
	add("id-header", strings.ToLower(h.IDHeader), usual.IDHeader)
	return strings.Join(pairs, ",")
}

// quote quotes a value where it needs that.
func quote(value string) string {
	if value != "" && !strings.ContainsAny(value, ",\"'\\\n") && strings.TrimSpace(value) == value {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}
