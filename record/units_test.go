package record

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "7": 7, "1048576": 1 << 20, "12b": 12,
		"500KB": 500_000, "500kb": 500_000, "10k": 10_000, "10M": 10_000_000, "2GB": 2_000_000_000, "1TB": 1e12,
		"8MiB": 8 << 20, "8mib": 8 << 20, "8Mi": 8 << 20, "64KiB": 64 << 10, "1GiB": 1 << 30, "1TiB": 1 << 40,
		"1.5KB": 1500, "1.5GiB": 3 << 29, ".5k": 500, "1.k": 1000, "0.0004kb": 0, " 8 MiB ": 8 << 20,
		"9223372036854775807": math.MaxInt64, "9223372036854775KB": 9223372036854775000,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                    `"" is not a size such as 500KB, 8MiB or 1048576`,
		"big":                 `"big" is not a size such as 500KB, 8MiB or 1048576`,
		"8 miles":             `"8 miles" is not a size such as 500KB, 8MiB or 1048576`,
		"-1":                  `"-1" is not a size such as 500KB, 8MiB or 1048576`,
		"+1":                  `"+1" is not a size such as 500KB, 8MiB or 1048576`,
		"1e3":                 `"1e3" is not a size such as 500KB, 8MiB or 1048576`,
		"1_000":               `"1_000" is not a size such as 500KB, 8MiB or 1048576`,
		"0x10":                `"0x10" is not a size such as 500KB, 8MiB or 1048576`,
		"1.5":                 `"1.5" is not a size such as 500KB, 8MiB or 1048576`,
		"1.2.3k":              `"1.2.3k" is not a size such as 500KB, 8MiB or 1048576`,
		".":                   `"." is not a size such as 500KB, 8MiB or 1048576`,
		"KB":                  `"KB" is not a size such as 500KB, 8MiB or 1048576`,
		"9223372036854775808": `"9223372036854775808" is more bytes than there are`,
		"8388608TiB":          `"8388608TiB" is more bytes than there are`,
		"9223372036.9GB":      `"9223372036.9GB" is more bytes than there are`,
	} {
		if got, err := ParseSize(text); err == nil || err.Error() != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "500ms": 500 * time.Millisecond, "2s": 2 * time.Second, "1h30m": 90 * time.Minute, "1.5s": 1500 * time.Millisecond,
		"2S": 2 * time.Second, " 2s ": 2 * time.Second, "250µs": 250 * time.Microsecond, "+2s": 2 * time.Second,
		"7d": 7 * day, "7D": 7 * day, "1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "0d": 0, "365d": 365 * day, "106751d": 106751 * day,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":               `"" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"fast":           `"fast" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"d":              `"d" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"12h1d":          `"12h1d" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1d1d":           `"1d1d" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1d+1h":          `"1d+1h" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1d-1h":          `"1d-1h" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1d0":            `"1d0" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1d 1h":          `"1d 1h" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"1w":             `"1w" is not a duration such as 2s, 500ms, 1h30m or 7d`,
		"3":              `"3" has no unit: write 3s for seconds, or ms, m, h, d`,
		"-2s":            `"-2s" is less than no time`,
		"106752d":        `"106752d" is longer than the 292 years a duration can have`,
		"106751d24h":     `"106751d24h" is longer than the 292 years a duration can have`,
		"9999999999999h": `"9999999999999h" is not a duration such as 2s, 500ms, 1h30m or 7d`,
	} {
		if got, err := ParseDuration(text); err == nil || err.Error() != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", -1: "-1", 1: "1", 999: "999", 1000: "1KB", 1024: "1KiB", 1025: "1025", 500_000: "500KB", 8 << 20: "8MiB", 1 << 30: "1GiB",
		1_000_000: "1MB", 1_500_000: "1500KB", 3 << 29: "1536MiB", 1e12: "1TB", math.MaxInt64: "9223372036854775807",
	} {
		if got := FormatSize(n); got != want {
			t.Errorf("FormatSize(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "0s", 3 * time.Second: "3s", 500 * time.Millisecond: "500ms", 90 * time.Second: "1m30s", time.Minute: "1m", 2 * time.Hour: "2h",
		90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s", day: "1d", 7 * day: "7d", 36 * time.Hour: "1d12h", -time.Minute: "-1m",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%v) = %s, want %s", d, got, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"", "500KB", "8MiB", "1.5g", "1048576", "9223372036854775808", " 1 tib", "-1", "1e3", "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseSize(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Fatalf("the error is %q", err)
			}
			return
		}
		if n < 0 {
			t.Fatalf("ParseSize(%q) = %d", text, n)
		}
		if again, err := ParseSize(FormatSize(n)); err != nil || again != n {
			t.Fatalf("%d becomes %s, and that %d, %v", n, FormatSize(n), again, err)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"", "500ms", "7d", "1d12h", "1.5d", "0", "-1s", "+1m", "3", "106752d", "1d1d", "1µs"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if goes, wrong := time.ParseDuration(text); wrong == nil && goes >= 0 && (err != nil || d != goes) {
			t.Fatalf("ParseDuration(%q) = %v, %v where Go has %v", text, d, err, goes)
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Fatalf("the error is %q", err)
			}
			return
		}
		if d < 0 {
			t.Fatalf("ParseDuration(%q) = %v", text, d)
		}
		if again, err := ParseDuration(FormatDuration(d)); err != nil || again != d {
			t.Fatalf("%v becomes %s, and that %v, %v", d, FormatDuration(d), again, err)
		}
	})
}
