package cli

import (
	"cmp"
	"context"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/fixture"
)

// fixtureFolder is where fixtures are written.
const fixtureFolder = "fixtures"

// fixtureSaver writes exchanges as fixtures for the interface.
type fixtureSaver struct{ folder string }

// Save writes one, with its secrets replaced.
func (s fixtureSaver) Save(_ context.Context, e *record.Exchange, force bool) (file string, replaced int, err error) {
	f, err := fixture.Of(e)
	if err != nil {
		return "", 0, err
	}
	file, err = f.Write(s.folder, force)
	return file, len(f.Replaced), err
}

// curlExporter writes exchanges as commands for the interface.
type curlExporter struct{}

// Curl returns the command that sends e to where it was forwarded to, or to the
// usual place where that is not known.
func (curlExporter) Curl(e *record.Exchange, secrets bool) string {
	return export.Curl(e, cmp.Or(e.Target, "http://"+DefaultTarget), secrets)
}
