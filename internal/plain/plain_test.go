package plain

import (
	"testing"
	"time"
	"unicode/utf8"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "<1 ms", 999 * time.Microsecond: "<1 ms", 84 * time.Millisecond: "84 ms", 2100 * time.Millisecond: "2.1 s", 80 * time.Second: "1 m 20 s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestOffset(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00.0", 4260 * time.Millisecond: "0:04.3", 80 * time.Second: "1:20.0", 59960 * time.Millisecond: "1:00.0",
		time.Hour + 2*time.Minute + 3*time.Second: "1:02:03", -1500 * time.Millisecond: "-0:01.5",
	} {
		if got := Offset(d); got != want {
			t.Errorf("Offset(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 8281: "8.3 KB", 999_949: "999.9 KB", 999_950: "1.0 MB", 1_200_000: "1.2 MB", 3_000_000_000: "3.0 GB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\x1b[31mred\x1b[m", "\x1b]0;title\x07x", "a\u202eb", "tab\tline\r\n", "\xff\x9b31m", "👩‍👩‍👧", "\u200bnothing\u2028"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Text(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q gave broken UTF-8: %q", text, got)
		}
		for _, r := range got {
			if Control(r) {
				t.Fatalf("%q left %q in %q", text, r, got)
			}
		}
		if again := Text(got); again != got {
			t.Fatalf("%q: cleaned twice differs: %q, %q", text, got, again)
		}
	})
}
