package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"vapitap/internal/jsonpath"
	"vapitap/internal/owneditor"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// checkEdit refuses what --edit cannot be together with.
func (o *replayOptions) checkEdit(ids []int64) error {
	switch {
	case !o.edit:
		return nil
	case o.call != "":
		return errors.New("--edit and --call: the one edits an exchange, the other sends a whole call; give one")
	case len(ids) != 1:
		return fmt.Errorf("--edit edits one exchange, and %d are named", len(ids))
	}
	return nil
}

// errUnchanged ends a replay of which nothing was edited, as git does with a
// commit message that was left as it is.
var errUnchanged = errors.New("nothing was changed, so nothing is sent")

// openEditor has the body of the one exchange edited, with what --set changed.
// The result is what send sends. A body that is JSON has to be JSON afterwards:
// on a terminal it is asked whether to edit it again, elsewhere it is an error
// that says where the text is.
func (r *replaying) openEditor(ctx context.Context) error {
	id := r.ids[0]
	e, err := r.store.Get(ctx, id)
	if errors.Is(err, record.ErrNoExchange) {
		return noExchange(ctx, r.store, id)
	}
	if err == nil {
		err = unsendable(e)
	}
	if coding := e.Request.Header.Get("Content-Encoding"); err == nil && coding != "" {
		err = fmt.Errorf("its body is compressed (%s) and can only be sent as it is", plain.Text(coding))
	}
	if err != nil {
		return fmt.Errorf("exchange %d: %w", id, err)
	}
	before, _ := r.editSet(e) // what cannot be set was said by checkSet
	text, err := r.editBody(ctx, id, before)
	if err != nil {
		return err
	}
	inStep := false
	if json.Valid(before) {
		text, inStep = vapi.KeepInStep(before, text)
	}
	if inStep {
		r.remark("the other shapes of the tool call are changed with it", "")
	}
	r.edited = replay.AsWritten(e.Request.Body, text)
	return nil
}

// editBody returns what the user's editor leaves of a body. JSON is laid out for
// it.
func (r *replaying) editBody(ctx context.Context, id int64, before []byte) ([]byte, error) {
	shown, extension := before, ".txt"
	isJSON := json.Valid(before)
	if isJSON {
		shown, extension = jsonpath.LayOut(before), ".json"
	}
	file, err := owneditor.WriteTemp(fmt.Sprintf("vapitap-%d-*%s", id, extension), shown)
	if err != nil {
		return nil, fmt.Errorf("write the body for your editor: %w", err)
	}
	for {
		text, err := r.runEditor(ctx, file)
		if err != nil {
			os.Remove(file)
			return nil, err
		}
		text = owneditor.SameEnd(shown, text)
		wrong := whereBroken(text)
		switch {
		case bytes.Equal(text, shown):
			os.Remove(file)
			return nil, errUnchanged
		case !isJSON || wrong == nil:
			os.Remove(file)
			return text, nil
		}
		if !onTerminal(r.in) {
			return nil, fmt.Errorf("%w, so nothing is sent\nhint: the text is kept in %s", wrong, file)
		}
		r.sayError(wrong)
		if !r.ask(ctx, "edit it again?") {
			return nil, fmt.Errorf("nothing is sent\nhint: the text is kept in %s", file)
		}
	}
}

// whereBroken says at which line and column text is no JSON; nil where it is.
func whereBroken(text []byte) error {
	var wrong *jsonpath.NotJSONError
	if !errors.As(jsonpath.Validate(text), &wrong) {
		return nil
	}
	before := text[:min(max(wrong.Offset, 0), len(text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	return fmt.Errorf("that is no JSON: line %d, column %d: %s", line, column, wrong.Reason)
}

// runEditor runs the user's editor on a file, on the terminal there is, and
// returns what the file holds then.
func (r *replaying) runEditor(ctx context.Context, file string) ([]byte, error) {
	program := owneditor.Chosen()
	run := program.Open(file)
	run.Stdin, run.Stdout, run.Stderr = r.in, r.out, r.err
	if !onTerminal(r.out) { // what is written there is the result of replay
		run.Stdout = r.err
	}
	if _, isFile := r.in.(*os.File); !isFile {
		run.Stdin = nil // it would be read on after the editor has ended
	}
	err := program.Failure(run.Run())
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("interrupted; nothing is sent")
	case err != nil:
		return nil, fmt.Errorf("%w; nothing is sent", err)
	}
	return os.ReadFile(file)
}
