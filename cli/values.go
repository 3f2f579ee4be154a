package cli

import (
	"net/url"
	"time"

	"vapitap/record"
)

// The values of flags that pflag does not know. Each is made from a pointer to
// where the value is kept, which holds the default until it is set:
//
//	flags.Var((*sizeValue)(&options.maxBody), "max-body", "how much of a body is captured")

// sizeValue is a number of bytes, written as record.ParseSize reads it.
type sizeValue int64

func (v *sizeValue) Set(s string) error {
	n, err := record.ParseSize(s)
	if err == nil {
		*v = sizeValue(n)
	}
	return err
}

func (v *sizeValue) String() string { return record.FormatSize(int64(*v)) }

// Type is what help shows in place of the value.
func (v *sizeValue) Type() string { return "SIZE" }

// durationValue is a duration, written as record.ParseDuration reads it: as Go
// does, or with days.
type durationValue time.Duration

func (v *durationValue) Set(s string) error {
	d, err := record.ParseDuration(s)
	if err == nil {
		*v = durationValue(d)
	}
	return err
}

func (v *durationValue) String() string { return record.FormatDuration(time.Duration(*v)) }

// Type is what help shows in place of the value.
func (v *durationValue) Type() string { return "DURATION" }

// keepValue is how much is kept, written as record.ParseKeep reads it.
type keepValue record.Keep

func (v *keepValue) Set(s string) error {
	k, err := record.ParseKeep(s)
	if err == nil {
		*v = keepValue(k)
	}
	return err
}

func (v *keepValue) String() string { return record.Keep(*v).String() }

// Type is what help shows in place of the value.
func (v *keepValue) Type() string { return "AGE,SIZE" }

// targetValue is a server to send to, written as ParseTarget reads it.
type targetValue url.URL

func (v *targetValue) Set(s string) error {
	u, err := ParseTarget(s)
	if err == nil {
		*v = targetValue(*u)
	}
	return err
}

// String returns the URL in full, and nothing where none is set.
func (v *targetValue) String() string { return (*url.URL)(v).String() }

// Type is what help shows in place of the value.
func (v *targetValue) Type() string { return "URL" }
