package vapi

import (
	"net/http"
	"strings"

	"vapitap/internal/jsonpath"
)

// posted is the request that body comes in.
func posted(body string) Request {
	return Request{Method: "POST", Path: "/vapi/webhook", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

// message is the request of a server message with these members.
func message(members string) Request { return posted(`{"message":{` + members + `}}`) }

// answered is a reply with status 200 and a JSON body.
func answered(body string) *Reply {
	return &Reply{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

// streamed is a reply of server-sent events, one for each of data.
func streamed(data ...string) *Reply {
	var b strings.Builder
	for _, d := range data {
		b.WriteString("data: " + d + "\n\n")
	}
	return &Reply{Status: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: []byte(b.String())}
}

// quoted returns s as JSON.
func quoted(s string) string { return string(jsonpath.Quote(s)) }
