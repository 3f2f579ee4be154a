package attach

import (
	"bytes"
	"net/url"
	"strings"

	"vapitap/internal/jsonpath"
)

// Shape is where an object keeps its server URL.
type Shape string

// The shapes.
const (
	ShapeNone    Shape = ""           // it has none
	ShapeCurrent Shape = "server.url" // as Vapi's OpenAPI document has it
	ShapeOlder   Shape = "serverUrl"  // as the setup guide shows it
)

// The paths of a Field.
const (
	pathServer = "server" // there was none
	pathURL    = "server.url"
	pathOlder  = "serverUrl"
	pathSecret = "serverUrlSecret"
)

// at returns the value at a path of keys, nil where there is none or it is null.
func at(object []byte, keys ...string) []byte {
	path := make(jsonpath.Path, 0, len(keys))
	for _, key := range keys {
		path = append(path, jsonpath.Key(key))
	}
	value, err := jsonpath.Get(object, path)
	if err != nil || string(value) == "null" {
		return nil
	}
	return value
}

// textAt returns the string at a path of keys, "" where there is none.
func textAt(object []byte, keys ...string) string { return unquote(at(object, keys...)) }

func unquote(text []byte) string {
	s, _ := jsonpath.Unquote(text)
	return s
}

// URLOf returns the server URL of an object, "" where it has none, and its shape.
// Where both shapes have one it is that of the current shape.
func URLOf(object []byte) (address string, shape Shape) {
	current, older := textAt(object, "server", "url"), textAt(object, pathOlder)
	switch {
	case current != "":
		return current, ShapeCurrent
	case older != "":
		return older, ShapeOlder
	case at(object, "server") != nil:
		return "", ShapeCurrent // with a timeoutSeconds, say, and no URL
	}
	return "", ShapeNone
}

// revision is a change of an object: what to send, and what it replaces.
type revision struct {
	patch  []byte
	fields []Field
}

// revise returns the change that gives an object a server URL in a shape, and in
// the older shape the secret, where that is not empty.
func revise(object []byte, shape Shape, address, secret string) (revision, error) {
	value := jsonpath.Quote(address)
	if shape == ShapeOlder {
		r := revision{
			patch:  members("serverUrl", value),
			fields: []Field{{Path: pathOlder, Was: at(object, pathOlder)}},
		}
		if secret != "" {
			r.patch = members("serverUrl", value, "serverUrlSecret", jsonpath.Quote(secret))
			was := at(object, pathSecret)
			r.fields = append(r.fields, Field{Path: pathSecret, Was: was, Hidden: was == nil && hidesSecret(object)})
		}
		return r, nil
	}
	server := at(object, "server")
	if server == nil {
		return revision{
			patch:  members("server", members("url", value)),
			fields: []Field{{Path: pathServer}},
		}, nil
	}
	server, err := jsonpath.Set(server, jsonpath.Path{jsonpath.Key("url")}, value)
	if err != nil {
		return revision{}, err
	}
	return revision{
		patch:  members("server", server),
		fields: []Field{{Path: pathURL, Was: at(object, "server", "url")}},
	}, nil
}

// revert returns the changes that put the fields of an entry back in an object,
// with address as the URL: the first, and what to try where the API refuses to
// have nothing in place of an address.
func revert(object []byte, fields []Field, address []byte) (patches [][]byte, err error) {
	for _, nothing := range []string{`null`, `""`} {
		var list []any
		for _, f := range fields {
			switch f.Path {
			case pathServer, pathURL:
				server, err := revertServer(at(object, "server"), f, address, nothing)
				if err != nil {
					return nil, err
				}
				list = append(list, "server", server)
			case pathOlder:
				list = append(list, pathOlder, orNothing(address, nothing))
			case pathSecret:
				if !f.Hidden {
					list = append(list, pathSecret, orNothing(f.Was, nothing))
				}
			}
		}
		patches = append(patches, members(list...))
	}
	return patches, nil
}

// revertServer puts the URL of a server back, or takes it out: then there is no
// server at all where there was none and nothing was added since.
func revertServer(server []byte, f Field, address []byte, nothing string) ([]byte, error) {
	if server == nil {
		server = []byte(`{}`)
	}
	if address != nil {
		return jsonpath.Set(server, jsonpath.Path{jsonpath.Key("url")}, address)
	}
	rest := without(server, "url")
	switch {
	case f.Path != pathServer || string(rest) != `{}`:
		return rest, nil
	case nothing == `null`:
		return []byte(`null`), nil
	}
	return rest, nil
}

func orNothing(value []byte, nothing string) []byte {
	if value == nil {
		return []byte(nothing)
	}
	return value
}

// members writes an object of names and values in turn.
func members(list ...any) []byte {
	out := []byte{'{'}
	for i := 0; i+1 < len(list); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, jsonpath.Quote(list[i].(string))...)
		out = append(out, ':')
		out = append(out, list[i+1].([]byte)...)
	}
	return append(out, '}')
}

// without returns an object without the members of a name. The others keep their
// bytes.
func without(object []byte, name string) []byte {
	var kept [][]byte
	for key, value := range jsonpath.Members(object) {
		if !jsonpath.KeyIs(key, name) {
			kept = append(kept, bytes.Join([][]byte{key, value}, []byte(":")))
		}
	}
	return append(append([]byte{'{'}, bytes.Join(kept, []byte(","))...), '}')
}

// hidesSecret reports whether an object has a secret that the API does not show.
func hidesSecret(object []byte) bool {
	return string(at(object, "isServerUrlSecretSet")) == "true" && at(object, "server", "secret") == nil && at(object, pathSecret) == nil
}

// sameURL compares two server URLs as a server would: the case of the host and a
// lone slash at the end make no difference.
func sameURL(a, b string) bool {
	if a == b {
		return true
	}
	return a != "" && b != "" && plainURL(a) == plainURL(b)
}

func plainURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Path == "/" {
		u.Path = ""
	}
	return u.String()
}

// ServerURL returns the URL at which the object whose server URL was old is
// reached through a public URL: the path and query of the old one are kept, unless
// the public URL has a path of its own.
func ServerURL(public *url.URL, old string) string {
	u := *public
	if before, err := url.Parse(old); err == nil && old != "" && strings.Trim(u.Path, "/") == "" && before.Opaque == "" {
		u.Path, u.RawPath = before.Path, before.RawPath
		u.RawQuery, u.ForceQuery = before.RawQuery, before.ForceQuery
		u.User = before.User // the server behind may want it
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}
