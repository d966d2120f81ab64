package firstsse

import (
	"fmt"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live returns a handler that answers GET with the feed as an event stream.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "use GET", http.StatusMethodNotAllowed)
			return
		}
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()

		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		rc := http.NewResponseController(w)
		rc.Flush()

		for line := range lines { // ends with the match
			if _, err := fmt.Fprintf(w, "data: %s\n\n", line); err != nil {
				return // the client has gone
			}
			rc.Flush()
		}
	})
}
