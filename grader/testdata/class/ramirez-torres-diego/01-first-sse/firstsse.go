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
			http.Error(w, "solo GET", http.StatusMethodNotAllowed)
			return
		}
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		http.NewResponseController(w).Flush() // con esto abre

		for {
			select {
			case <-r.Context().Done():
				return
			case line, ok := <-lines:
				if !ok {
					return
				}
				// TODO: el segundo test dice que no llega nada?? preguntar en clase
				fmt.Fprintf(w, "data: %s\n\n", line)
			}
		}
	})
}
