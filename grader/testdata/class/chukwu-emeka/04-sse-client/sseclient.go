package sseclient

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Event is one event of a stream.
type Event struct {
	Type string // "message" where the stream names none
	Data string // lines joined by "\n"
}

// Block is what a stream says between two empty lines. What it does not say is nil.
type Block struct {
	Event *Event
	ID    *string
	Retry *time.Duration
}

// Blocks is an event stream, as a parser reads it.
type Blocks interface {
	Next() (Block, error)
}

// Client follows event streams.
type Client struct {
	HTTP  *http.Client
	Parse func(stream io.Reader) Blocks
	Delay time.Duration
	Cap   time.Duration
}

// Follow passes on what the stream says.
//
// TODO: everything after the first disconnect
func (c *Client) Follow(ctx context.Context, url string, each func(Event)) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	blocks := c.Parse(resp.Body)
	for {
		b, err := blocks.Next()
		if err != nil {
			return err
		}
		if b.Event != nil {
			each(*b.Event)
		}
	}
}
