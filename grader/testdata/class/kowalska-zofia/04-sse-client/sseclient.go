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

type Event struct {
	Type string
	Data string
}

type Block struct {
	Event *Event
	ID    *string
	Retry *time.Duration
}

type Blocks interface {
	Next() (Block, error)
}

type Client struct {
	HTTP  *http.Client
	Parse func(stream io.Reader) Blocks
	Delay time.Duration
	Cap   time.Duration
}

var errNotAStream = errors.New("not an event stream")

func (c *Client) Follow(ctx context.Context, url string, each func(Event)) error {
	delay := c.Delay
	wait := delay
	for {
		opened, err := c.once(ctx, url, each, &delay)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errNotAStream) {
			return err
		}
		if opened {
			wait = delay
		}
		timer := time.NewTimer(wait + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		if !opened {
			wait *= 2
			if limit := max(c.Cap, delay); wait > limit {
				wait = limit
			}
		}
	}
}

// once makes one request. A status that is not 200 may be another one next time.
func (c *Client) once(ctx context.Context, url string, each func(Event), delay *time.Duration) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false, errNotAStream
	}
	req.Header.Add("Accept", "text/event-stream")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return false, fmt.Errorf("status %d", res.StatusCode)
	}
	if mt, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || mt != "text/event-stream" {
		return false, errNotAStream
	}
	blocks := c.Parse(res.Body)
	for {
		b, err := blocks.Next()
		if b.Retry != nil {
			*delay = *b.Retry
		}
		if err != nil {
			return true, err
		}
		if b.Event != nil {
			each(*b.Event)
		}
	}
}
