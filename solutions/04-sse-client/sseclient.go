// Package sseclient is the reference solution of lesson 04-sse-client.
package sseclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"time"
)

// Event is one event of a stream.
type Event struct {
	Type string // "message" where the stream names none
	Data string // lines joined by "\n"
}

// Block is what a stream says between two blank lines. What it does not say is nil.
type Block struct {
	Event *Event         // to be passed on; nil if there is no data
	ID    *string        // from now on the ID of the last event, data or no data; "" means that there is none any more
	Retry *time.Duration // from now on the time to wait before reconnecting; at least 1 ms, at most a day
}

// Blocks is an event stream, as a parser reads it.
type Blocks interface {
	// Next waits for the next block and returns it. When the stream ends, in whatever way, Next returns an error
	// (io.EOF for a tidy end) together with what it has of a block that was not finished. As the standard wants
	// it, a retry in there counts already; an event or an ID does not.
	Next() (Block, error)
}

// Client follows event streams. Everything in it is set before the first use and does not change afterwards.
type Client struct {
	HTTP  *http.Client                  // makes every request
	Parse func(stream io.Reader) Blocks // reads the body of a response
	Delay time.Duration                 // to wait before reconnecting, until the stream names another time; above 0
	Cap   time.Duration                 // the most that waiting may grow to when attempts keep failing
}

// Why a connection is not worth another attempt. Every other error is: the server may come back.
var (
	errOver    = errors.New("the server has nothing more to send")
	errRefused = errors.New("no event stream here")
)

// Follow asks for the event stream at url and passes each of its events to each, one after the other, at the
// moment when it is complete. When the stream ends or breaks, or does not come about, Follow waits and asks again,
// with the ID of the last complete block.
//
// It returns nil when the server answers 204 No Content, the error of ctx when ctx is done, and another error when
// the server answers with something that is not an event stream and will not become one. By then it has closed every
// body, and each is called no more.
func (c *Client) Follow(ctx context.Context, url string, each func(Event)) error {
	f := &follower{Client: c, url: url, each: each, delay: c.Delay}
	wait := f.delay
	for {
		opened, err := f.connect(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errOver):
			return nil
		case errors.Is(err, errRefused):
			return err
		case opened:
			wait = f.delay // the server is well: whatever went wrong before is forgotten
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		if !opened {
			wait = f.longer(wait)
		}
	}
}

// follower is what one call of Follow remembers from one connection to the next.
type follower struct {
	*Client
	url    string
	each   func(Event)
	delay  time.Duration // as the stream has asked for
	lastID string
}

// connect asks for the stream once and reads it to its end. It reports whether there was one.
func (f *follower) connect(ctx context.Context) (opened bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errRefused, err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Cache-Control", "no-cache")
	if f.lastID != "" {
		req.Header.Set("Last-Event-ID", f.lastID)
	}
	res, err := f.HTTP.Do(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if err := judge(res); err != nil {
		return false, err
	}
	return true, f.read(f.Parse(res.Body))
}

// judge returns nil for an event stream, and otherwise what to make of the response.
func judge(res *http.Response) error {
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")) // what it cannot parse is no event stream
	switch {
	case res.StatusCode == http.StatusNoContent:
		return errOver
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= 500:
		return fmt.Errorf("the server answers %s for now", res.Status)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: the server answers %s", errRefused, res.Status)
	case media != "text/event-stream":
		return fmt.Errorf("%w: the content type is %q", errRefused, res.Header.Get("Content-Type"))
	}
	return nil
}

// read passes on what the stream says until it ends.
func (f *follower) read(blocks Blocks) error {
	for {
		b, err := blocks.Next()
		if b.Retry != nil {
			f.delay = *b.Retry
		}
		if err != nil {
			return err // the rest of b is not complete: the server will send it again
		}
		if b.ID != nil {
			f.lastID = *b.ID
		}
		if b.Event != nil {
			f.each(*b.Event)
		}
	}
}

// longer is how long to wait after yet another failure. The cap is for what grows by itself: a server that asks for
// more gets more.
func (f *follower) longer(wait time.Duration) time.Duration {
	return min(2*wait, max(f.Cap, f.delay))
}

// sleep waits for d and a random share of as much again, so that clients which lost the same server do not come back
// in step; or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d + rand.N(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
