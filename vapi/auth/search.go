package auth

import (
	"crypto/hmac"
	"hash"
	"net/http"
	"slices"
	"strings"

	"vapitap/vapi"
)

// Search bounds: how odd a combination may be in all, and how much may be hashed
// of large bodies, which takes a second or two.
const (
	oddest   = 6
	mostHash = 1 << 30 // bytes
)

// Finding is how a signature was made, or a secret written.
type Finding struct {
	Header string // where it came
	Scheme string
	HMAC   HMAC   // of a signature, with the headers it takes its parts from
	Secret string // in words: how the secret has to be written, such as: as it was given

	// The parts of a signature that are not what HMAC says by itself, in words;
	// empty where they are.
	Body      string // what was signed of the body where that is not its bytes
	Timestamp string // how it was signed where that is not as its header has it
	URL       string // which was signed, where one was

	// Usable reports whether HMAC with the secret as it was given verifies the
	// signature, so that the credential can be configured. Default reports whether
	// it need not be, since the secret alone does.
	Usable  bool
	Default bool

	body     bodyForm
	key      keyForm
	signedAt string
}

// Report is what came of looking for how a request was authenticated.
type Report struct {
	Found   *Finding // nil where nothing fits
	Headers []string // that have something to look at, in canonical case, signatures first
	Scheme  string   // of the first of them; none where there is nothing
	Tried   int      // combinations
	Cut     bool     // the body is so large that not all were tried

	Secrets, Bodies, Timestamps, Formats int // how many forms of each were tried
}

// Search tries the ways in which a signature, a secret or a token of the request
// may have been made of one of the secrets, the likely first. spec, which may be
// nil, comes before all others. The body must be as it was on the wire; over one
// that is truncated no signature is tried.
//
// Tried are, each as it is and with what commonly happens to it: the secret
// (white space, quotes, base64, whsec_), the body (as JSON.stringify writes it,
// without the line break at its end, the message alone), the timestamp (seconds
// for milliseconds and the like), and the order of the parts with what stands
// between them. Algorithm, encoding and prefix are told by the signature itself.
func Search(r vapi.Request, secrets []string, spec *HMAC) Report {
	s := search{request: r, secrets: secrets, spec: spec}
	s.report.Scheme = SchemeNone
	s.look()
	if s.plain() || s.asConfigured() {
		return s.report
	}
	if !r.Truncated && len(s.signatures) > 0 {
		s.combine()
	}
	return s.report
}

// search is one search under way.
type search struct {
	request    vapi.Request
	secrets    []string
	spec       *HMAC
	came       []carriedCredential
	signatures []candidate
	parts      parts
	hashed     int64
	report     Report
}

// candidate is a signature that came, as it is read.
type candidate struct {
	reading
	header string
}

// look finds what there is to look at: what the request carries, and where that
// is nothing, whatever looks like a signature.
func (s *search) look() {
	s.came = carried(s.request.Header, s.spec)
	for _, c := range s.came {
		if c.scheme == SchemeHMAC {
			s.candidates(c.header, c.value)
		}
	}
	if len(s.came) == 0 {
		for _, name := range slices.Sorted(headerNames(s.request.Header)) {
			for _, value := range s.request.Header[name] {
				if looksSigned(value) {
					s.came = append(s.came, carriedCredential{SchemeHMAC, http.CanonicalHeaderKey(name), value})
					s.candidates(http.CanonicalHeaderKey(name), value)
				}
			}
		}
	}
	for _, c := range s.came {
		if !slices.Contains(s.report.Headers, c.header) {
			s.report.Headers = append(s.report.Headers, c.header)
		}
	}
	if len(s.came) > 0 {
		s.report.Scheme = s.came[0].scheme
	}
}

// headerNames are the names of h, but those that are about the message itself.
func headerNames(h http.Header) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range h {
			switch canonical := http.CanonicalHeaderKey(name); {
			case canonical == "Etag", canonical == "If-None-Match", canonical == "Cookie", strings.Contains(canonical, "Digest"), strings.Contains(canonical, "Trace"):
			case !yield(name):
				return
			}
		}
	}
}

func (s *search) candidates(header, value string) {
	const most = 8
	for _, r := range readSignature(value) {
		if len(s.signatures) < most {
			s.signatures = append(s.signatures, candidate{r, header})
		}
	}
}

// plain looks for a header that shows a secret itself, as it is or written
// otherwise.
func (s *search) plain() bool {
	k := Keyring{secrets: s.secrets}
	if scheme, header := k.inHeader(s.request.Header, s.came); scheme != "" {
		s.report.Tried++
		s.report.Found = &Finding{Header: header, Scheme: scheme, Secret: asGiven, Usable: true}
		return true
	}
	for _, c := range s.came {
		if c.scheme == SchemeHMAC {
			continue
		}
		s.report.Tried += len(s.secrets) * (1 + len(differences))
		if near := k.nearest(c); near != "" {
			s.report.Found = &Finding{Header: c.header, Scheme: c.scheme, Secret: string(near)}
			return true
		}
	}
	return false
}

