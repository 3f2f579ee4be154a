package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/fixture"
)

// saveOptions are the flags of save.
type saveOptions struct {
	dir     string
	redact  bool
	force   bool
	secrets bool
	json    bool
}

// saveCommand is vapitap save SELECT.
func (a *app) saveCommand() *cobra.Command {
	o := saveOptions{dir: fixtureFolder}
	cmd := &cobra.Command{
		Use:   "save SELECT",
		Short: "write exchanges as fixtures, which vapitap test sends",
		Long: `save writes exchanges to files that go into your repository: one each, named by
type and tool. SELECT is ids (12), ranges of them (12-18), or a filter. With a
filter that names a call (call:4f2a) each call becomes a folder, with its messages
in their order: 01-assistant-request.json, 02-... What vapitap test sent is left out,
unless the filter asks where from (from:test).

Secrets are replaced, and each file lists the places: Authorization, X-Vapi-Secret,
signatures, cookies, and what keys of JSON, queries and forms call a secret.
--redact also replaces telephone numbers, e-mail addresses, names, the URLs of
recordings and what was said. The same one has the same stand-in in all files of
a save.

A reply that Vapi would not use is not what is wanted: such a fixture has the match
mode schema, and its test fails until the server answers well. Files that are
there already stay, unless --force is given.`,
		Example: `  vapitap save type:tool-calls
  vapitap save 41 43-45 --dir test/fixtures
  vapitap save call:4f2a --redact`,
		ValidArgsFunction: a.completeFilter,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which exchanges?\nhint: vapitap events lists them: vapitap save 12, or a filter such as type:tool-calls")
			}
			picked, err := ParseSelect(args)
			if err != nil {
				return usageError{err}
			}
			if o.dir == "" {
				return usagef("--dir: want the name of a folder")
			}
			return a.save(cmd.Context(), o, picked)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", o.dir, "write to this `FOLDER`, which is made")
	flags.BoolVar(&o.redact, "redact", false, "replace personal data too")
	flags.BoolVar(&o.force, "force", false, "overwrite files that are there")
	flags.BoolVar(&o.secrets, "show-secrets", false, "leave secrets as they are")
	flags.BoolVar(&o.json, "json", false, "one JSON object a file")
	cmd.SetFlagErrorFunc(negativeTermError)
	return cmd
}

// saving is one run of save.
type saving struct {
	*app
	o      saveOptions
	store  *record.Store
	out    *bufio.Writer
	maker  fixture.Maker
	there  int // files that were there already
	failed bool
}

// save writes what is picked, and says what became of each.
func (a *app) save(ctx context.Context, o saveOptions, picked Selection) error {
	store, err := a.storeToReplay()
	if err != nil {
		return err
	}
	defer store.Close()
	s := &saving{app: a, o: o, store: store, out: bufio.NewWriter(a.out)}
	s.maker = fixture.Maker{Personal: o.redact, Secrets: o.secrets}
	list, err := s.pick(ctx, picked)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		err = s.write(ctx, arranged(list, asksFor(picked.Filter, "call")))
	}
	err = errors.Join(err, s.out.Flush(), store.Close())
	if s.there > 0 {
		a.remark(count(s.there, "file")+" stayed as before", "--force overwrites, --dir FOLDER writes elsewhere")
	}
	if err == nil && s.failed {
		err = errSilent
	}
	return err
}

// pick returns what is to be saved, as a list has it.
func (s *saving) pick(ctx context.Context, picked Selection) ([]record.Exchange, error) {
	if picked.Filter == nil {
		return s.pickIDs(ctx, picked.IDs)
	}
	filter, err := s.store.ResolveLast(ctx, picked.Filter)
	if err != nil {
		return nil, err
	}
	q := record.Query{Filter: filter}
	list, err := s.search(ctx, s.store, q)
	if err != nil {
		return nil, err
	}
	if !asksFor(filter, "from") {
		// What a test sent is a fixture already.
		list = slices.DeleteFunc(list, func(e record.Exchange) bool { return e.From == record.FromTest })
	}
	if len(list) == 0 {
		return nil, nothingPicked(q)
	}
	s.sayTextMeant(filter)
	return list, nil
}

// pickIDs returns those of the ids that there are, and says which there are not.
func (s *saving) pickIDs(ctx context.Context, ids []int64) ([]record.Exchange, error) {
	var list []record.Exchange
	missing, err := eachThere(ctx, s.store, ids, func(e *record.Exchange) {
		e.Request, e.Response = record.Message{}, record.Message{} // read again, one at a time
		list = append(list, *e)
	})
	if err != nil {
		return nil, err
	}
	s.failed = s.sayMissing(ctx, s.store, missing) != nil
	return list, nil
}

// fail says what went wrong with one; the others are saved.
func (s *saving) fail(err error) {
	s.failed = true
	s.sayError(err)
}

// asksFor reports whether a filter has a term of a name that is not negated.
func asksFor(filter *record.Filter, name string) bool {
	return filter != nil && slices.ContainsFunc(filter.Terms(), func(t record.Term) bool { return t.Name == name && !t.Negated })
}

// toSave is an exchange, and where it belongs.
type toSave struct {
	id     int64
	folder string // in the one that is saved to; empty for itself
	name   string
}

