// Package firstsse is the first lesson: a handler whose response is an event stream. README.md has the notes.
//
// You write [Live], below. subject.go is given: it puts your handler on a server together with a feed to listen
// to. firstsse_test.go shows how to test a stream; run it with
//
//	go test ./lessons/01-first-sse
package firstsse

import (
	"bytes"
	"net/http"
)

// A Feed is the live commentary of a football match: a line of text each time that something happens.
//
// It is given, and so is the feed behind it: leave this type as it is.
type Feed interface {
	// Subscribe starts listening: from now on each line comes out of lines. A line is never empty and has no
	// line break in it; anything else that UTF-8 can say may be there. The channel is closed when the match is
	// over; if it is over already, a closed channel is what you get.
	//
	// unsubscribe stops listening. Whoever subscribes must call it in the end, or the feed goes on serving a
	// listener who is not there. Calling it twice, or after the end of the match, does no harm.
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live returns a handler that answers GET with the feed as an event stream: each client gets every line that
// comes after it has connected, each line as an event of its own, at the moment when it comes. The response
// ends when the feed ends or the client goes, whichever is first.
//
// Any other method than GET is answered with 405 Method Not Allowed.
func Live(feed Feed) http.Handler {
	return &live{feed}
}

type live struct {
	feed Feed
}

func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		l.stream(w, r)
	default:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
	}
}

func (l *live) stream(w http.ResponseWriter, r *http.Request) {
	lines, unsubscribe := l.feed.Subscribe()
	defer unsubscribe()

	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)

	out := http.NewResponseController(w)
	var event bytes.Buffer
	for out.Flush() == nil {
		event.Reset()
		select {
		case line, more := <-lines:
			if !more {
				return
			}
			event.WriteString("data: ")
			event.WriteString(line)
			event.WriteString("\n\n")
		case <-r.Context().Done():
			return
		}
		if _, err := event.WriteTo(w); err != nil {
			return
		}
	}
}
