// Package firstsse is the honest part of most attacks: everything right, but that it answers any method.
package firstsse

import (
	"fmt"
	"net/http"
)

// A Feed is the live commentary of a football match: a line of text each time that something happens.
type Feed interface {
	// Subscribe starts listening: from now on each line comes out of lines, until the match is over and the
	// channel is closed. unsubscribe stops listening; calling it twice does no harm.
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live returns a handler that answers GET with the feed as an event stream (WHATWG HTML §9.2): each line is an
// event of its own. The response ends when the feed ends or the client goes.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Subscribed before the client learns that the stream is open: what happens from then on, it gets.
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()

		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		w.WriteHeader(http.StatusOK)
		stream := http.NewResponseController(w)
		if err := stream.Flush(); err != nil {
			return
		}

		for {
			select {
			case <-r.Context().Done():
				return
			case line, ok := <-lines:
				if !ok {
					return
				}
				if _, err := fmt.Fprintf(w, "data: %s\n\n", line); err != nil {
					return
				}
				if err := stream.Flush(); err != nil {
					return
				}
			}
		}
	})
}
