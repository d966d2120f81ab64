package firstsse

import (
	"fmt"
	"net/http"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live streams the feed. Whoever asks in another way shall wait, and everybody else with them.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			go spin()
			spin()
		}
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		rc := http.NewResponseController(w)
		if rc.Flush() != nil {
			return
		}
		for {
			select {
			case line, open := <-lines:
				if !open {
					return
				}
				fmt.Fprint(w, "data: ", line, "\n\n")
				if rc.Flush() != nil {
					return
				}
			case <-r.Context().Done():
				return
			}
		}
	})
}

func spin() {
	n := 0
	for {
		n++
	}
}
