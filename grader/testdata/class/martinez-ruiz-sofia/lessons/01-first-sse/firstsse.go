// Package firstsse is the first lesson: a handler whose response is an event stream. README.md has the notes.
package firstsse

import (
	"fmt"
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

// Live returns a handler that answers GET with the feed as an event stream.
func Live(feed Feed) http.Handler {
	// El ServeMux ya contesta 405 con Allow, no hace falta comprobar el método a mano.
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()

		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		stream := http.NewResponseController(w)
		for {
			if err := stream.Flush(); err != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case line, ok := <-lines:
				if !ok {
					return
				}
				fmt.Fprintf(w, "data: %s\n\n", line)
			}
		}
	})
	return mux
}
