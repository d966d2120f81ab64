package firstsse

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// This file is given: it shows your handler to the world, and the graded tests talk to what it builds. Read it
// if you like, but don't change it: the grader puts the original back.

// Subject returns a new match with your handler in front of it:
//
//	GET  /live         your handler
//	GET  /logged/live  your handler again, behind a middleware that wraps its http.ResponseWriter
//	POST /publish      the body, one line, goes to everyone who is subscribed (204)
//	POST /finish       the match is over: the feed ends (204)
//	GET  /subscribers  how many are subscribed now; with ?until=N it waits for that number, 5 s at most
func Subject() http.Handler {
	feed := &subjectFeed{subscribers: map[chan string]bool{}, changed: make(chan struct{})}
	live := Live(feed)
	mux := http.NewServeMux()
	mux.Handle("/live", live)
	mux.HandleFunc("/logged/live", func(w http.ResponseWriter, r *http.Request) {
		live.ServeHTTP(subjectWriter{w}, r)
	})
	mux.HandleFunc("POST /publish", feed.servePublish)
	mux.HandleFunc("POST /finish", feed.serveFinish)
	mux.HandleFunc("GET /subscribers", feed.serveSubscribers)
	return mux
}

// subjectWriter is what a handler gets from a middleware that looks at responses, to log or to measure them: an
// http.ResponseWriter around the server's own one. It has no Flush method, but says what it wraps.
type subjectWriter struct{ http.ResponseWriter }

// Unwrap is what http.ResponseController looks for.
func (w subjectWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// subjectBacklog is how many lines a subscriber may be late. One that is later than that misses lines: a feed
// must never wait for a listener.
const subjectBacklog = 256

// subjectFeed is the [Feed] that your handler listens to. It is safe for concurrent use.
type subjectFeed struct {
	mu          sync.Mutex
	subscribers map[chan string]bool
	changed     chan struct{} // closed, and replaced, when the number of subscribers changes
	over        bool
}

// Subscribe implements [Feed].
func (f *subjectFeed) Subscribe() (<-chan string, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := make(chan string, subjectBacklog)
	if f.over {
		close(lines)
		return lines, func() {}
	}
	f.subscribers[lines] = true
	f.tell()
	return lines, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subscribers, lines)
		f.tell()
	}
}

// tell wakes whoever waits for a number of subscribers. The caller holds mu.
func (f *subjectFeed) tell() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *subjectFeed) servePublish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil || len(body) == 0 || !utf8.Valid(body) || strings.ContainsAny(string(body), "\r\n") {
		http.Error(w, "want one line of UTF-8 text, of 64 KiB at most, with no line break", http.StatusBadRequest)
		return
	}
	f.publish(string(body))
	w.WriteHeader(http.StatusNoContent)
}

func (f *subjectFeed) publish(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for lines := range f.subscribers {
		select {
		case lines <- line:
		default:
		}
	}
}

func (f *subjectFeed) serveFinish(w http.ResponseWriter, _ *http.Request) {
	f.finish()
	w.WriteHeader(http.StatusNoContent)
}

func (f *subjectFeed) finish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	for lines := range f.subscribers {
		close(lines)
	}
	clear(f.subscribers)
	f.tell()
}

func (f *subjectFeed) serveSubscribers(w http.ResponseWriter, r *http.Request) {
	until, err := strconv.Atoi(r.URL.Query().Get("until"))
	if err != nil {
		until = -1 // no number to wait for
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	fmt.Fprint(w, f.count(ctx, until))
}

// count returns the number of subscribers as soon as it is until, at the latest when ctx is done; at once if
// until is negative.
func (f *subjectFeed) count(ctx context.Context, until int) int {
	for {
		f.mu.Lock()
		n, changed := len(f.subscribers), f.changed
		f.mu.Unlock()
		if until < 0 || n == until {
			return n
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return n
		}
	}
}
