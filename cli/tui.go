package cli

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/atotto/clipboard"

	"vapitap/record"
	"vapitap/tui"
	"vapitap/tui/paint"
)

// What --output may be.
const (
	outputTUI  = "tui"
	outputText = "text"
	outputJSON = "json"
)

// settleOutput decides what is shown where no flag does: the terminal interface
// on a terminal that can show it, else text.
func (a *app) settleOutput(o *listenOptions) error {
	switch able := a.canShow(); {
	case o.output == "" && able:
		o.output = outputTUI
	case o.output == "":
		o.output = outputText
	case o.output == outputTUI && !able:
		return usagef("--output tui needs a terminal for input and output\nhint: text or json go anywhere")
	}
	return nil
}

// canShow reports whether there is a terminal for the interface: to read keys
// from and to draw on.
func (a *app) canShow() bool {
	return onTerminal(a.in) && onTerminal(a.out) && os.Getenv("TERM") != "dumb"
}

// showTUI shows the interface until somebody quits it or ctx ends. What is said
// meanwhile is said there, and goes to the log.
func (a *app) showTUI(ctx context.Context, notices *notices, o tui.Options) error {
	logger, file, closeLog := openLog(a.db)
	defer closeLog()
	defer logTo(logger)()
	sentences := make(chan string, 64)
	notices.divert(func(sentence string) {
		logger.Info(sentence)
		select {
		case sentences <- sentence:
		default: // nobody could read them all
		}
	})
	defer notices.divert(nil)
	o.Notice, o.Log, o.LogFile = sentences, logger, file
	o.Ground = paint.GroundOf(os.Getenv("COLORFGBG"))
	o.Saver, o.Exporter, o.Clipboard = fixtureSaver{folder: fixtureFolder, store: o.Store}, curlExporter{}, clipboard.WriteAll
	return tui.Run(ctx, o)
}

// mostLogged is how large the log may be when it is opened; a larger one begins
// anew, and the one before it is kept.
const mostLogged = 1 << 20

// openLog opens the log beside the store, which only its owner reads. Where that
// cannot be, what is logged is dropped and there is no file.
func openLog(store string) (logger *slog.Logger, file string, closeLog func()) {
	file = filepath.Join(filepath.Dir(store), "vapitap.log")
	if st, err := os.Stat(file); err == nil && st.Size() > mostLogged {
		os.Rename(file, file+".1") // where it cannot be, it grows
	}
	const owner fs.FileMode = 0o600
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, owner)
	if err != nil {
		return slog.New(slog.DiscardHandler), "", func() {}
	}
	return slog.New(slog.NewTextHandler(f, nil)), file, func() { f.Close() }
}

// logTo sends what any package logs to a logger, so that nothing is written over
// the screen, and returns what undoes that.
func logTo(logger *slog.Logger) (undo func()) {
	before, flags, writer := slog.Default(), log.Flags(), log.Writer()
	slog.SetDefault(logger)
	return func() {
		slog.SetDefault(before)
		log.SetFlags(flags)
		log.SetOutput(writer) // which SetDefault took
	}
}

// sayRecorded says at the end what there is of a session, and how it is seen
// again.
func (a *app) sayRecorded(ctx context.Context, store *record.Store, notices *notices, session record.Session) {
	totals, err := store.SessionTotals(context.WithoutCancel(ctx)) // a signal may be what ended it
	if err != nil {
		return // it was said while it was recorded
	}
	switch n := totals[session.ID].Exchanges; n {
	case 0:
		notices.say("nothing came")
	default:
		notices.say(fmt.Sprintf("%s in %s; vapitap open shows them again", count(n, "exchange"), store.Path()))
	}
}
