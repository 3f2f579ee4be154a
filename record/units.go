package record

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// sizeUnits are the units that a size may have, in lower case. A single letter
// means the decimal unit, as it does to dd's users when they write kB.
var sizeUnits = map[string]int64{
	"": 1, "b": 1,
	"k": 1e3, "kb": 1e3, "ki": 1 << 10, "kib": 1 << 10,
	"m": 1e6, "mb": 1e6, "mi": 1 << 20, "mib": 1 << 20,
	"g": 1e9, "gb": 1e9, "gi": 1 << 30, "gib": 1 << 30,
	"t": 1e12, "tb": 1e12, "ti": 1 << 40, "tib": 1 << 40,
}

// ParseSize reads a number of bytes as people write it: 500KB (500,000), 8MiB
// (8,388,608), 10k (10,000), 1.5GB, or plain bytes. Case does not matter, and
// spaces may stand before the unit. The result is never negative.
func ParseSize(s string) (int64, error) {
	number, unit := cutNumber(strings.ToLower(strings.TrimSpace(s)))
	scale, known := sizeUnits[strings.TrimLeft(unit, " ")]
	fractional := strings.Contains(number, ".")
	if number == "" || !known || fractional && scale == 1 {
		return 0, fmt.Errorf("%s is not a size such as 500KB, 8MiB or 1048576", quoteShort(s))
	}
	size, ok := scaled(number, float64(scale))
	if !fractional { // exact, where a float64 would round
		whole, err := strconv.ParseInt(number, 10, 64)
		size, ok = whole*scale, err == nil && whole <= math.MaxInt64/scale
	}
	if !ok {
		return 0, fmt.Errorf("%s is more bytes than there are", quoteShort(s))
	}
	return size, nil
}

// ParseDuration reads a duration as Go writes it, which may begin with days of
// 24 hours: 500ms, 1h30m, 7d, 1d12h. Case does not matter. The result is never
// negative; 0 needs no unit.
func ParseDuration(s string) (time.Duration, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	number, rest := cutNumber(text)
	var days int64
	if after, found := strings.CutPrefix(rest, "d"); found && number != "" {
		var ok bool
		if days, ok = scaled(number, float64(24*time.Hour)); !ok {
			return 0, fmt.Errorf("%s is longer than the 292 years a duration can have", quoteShort(s))
		}
		if after == "" {
			return time.Duration(days), nil
		}
		text = after
		if number, unit := cutNumber(after); number == "" || unit == "" {
			text = "" // a sign or a lone 0, which Go reads, does not follow days
		}
	} else if number != "" && rest == "" && strings.Trim(number, "0.") != "" {
		return 0, fmt.Errorf("%s has no unit: write %ss for seconds, or ms, m, h, d", quoteShort(s), quotable(number))
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is not a duration such as 2s, 500ms, 1h30m or 7d", quoteShort(s))
	case d < 0:
		return 0, fmt.Errorf("%s is less than no time", quoteShort(s))
	case int64(d) > math.MaxInt64-days:
		return 0, fmt.Errorf("%s is longer than the 292 years a duration can have", quoteShort(s))
	}
	return time.Duration(days) + d, nil
}

// FormatSize returns a text that ParseSize reads as n, as short as it can be:
// 8MiB, 500KB, or plain digits. It rounds nothing; a negative n comes as plain
// digits, which ParseSize refuses.
func FormatSize(n int64) string {
	shortest := strconv.FormatInt(n, 10)
	if n <= 0 {
		return shortest
	}
	for _, unit := range []string{"KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB"} {
		scale := sizeUnits[strings.ToLower(unit)]
		if n < scale {
			break
		}
		if text := strconv.FormatInt(n/scale, 10) + unit; n%scale == 0 && len(text) <= len(shortest) {
			shortest = text
		}
	}
	return shortest
}

// FormatDuration returns a text that ParseDuration reads as d, without the
// zeros that Go writes: 7d, 1d12h, 3s, 1m30s. It rounds nothing; a negative d
// comes as Go writes it.
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d < day {
		return trimZeroUnits(d.String())
	}
	text := strconv.FormatInt(int64(d/day), 10) + "d"
	if d%day != 0 {
		text += trimZeroUnits((d % day).String())
	}
	return text
}

// trimZeroUnits takes the zeros off what time.Duration.String writes: 36h for
// 36h0m0s.
func trimZeroUnits(s string) string {
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// cutNumber splits s after the decimal number it begins with: digits, with at
// most one point among them. The number is empty where there is none.
func cutNumber(s string) (number, rest string) {
	i, digits, points := 0, 0, 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == '.' && points == 0:
			points++
			continue
		}
		break
	}
	if digits == 0 {
		return "", s
	}
	return s[:i], s[i:]
}

// scaled returns number times scale, rounded, and false where that is more than
// an int64 holds.
func scaled(number string, scale float64) (int64, bool) {
	f, err := strconv.ParseFloat(number, 64)
	f = math.Round(f * scale)
	return int64(f), err == nil && f < math.MaxInt64
}

// quoteShort quotes what someone typed for an error message of one line.
func quoteShort(s string) string { return strconv.Quote(quotable(s)) }

// quotable cuts s to what still reads well in a message.
func quotable(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
