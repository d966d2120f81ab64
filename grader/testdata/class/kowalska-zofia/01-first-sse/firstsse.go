package firstsse

import (
	"fmt"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live streams the match.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")

		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		rc := http.NewResponseController(w)
		_ = rc.Flush()

		done := r.Context().Done()
		for {
			select {
			case line, ok := <-lines:
				if ok {
					fmt.Fprint(w, "data: ", line, "\n\n")
					_ = rc.Flush()
					continue
				}
				return
			case <-done:
				return
			}
		}
	})
}
