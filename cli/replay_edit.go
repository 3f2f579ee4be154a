package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
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

// openEditor has the body of the one exchange edited, with what --set changed.
// The result is what send sends. Where nothing was edited nothing is sent, as git
// does with a commit message that was left as it is.
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
	text, err := bodyEditor{r.app, strconv.FormatInt(id, 10), "nothing is sent"}.edit(ctx, before)
	if errors.Is(err, errUnchanged) {
		err = fmt.Errorf("%w, so nothing is sent", err)
	}
	r.edited = replay.AsWritten(e.Request.Body, text)
	return err
}
