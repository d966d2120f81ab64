// Package live tells the pages that are open what has changed: one event stream for each page, on which everything
// comes that it may want to know, told apart by the events' names.
//
// The command publishes; the site's own scripts listen (ui/live/live.js). Nothing that a page cannot ask for again
// goes this way: who is too slow, or was away, is told to look at everything anew.
package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// backlog is how many events a page may be behind before it is let go; its browser comes back by itself.
const backlog = 64

// A Hub is the http.Handler of the stream. Its zero value is ready to use.
type Hub struct {
	mu    sync.Mutex
	pages map[chan []byte]bool
}

// Publish sends an event to every open page: its name, a single word, and data as JSON. It never waits for a page.
func (h *Hub) Publish(name string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("event %q: %w", name, err)
	}
	event := fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, text)
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		select {
		case page <- event:
		default:
			delete(h.pages, page)
			close(page)
		}
	}
	return nil
}

// ServeHTTP answers with the stream, until the page goes or the server ends its request's context. The first event
// is "hello": a page that has heard it before has missed something since.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	events := h.join()
	defer h.leave(events)
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	awake := time.NewTicker(15 * time.Second)
	defer awake.Stop()
	next, open := []byte("retry: 1000\nevent: hello\ndata: {}\n\n"), true
	for open {
		if _, err := w.Write(next); err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-awake.C:
			next = []byte(": still here\n\n") // else a page that has gone without a word is never noticed
		case next, open = <-events:
		}
	}
}

func (h *Hub) join() chan []byte {
	events := make(chan []byte, backlog)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages == nil {
		h.pages = map[chan []byte]bool{}
	}
	h.pages[events] = true
	return events
}

func (h *Hub) leave(events chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, events)
}