// arranged names the files: of several with one name each has a number, and those
// of a call have theirs, in the order in which its messages came.
func arranged(list []record.Exchange, calls bool) []toSave {
	if !calls {
		names := make([]string, len(list))
		for i := range list {
			names[i] = fixture.Name(&list[i])
		}
		files := make([]toSave, len(list))
		for i, name := range fixture.Numbered(names) {
			files[i] = toSave{id: list[i].ID, name: name}
		}
		return files
	}
	list = slices.DeleteFunc(slices.Clone(list), func(e record.Exchange) bool {
		return e.From == record.FromReplay || e.From == record.FromTest || e.ReplayOf != 0
	})
	slices.SortStableFunc(list, func(a, b record.Exchange) int { return a.Time.Compare(b.Time) })
	folders := foldersOf(list)
	total, number := map[string]int{}, map[string]int{}
	for i := range list {
		total[list[i].CallID]++
	}
	var files []toSave
	for i := range list {
		e := &list[i]
		number[e.CallID]++
		width := max(2, len(fmt.Sprint(total[e.CallID])))
		files = append(files, toSave{e.ID, folders[e.CallID], fmt.Sprintf("%0*d-%s", width, number[e.CallID], fixture.Name(e))})
	}
	return files
}

// foldersOf names the folder of each call by the beginning of its id.
func foldersOf(list []record.Exchange) map[string]string {
	const length = 8
	var ids, names []string
	for i := range list {
		if id := list[i].CallID; !slices.Contains(ids, id) {
			ids = append(ids, id)
			names = append(names, strings.TrimSuffix(fixture.SafeName("call-"+id[:min(length, len(id))]), "-"))
		}
	}
	folders := map[string]string{}
	for i, name := range fixture.Numbered(names) {
		folders[ids[i]] = name
	}
	return folders
}

// write writes the files, after everything that has to be the same in all of
// them has been seen.
func (s *saving) write(ctx context.Context, files []toSave) error {
	if s.o.redact {
		for _, file := range files {
			e, err := s.store.Get(ctx, file.id)
			if err == nil {
				s.maker.Learn(e)
			} else if !errors.Is(err, record.ErrNoExchange) {
				return err
			}
		}
	}
	for _, file := range files {
		e, err := s.store.Get(ctx, file.id)
		if errors.Is(err, record.ErrNoExchange) {
			s.fail(noExchange(ctx, s.store, file.id)) // deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if err := s.one(e, file); err != nil {
			return err
		}
	}
	if len(files) == 0 {
		return errors.New("all that was picked was sent again or as a test, and is no part of a call")
	}
	return nil
}

// one writes one file. The error is one of the output; others are said.
func (s *saving) one(e *record.Exchange, file toSave) error {
	if e.Status == http.StatusSwitchingProtocols {
		s.fail(fmt.Errorf("exchange %d: %w", e.ID, unsendable(e)))
		return nil
	}
	f, err := s.maker.Fixture(e)
	if errors.Is(err, fixture.ErrTruncated) {
		s.fail(fmt.Errorf("exchange %d: a body was not recorded whole, so it cannot be sent or compared again\nhint: vapitap --max-body records more of those to come", e.ID))
		return nil
	}
	if err != nil {
		s.fail(err)
		return nil
	}
	f.Name = file.name
	path, err := f.Write(filepath.Join(s.o.dir, file.folder), s.o.force)
	switch {
	case errors.Is(err, fs.ErrExist):
		s.there++
		s.fail(fmt.Errorf("%s is there already; %d was not saved", path, e.ID))
		return nil
	case err != nil:
		s.fail(fmt.Errorf("exchange %d was not saved: %w", e.ID, err))
		return nil
	}
	s.store.Amend(&record.Exchange{ID: e.ID}, func(e *record.Exchange) { e.Saved = true })
	return s.say(e, path, f)
}

// savedJSON is one file for programs.
type savedJSON struct {
	File     string   `json:"file"`
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	Type     string   `json:"type,omitempty"`
	Mode     string   `json:"mode"`
	Replaced []string `json:"replaced"`
}

// say says what was written, and what was replaced in it.
func (s *saving) say(e *record.Exchange, path string, f *fixture.Fixture) error {
	if s.o.json {
		line := savedJSON{File: filepath.ToSlash(path), ID: e.ID, Name: f.Name, Type: f.Type, Mode: f.Match.Mode, Replaced: f.Replaced}
		if line.Replaced == nil {
			line.Replaced = []string{}
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(line); err != nil {
			return err
		}
		_, err := s.out.Write(b.Bytes())
		return err
	}
	fmt.Fprintf(s.out, "%s %s\n", s.style.strong(plain.Text(path)), s.style.muted(fmt.Sprintf("(%d)", e.ID)))
	if f.Match.Mode == fixture.ModeSchema {
		fmt.Fprintln(s.out, s.style.hang(2, s.style.warned("Vapi would not use this reply, so its test fails until the server answers well (match mode schema)")))
	}
	_, err := fmt.Fprintln(s.out, s.style.hang(2, s.style.muted(replacedText(f.Replaced))))
	return err
}

// replacedText names the places where something was replaced.
func replacedText(places []string) string {
	const most = 6
	if len(places) == 0 {
		return "nothing was replaced"
	}
	text := "replaced: " + plain.Text(strings.Join(places[:min(most, len(places))], ", "))
	if left := len(places) - most; left > 0 {
		text += fmt.Sprintf(" and %d more", left)
	}
	return text
}
