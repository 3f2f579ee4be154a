package cli

import (
	"cmp"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
)

// What a filter was probably meant to be.

// whatWasMeant is the hint for a filter that picks nothing, or may never pick
// anything; empty where none fits.
func whatWasMeant(filter *record.Filter) string {
	return cmp.Or(mistyped(filter), textMeant(filter))
}

// mistyped is the hint for a filter that names a type or a check that is not
// known and is near to one that is; empty for any other.
func mistyped(filter *record.Filter) string {
	meant := filter.Meant()
	if len(meant.Terms()) == 0 {
		return ""
	}
	return "did you mean " + plain.Text(meant.String()) + "?"
}

// textMeant is the hint for a filter that is a text to look for, and looks like
// ids or the last of something; empty for any other.
func textMeant(filter *record.Filter) string {
	text := filter.String()
	meant := idsMeant(text)
	switch {
	case strings.EqualFold(text, lastCall):
		return "call:last is the last call, session:last the last session"
	case meant == "":
		return ""
	case isDigits(text):
		return meant + " or vapitap show " + text + " is the exchange"
	case strings.ContainsAny(meant, "!|<>"):
		meant = "'" + meant + "'"
	}
	return "ids are picked by " + meant
}

// sayTextMeant says that a filter is looked for in the text, where it was
// probably meant to be something else.
func (a *app) sayTextMeant(filter *record.Filter) {
	if hint := textMeant(filter); hint != "" {
		a.remark(plain.Text(filter.String())+" is looked for in the text", hint)
	}
}
