package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/fixture"
)

// fixtureFolder is where fixtures are written.
const fixtureFolder = "fixtures"

// fixtureSaver writes exchanges as fixtures for the interface.
type fixtureSaver struct {
	folder string
	store  *record.Store
}

// Save writes one, with its secrets replaced.
func (s fixtureSaver) Save(_ context.Context, e *record.Exchange, force bool) (file string, replaced int, err error) {
	f, err := fixture.Of(e)
	if err != nil {
		return "", 0, err
	}
	file, err = f.Write(s.folder, force)
	return file, len(f.Replaced), err
}

// SaveCall writes the messages of a call, as vapitap save call:ID does. One that
// cannot be saved does not keep the others from it.
func (s fixtureSaver) SaveCall(ctx context.Context, callID string, force bool) (folder string, written []int64, replaced int, err error) {
	list, err := s.store.List(ctx, record.Query{CallID: callID})
	if err != nil {
		return "", nil, 0, err
	}
	var maker fixture.Maker
	for _, file := range arranged(list, true) {
		folder = filepath.Join(s.folder, file.folder)
		e, failure := s.store.Get(ctx, file.id)
		var f *fixture.Fixture
		if failure == nil {
			f, failure = maker.Fixture(e)
		}
		if failure == nil {
			f.Name = file.name
			_, failure = f.Write(folder, force)
		}
		if failure != nil {
			err = cmp.Or(err, fmt.Errorf("exchange %d: %w", file.id, failure))
			continue
		}
		written, replaced = append(written, file.id), replaced+len(f.Replaced)
	}
	if err == nil && len(written) == 0 {
		err = errors.New("all of it was sent again or as a test")
	}
	return folder, written, replaced, err
}

// curlExporter writes exchanges as commands for the interface.
type curlExporter struct{}

// Curl returns the command that sends e to where it was forwarded to, or to the
// usual place where that is not known.
func (curlExporter) Curl(e *record.Exchange, secrets bool) string {
	return export.Curl(e, cmp.Or(e.Target, "http://"+DefaultTarget), secrets)
}
