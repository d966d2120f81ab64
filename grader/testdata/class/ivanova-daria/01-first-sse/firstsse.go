package firstsse

import (
	"fmt"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "", http.StatusMethodNotAllowed)
			return
		}
		ch, cancel := feed.Subscribe()
		defer cancel()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		rc := http.NewResponseController(w)
		rc.Flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case line := <-ch:
				if _, err := fmt.Fprintf(w, "data: %s\n\n", line); err != nil {
					return
				}
				rc.Flush()
			}
		}
	})
}
