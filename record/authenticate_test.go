package record_test

import (
	"net/http"
	"testing"

	"vapitap/record"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

func TestTheCheckOfAuthenticationStandsWithItsLevel(t *testing.T) {
	keys, err := auth.NewKeyring([]string{"s3cret"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	others := []vapi.Check{{Level: vapi.Error, Code: "e"}, {Level: vapi.Warning, Code: "w"}, {Level: vapi.Info, Code: "i"}}
	for _, c := range []struct {
		header http.Header
		at     int
		code   string
	}{
		{http.Header{"X-Vapi-Secret": {"another"}}, 0, "auth-bad"},
		{http.Header{}, 2, "auth-missing"},
	} {
		e := record.Exchange{Method: "POST", Path: "/", Status: 200}
		e.Request = record.Message{Header: c.header, Body: []byte(`{"message":{"type":"hang"}}`)}
		e.Describe()
		e.Checks = append([]vapi.Check(nil), others...)
		e.Authenticate(keys)
		if len(e.Checks) != 4 || e.Checks[c.at].Code != c.code {
			t.Errorf("%s: %+v", c.code, e.Checks)
		}
	}
}
