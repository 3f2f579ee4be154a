package attach

import (
	"fmt"
	"strings"
	"unicode"

	"vapitap/vapi/api"
)

// Object is an assistant, a phone number or a tool.
type Object struct {
	Kind   api.Kind
	ID     string
	Name   string // "" where it has none; characters that do not print are left out
	Number string // of a phone number
}

// ObjectOf reads what the object that raw holds is called.
func ObjectOf(kind api.Kind, raw []byte) Object {
	o := Object{Kind: kind, ID: textAt(raw, "id"), Name: plain(textAt(raw, "name"))}
	switch kind {
	case api.PhoneNumber:
		o.Number = plain(textAt(raw, "number"))
		if o.Number == "" {
			o.Number = plain(textAt(raw, "sipUri"))
		}
	case api.Tool:
		if name := plain(textAt(raw, "function", "name")); name != "" {
			o.Name = name
		}
	}
	return o
}

// String names it to a person: assistant "Front desk", phone number +15550100
// "Main line", tool get_weather.
func (o Object) String() string {
	what := o.Kind.String()
	switch {
	case o.Number != "" && o.Name != "":
		return fmt.Sprintf("%s %s %q", what, o.Number, o.Name)
	case o.Number != "":
		return what + " " + o.Number
	case o.Name != "" && o.Kind == api.Tool:
		return what + " " + o.Name
	case o.Name != "":
		return fmt.Sprintf("%s %q", what, o.Name)
	}
	return what + " " + plain(o.ID)
}

// Flag is the flag that attaches it, such as --tool 8f1c.
func (o Object) Flag() string { return fmt.Sprintf("--%s %s", o.Kind, plain(o.ID)) }

// longestName is how many characters are shown of a name.
const longestName = 80

// plain returns what can be shown of s in one line of a terminal.
func plain(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if runes := []rune(s); len(runes) > longestName {
		return string(runes[:longestName]) + "…"
	}
	return s
}
