package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vapitap/internal/dial"
)

// How often one thing is asked, and how long the API may have it waited for.
const (
	maxTries  = 3
	maxWaited = 10 * time.Second
)

// The most that an answer may hold, in bytes. A call with all its messages has
// some MB, a page of 1,000 assistants tens of them.
const (
	maxAnswer = 128 << 20
	maxFailed = 64 << 10
)

// ask sends one request, again where that may help, and returns the body of an
// answer with status 2xx. All that is sent is absolute, so that sending it twice
// does no harm.
func (c *Client) ask(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	pause := c.pause
	for try := 1; ; try++ {
		answer, err := c.try(ctx, method, path, body)
		wait, again := worthAnother(err, pause)
		if !again || try == maxTries || ctx.Err() != nil {
			return answer, err
		}
		if !sleep(ctx, wait) {
			return nil, err
		}
		pause *= 2
	}
}

// worthAnother says whether what failed may work in a moment, and when.
func worthAnother(err error, pause time.Duration) (wait time.Duration, again bool) {
	var failed *Error
	if !errors.As(err, &failed) {
		return 0, false
	}
	switch {
	case failed.Reason == ErrBusy:
		return max(failed.RetryAfter, pause), failed.RetryAfter <= maxWaited
	case failed.Reason == ErrFailed:
		return max(failed.RetryAfter, pause), failed.RetryAfter <= maxWaited
	case failed.Reason == ErrUnreachable:
		return pause, dial.Broken(failed.cause)
	}
	return 0, false
}

// sleep waits, and reports whether ctx outlasted it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// try sends one request once.
func (c *Client) try(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, content)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "vapitap")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(ctx, method, path, err)
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, c.refused(method, path, res)
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, c.unreachable(ctx, method, path, err)
	case len(answer) > maxAnswer:
		return nil, c.strange(method, path, "it is larger than 128 MiB")
	}
	return answer, nil
}

// unreachable is the error where no whole answer came.
func (c *Client) unreachable(ctx context.Context, method, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // it was no longer wanted
	}
	return &Error{Method: method, Path: path, Reason: ErrUnreachable, Host: c.base.Host, Said: c.whyUnreachable(err), cause: err}
}

func (c *Client) whyUnreachable(err error) string {
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		return "no answer within " + c.http.Timeout.String()
	}
	why := dial.Reason(err)
	// http.Client puts the method and the whole URL before what happened.
	if _, after, ok := strings.Cut(why, "\": "); ok {
		why = after
	}
	return oneLine(why)
}

// refused is the error of an answer with another status than 2xx.
func (c *Client) refused(method, path string, res *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxFailed)) // what was read of it may still say why
	return &Error{
		Method: method, Path: path, Host: c.base.Host, Status: res.StatusCode,
		Reason: reasonOf(res.StatusCode), Said: saidBy(body, res.Header.Get("Location")), RetryAfter: retryAfter(res.Header.Get("Retry-After")),
	}
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at)).Round(time.Second)
	}
	return 0
}
