package vapi

import (
	"strings"
	"time"
	"unicode/utf8"
)

// The strings among made-up arguments.

// text makes a string: of the format or pattern that is asked for, or what its
// name suggests, not shorter and not longer than allowed.
func (m *argumentMaker) text(name string, schema *jsObject) any {
	if s, ok := m.formatted(schema.text("format")); ok {
		return s
	}
	if pattern := schema.text("pattern"); pattern != "" {
		if s, ok := matching(pattern, limit(schema, "minLength", 0)); ok {
			return s
		}
	}
	s := m.suggested(name)
	least, most := limit(schema, "minLength", 0), limit(schema, "maxLength", maxMadeUpText)
	for least = min(least, maxMadeUpText); utf8.RuneCountInString(s) < least; {
		s += " and so on"
	}
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most])
	}
	return s
}

func (m *argumentMaker) formatted(format string) (string, bool) {
	tomorrow := m.now.UTC().AddDate(0, 0, 1)
	switch format {
	case "date":
		return tomorrow.Format(time.DateOnly), true
	case "time":
		return "19:00:00Z", true
	case "date-time":
		return tomorrow.Format("2006-01-02") + "T19:00:00Z", true
	case "duration":
		return "PT1H", true
	case "email", "idn-email":
		return "ada.berg@example.com", true
	case "uri", "url", "iri", "uri-reference":
		return "https://example.com/", true
	case "hostname":
		return "example.com", true
	case "ipv4":
		return "192.0.2.7", true
	case "ipv6":
		return "2001:db8::7", true
	case "uuid":
		return m.ids.uuid(), true
	case "phone", "phone-number", "e164":
		return "+14155550100", true
	}
	return "", false
}

// suggestions are what values of common names look like; the first whose word
// the name has counts.
var suggestions = []struct{ word, value string }{
	{"email", "ada.berg@example.com"}, {"phone", "+14155550100"}, {"mobile", "+14155550100"},
	{"city", "Oslo"}, {"location", "Oslo"}, {"place", "Oslo"}, {"country", "Norway"}, {"language", "en"},
	{"address", "1 Harbour Street, Oslo"}, {"street", "1 Harbour Street"}, {"zip", "0150"}, {"postal", "0150"}, {"postcode", "0150"},
	{"datetime", "@dateT19:00:00Z"}, {"date", "@date"}, {"day", "@date"}, {"time", "19:00"},
	{"firstname", "Ada"}, {"lastname", "Berg"}, {"surname", "Berg"}, {"name", "Ada Berg"},
	{"currency", "USD"}, {"url", "https://example.com/"}, {"orderid", "A1042"}, {"id", "A1042"}, {"number", "1042"}, {"code", "1042"},
	{"question", "When do you open?"}, {"query", "opening hours"}, {"reason", "The caller asked for it."},
	{"note", "By the window, please."}, {"message", "Please ring me back."}, {"summary", "The caller asked for help."},
}

func (m *argumentMaker) suggested(name string) string {
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	for _, s := range suggestions {
		if strings.Contains(plain, s.word) {
			return strings.Replace(s.value, "@date", m.now.UTC().AddDate(0, 0, 1).Format(time.DateOnly), 1)
		}
	}
	if name == "" {
		return "something"
	}
	return "some " + spokenName(name)
}
