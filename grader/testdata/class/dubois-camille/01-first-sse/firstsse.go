package firstsse

import (
	"fmt"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live envoie chaque ligne du match.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "GET seulement", http.StatusMethodNotAllowed)
			return
		}
		lignes, quitter := feed.Subscribe()
		defer quitter()
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		if rc.Flush() != nil {
			return
		}
		for {
			select {
			case <-r.Context().Done():
				return
			case ligne, ouvert := <-lignes:
				if !ouvert {
					return
				}
				fmt.Fprintf(w, "data: %s\n\n", ligne)
				if rc.Flush() != nil {
					return
				}
			}
		}
	})
}
