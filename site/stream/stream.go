// Package stream gives every page its one event stream. A browser opens at most six connections to a host, so a
// page listens to everything that it wants to hear on a single one: it names topics, "exercise/10-echo", and each
// event of the stream carries the topic as its type.
//
// A page that reads too slowly loses messages rather than holding up whoever publishes; it is told that it did.
package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	maxQueue  = 1024             // messages that may wait for one page
	maxTopics = 16               // of one page
	maxPages  = 64               // that listen at once
	stillHere = 15 * time.Second // between comments that keep the connection alive
)

// Lost is the topic on which a page learns that messages were dropped: its data is "true".
const Lost = "lost"

var topicName = regexp.MustCompile(`^[a-z]+(/[A-Za-z0-9_-]{1,64})?$`)

// A Hub passes messages from publishers to pages. It is safe for use by many goroutines.
type Hub struct {
	ctx   context.Context // ends every stream
	mu    sync.Mutex
	pages map[*page]bool
	first map[string]func(key string) any
}

type page struct {
	topics map[string]bool
	queue  chan message
	lost   bool // guarded by the hub's mu
}

type message struct {
	topic string
	data  []byte
}

// New returns a Hub whose streams end with ctx.
func New(ctx context.Context) *Hub {
	return &Hub{ctx: ctx, pages: map[*page]bool{}, first: map[string]func(string) any{}}
}

// First says what a page hears at once on the topics "name" and "name/key": what is the case now. A nil value is
// not sent. It must be called before pages listen.
func (h *Hub) First(name string, now func(key string) any) { h.first[name] = now }

// Publish sends v, as JSON, to the pages that listen to topic.
func (h *Hub) Publish(topic string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // only a type that cannot be JSON fails, and then no page would ever have worked
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		if p.topics[topic] {
			p.send(message{topic, data})
		}
	}
}

// send is called with the hub's mu held.
func (p *page) send(m message) {
	if p.lost && len(p.queue) < maxQueue/2 {
		p.lost = false
		p.queue <- message{Lost, []byte("true")}
	}
	select {
	case p.queue <- m:
	default:
		p.lost = true
	}
}

// ServeHTTP is the event stream: GET ?topic=a&topic=b/c.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topics := r.URL.Query()["topic"]
	if len(topics) == 0 || len(topics) > maxTopics {
		http.Error(w, fmt.Sprintf("want 1 to %d topics", maxTopics), http.StatusBadRequest)
		return
	}
	p := &page{topics: map[string]bool{}, queue: make(chan message, maxQueue)}
	for _, t := range topics {
		if !topicName.MatchString(t) {
			http.Error(w, fmt.Sprintf("topic %q", t), http.StatusBadRequest)
			return
		}
		p.topics[t] = true
	}
	if !h.join(p) {
		http.Error(w, "too many pages listen already", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(p)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := fmt.Fprint(w, "retry: 1000\n\n"); err != nil {
		return
	}
	for _, t := range topics {
		name, key, _ := strings.Cut(t, "/")
		if now := h.first[name]; now != nil {
			if data, err := json.Marshal(now(key)); err == nil && string(data) != "null" {
				write(w, message{t, data})
			}
		}
	}
	h.relay(w, r, p)
}

func (h *Hub) join(p *page) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pages) >= maxPages {
		return false
	}
	h.pages[p] = true
	return true
}

func (h *Hub) leave(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, p)
}

func (h *Hub) relay(w http.ResponseWriter, r *http.Request, p *page) {
	flush := http.NewResponseController(w)
	tick := time.NewTicker(stillHere)
	defer tick.Stop()
	for {
		if flush.Flush() != nil {
			return
		}
		select {
		case m := <-p.queue:
			write(w, m)
			for range len(p.queue) { // whatever else waits goes in the same write
				write(w, <-p.queue)
			}
		case <-tick.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		case <-h.ctx.Done():
			return
		}
	}
}

// write sends one event; JSON has no line breaks. Flush tells when the page has gone.
func write(w http.ResponseWriter, m message) {
	fmt.Fprintf(w, "event: %s\ndata: %s\n\n", m.topic, m.data)
}