// asConfigured tries what vapitap itself would: the credential that is
// described, and Vapi's defaults.
func (s *search) asConfigured() bool {
	if s.request.Truncated {
		return false
	}
	k, err := NewKeyring(s.secrets, s.spec)
	if err != nil || k == nil {
		return false
	}
	signed := signedRequest{Request: s.request}
	recognised := len(carried(s.request.Header, s.spec)) > 0
	for _, c := range s.came {
		if c.scheme != SchemeHMAC {
			continue
		}
		s.report.Tried += len(s.secrets)
		m, ok := k.match(&signed, c)
		if !ok {
			continue
		}
		f := &Finding{Header: c.header, Scheme: SchemeHMAC, HMAC: m.hmac, Secret: asGiven, URL: m.url, Usable: true, body: rawBody}
		f.Default = recognised && (s.spec == nil || c.header != http.CanonicalHeaderKey(s.spec.Header))
		if m.hmac.uses(timestampMark) {
			f.signedAt = m.timestamp
		}
		if m.hmac.Base64Secret {
			f.key.base64 = true
		}
		if m.stringified {
			f.body, f.Body = stringifiedBody, stringifiedBody.said
		}
		s.report.Found = f
		return true
	}
	return false
}

// combine tries all combinations, those that are the least odd first.
func (s *search) combine() {
	s.parts = parts{keyForms(s.secrets), bodyForms(s.request), timeForms(s.request), idForms(s.request), urlsOf(s.request)}
	s.report.Secrets, s.report.Bodies, s.report.Timestamps, s.report.Formats =
		len(s.parts.keys), len(s.parts.bodies), len(s.parts.times), len(formatForms)
	macs := s.macs(s.parts.keys)
	for odd := range oddest + 1 {
		for i, key := range s.parts.keys {
			for _, f := range formatForms {
				if left := odd - key.odd - f.odd; left >= 0 && s.fill(key, macs[i], f, left) || s.report.Cut {
					return
				}
			}
		}
	}
}

// parts are the forms of all that a signature is made of.
type parts struct {
	keys   []keyForm
	bodies []bodyForm
	times  []timeForm
	ids    []idForm
	urls   []string
}

// fill tries a format with everything that can stand in it and is just so odd in
// all, and reports whether a signature came of it.
func (s *search) fill(key keyForm, macs []namedMAC, f formatForm, odd int) bool {
	for _, b := range or(f.body, s.parts.bodies) {
		for _, t := range or(f.timestamp, s.parts.times) {
			for i, url := range or(f.url, s.parts.urls) {
				if b.odd+t.odd+min(i, 2) != odd {
					continue
				}
				for _, id := range or(f.id, s.parts.ids) {
					c := s.try(macs, f.format, &payload{b.bytes, t.text, s.request.Method, url, id.text})
					if c != nil {
						s.report.Found = s.finding(c, key, f.format, b, t, id, url)
						return true
					}
					if s.report.Cut {
						return false
					}
				}
			}
		}
	}
	return false
}

// or returns the forms of a part where it is used, and else one that is empty.
func or[T any](used bool, forms []T) []T {
	if used {
		return forms
	}
	return make([]T, 1)
}

// macs returns an HMAC for each key and each algorithm that a signature may be
// of.
func (s *search) macs(keys []keyForm) [][]namedMAC {
	var names []string
	for _, c := range s.signatures {
		if !slices.Contains(names, c.algorithm) {
			names = append(names, c.algorithm)
		}
	}
	list := make([][]namedMAC, len(keys))
	for i, key := range keys {
		for _, name := range names {
			list[i] = append(list[i], namedMAC{name, hmac.New(newHash(name), key.key)})
		}
	}
	return list
}

type namedMAC struct {
	algorithm string
	hash.Hash
}

// try returns the signature that comes of one combination, nil where none does.
func (s *search) try(macs []namedMAC, format string, p *payload) *candidate {
	for _, m := range macs {
		s.report.Tried++
		if s.hashed += int64(len(p.body)) + 128; s.hashed > mostHash {
			s.report.Cut = true
			return nil
		}
		m.Reset()
		p.writeTo(m, format)
		sum := m.Sum(nil)
		for i := range s.signatures {
			if c := &s.signatures[i]; c.algorithm == m.algorithm && hmac.Equal(c.mac, sum) {
				return c
			}
		}
	}
	return nil
}

// finding puts together what was found.
func (s *search) finding(c *candidate, key keyForm, format string, b bodyForm, t timeForm, id idForm, url string) *Finding {
	h := DefaultHMAC()
	h.Algorithm, h.Header, h.Prefix, h.Format, h.Encoding = c.algorithm, strings.ToLower(c.header), c.prefix, format, c.encoding
	h.Base64Secret = key.base64
	if t.header != "" {
		h.TimestampHeader = strings.ToLower(t.header)
	}
	if id.header != "" {
		h.IDHeader = strings.ToLower(id.header)
	}
	f := &Finding{Header: c.header, Scheme: SchemeHMAC, HMAC: h, Secret: key.said, Body: b.said, Timestamp: t.said, URL: url, body: b, key: key, signedAt: t.text}
	f.Usable = (key.said == asGiven || key.base64) && (b.said == "" || b.said == stringifiedBody.said) && t.said == ""
	return f
}
