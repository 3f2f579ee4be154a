package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/internal/owneditor"
	"vapitap/vapi"
)

// bodyEditor has bodies edited in the user's own editor before they are sent.
type bodyEditor struct {
	*app
	name   string // what is edited, which the name of the temporary file tells
	giveUp string // what it comes to where nothing can be edited, such as: nothing is sent
}

// errUnchanged is returned for a body that was left as it is.
var errUnchanged = errors.New("nothing was changed")

// edit returns what the user's editor leaves of a body, with the shapes of a tool
// call in step, and errUnchanged where it leaves it as it is. JSON is laid out for
// it, and has to be JSON afterwards: on a terminal it is asked whether to edit it
// again, elsewhere it is an error that says where the text is.
func (b bodyEditor) edit(ctx context.Context, before []byte) ([]byte, error) {
	text, err := b.open(ctx, before)
	if err != nil || !json.Valid(before) {
		return text, err
	}
	text, inStep := vapi.KeepInStep(before, text)
	if inStep {
		b.remark("the other shapes of the tool call are changed with it", "")
	}
	return text, nil
}

func (b bodyEditor) open(ctx context.Context, before []byte) ([]byte, error) {
	shown, extension := before, ".txt"
	isJSON := json.Valid(before)
	if isJSON {
		shown, extension = jsonpath.LayOut(before), ".json"
	}
	file, err := owneditor.WriteTemp("vapitap-"+fileSafe(b.name)+"-*"+extension, shown)
	if err != nil {
		return nil, fmt.Errorf("write the body for your editor: %w", err)
	}
	for {
		text, err := b.run(ctx, file)
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
		if !onTerminal(b.in) {
			return nil, fmt.Errorf("%w, so %s\nhint: the text is kept in %s", wrong, b.giveUp, file)
		}
		b.sayError(wrong)
		if !b.ask(ctx, "edit it again?") {
			return nil, fmt.Errorf("%s\nhint: the text is kept in %s", b.giveUp, file)
		}
	}
}

// fileSafe returns what of a name can stand in that of a file.
func fileSafe(name string) string {
	safe := func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
			return c
		}
		return '-'
	}
	const most = 60
	name = strings.Map(safe, name) // one byte a character
	return name[:min(len(name), most)]
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

// run runs the user's editor on a file, on the terminal there is, and returns
// what the file holds then.
func (b bodyEditor) run(ctx context.Context, file string) ([]byte, error) {
	program := owneditor.Chosen()
	run := program.Open(file)
	run.Stdin, run.Stdout, run.Stderr = b.in, b.out, b.err
	if !onTerminal(b.out) { // what is written there is the result of the command
		run.Stdout = b.err
	}
	if _, isFile := b.in.(*os.File); !isFile {
		run.Stdin = nil // it would be read on after the editor has ended
	}
	err := program.Failure(run.Run())
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("interrupted; %s", b.giveUp)
	case err != nil:
		return nil, fmt.Errorf("%w; %s", err, b.giveUp)
	}
	return os.ReadFile(file)
}
