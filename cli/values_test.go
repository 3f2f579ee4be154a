package cli

import (
	"net/url"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"vapitap/record"
)

func TestFlagValues(t *testing.T) {
	var (
		size   int64         = 8 << 20
		hold                 = 3 * time.Second
		keep                 = record.Keep{Age: 7 * 24 * time.Hour, Size: 1 << 30}
		target url.URL       // none
		flags  pflag.FlagSet // as a command has them
	)
	flags.Var((*sizeValue)(&size), "max-body", "")
	flags.Var((*durationValue)(&hold), "hold", "")
	flags.Var((*keepValue)(&keep), "keep", "")
	flags.Var((*targetValue)(&target), "to", "")
	for name, want := range map[string]string{"max-body": "8MiB", "hold": "3s", "keep": "7d,1GiB", "to": ""} {
		if got := flags.Lookup(name).DefValue; got != want {
			t.Errorf("the default of --%s is %q, want %q", name, got, want)
		}
	}
	if err := flags.Parse([]string{"--max-body=500KB", "--hold=0", "--keep", "forever", "--to", "3000/hook"}); err != nil {
		t.Fatal(err)
	}
	if size != 500_000 || hold != 0 || keep != (record.Keep{}) || target.String() != "http://localhost:3000/hook" {
		t.Errorf("got %d, %v, %v, %v", size, hold, keep, target.String())
	}
}

func TestFlagValuesRefuse(t *testing.T) {
	size, hold, keep, target := sizeValue(1), durationValue(2), keepValue{Size: 3}, targetValue{Host: "x"}
	for _, tt := range []struct {
		flag pflag.Value
		text string
	}{
		{&size, "much"}, {&size, "-1"}, {&hold, "3"}, {&hold, "-3s"}, {&keep, "7"}, {&keep, "10m"}, {&target, "word"}, {&target, "ftp://x"},
	} {
		if err := tt.flag.Set(tt.text); err == nil {
			t.Errorf("a %s takes %q", tt.flag.Type(), tt.text)
		}
	}
	if size != 1 || hold != 2 || keep.Size != 3 || target.Host != "x" {
		t.Error("a value that was refused changed what was there")
	}
}
