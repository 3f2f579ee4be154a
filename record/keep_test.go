package record

import (
	"testing"
	"time"
)

func TestParseKeep(t *testing.T) {
	const week = 7 * 24 * time.Hour
	tests := []struct {
		text string
		want Keep
		says string // String of it
	}{
		{"7d,1GiB", Keep{week, 1 << 30}, "7d,1GiB"},
		{"1GiB,7d", Keep{week, 1 << 30}, "7d,1GiB"},
		{" 7d , 1gib ", Keep{week, 1 << 30}, "7d,1GiB"},
		{"7d", Keep{Age: week}, "7d"},
		{"36h", Keep{Age: 36 * time.Hour}, "1d12h"},
		{"1GiB", Keep{Size: 1 << 30}, "1GiB"},
		{"500KB", Keep{Size: 500_000}, "500KB"},
		{"1000000", Keep{Size: 1_000_000}, "1MB"},
		{"10m0s", Keep{Age: 10 * time.Minute}, "10m0s"},
		{"500B", Keep{Size: 500}, "500B"},
		{"1025", Keep{Size: 1025}, "1025B"},
		{"forever", Keep{}, "forever"},
		{"Forever ", Keep{}, "forever"},
	}
	for _, tt := range tests {
		got, err := ParseKeep(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("ParseKeep(%q) = %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
		if got.String() != tt.says {
			t.Errorf("%q says %s, want %s", tt.text, got, tt.says)
		}
		if again, err := ParseKeep(got.String()); err != nil || again != got {
			t.Errorf("%s is read as %+v, %v", got, again, err)
		}
	}
}

func TestParseKeepRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":             `"": write an age and a size such as 7d,1GiB, one of them, or forever`,
		"a week":       `"a week": write an age and a size such as 7d,1GiB, one of them, or forever`,
		"7d,":          `"7d,": write an age and a size such as 7d,1GiB, one of them, or forever`,
		"7d;1GiB":      `"7d;1GiB": write an age and a size such as 7d,1GiB, one of them, or forever`,
		"forever,1GiB": `"forever,1GiB": write an age and a size such as 7d,1GiB, one of them, or forever`,
		"7d,1d":        `"7d,1d": it has two ages`,
		"1GiB,2GiB":    `"1GiB,2GiB": it has two sizes`,
		"7":            `"7": a number alone is bytes; write 7d for days`,
		"0":            `"0": that would keep nothing; write forever for no limit`,
		"0s":           `"0s": that would keep nothing; write forever for no limit`,
		"7d,0KB":       `"7d,0KB": that would keep nothing; write forever for no limit`,
		"10m":          `"10m": 10m could be minutes or megabytes; write 10m0s or 10MB`,
	} {
		if got, err := ParseKeep(text); err == nil || err.Error() != want {
			t.Errorf("ParseKeep(%q) = %+v, %v; want %s", text, got, err, want)
		}
	}
}
