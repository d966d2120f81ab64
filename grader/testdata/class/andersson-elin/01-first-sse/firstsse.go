package firstsse

import (
	"fmt"
	"html"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", "GET")
			http.Error(w, http.StatusText(405), 405)
			return
		}
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		ctl := http.NewResponseController(w)
		ctl.Flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case line, ok := <-lines:
				if !ok {
					return
				}
				// never trust text that ends up in a page
				fmt.Fprintf(w, "data: %s\n\n", html.EscapeString(line))
				ctl.Flush()
			}
		}
	})
}
