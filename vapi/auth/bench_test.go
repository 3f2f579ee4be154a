package auth

import (
	"crypto/sha256"
	"strings"
	"testing"

	"vapitap/vapi"
)

// BenchmarkVerify is what each exchange pays: without a secret that is
// configured, with one, and with a signature over a body of 64 KB.
func BenchmarkVerify(b *testing.B) {
	large := `{"message":{"type":"hang","x":"` + strings.Repeat("x", 64<<10) + `"}}`
	request := func(text string, more ...string) vapi.Request {
		return post(text, append([]string{"Accept", "*/*", "Accept-Encoding", "gzip", "User-Agent", "axios", "X-Call-Id", "c", "X-Forwarded-For", "203.0.113.5",
			"X-Forwarded-Host", "x.ngrok.app", "X-Forwarded-Proto", "https", "Content-Length", "12", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, more...)...)
	}
	for _, c := range []struct {
		name string
		keys *Keyring
		r    vapi.Request
	}{
		{"no secret", nil, request(large, "X-Vapi-Secret", secret)},
		{"secret", keyring(b, "", secret), request(large, "X-Vapi-Secret", secret)},
		{"signature", keyring(b, "", secret), request(large, "X-Vapi-Signature", hexSum(sha256.New, secret, large))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.keys.Verify(vapi.KindServer, c.r)
			}
		})
	}
}
