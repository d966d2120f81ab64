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
	return onlyGet(func(w http.ResponseWriter, r *http.Request) {
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache, no-transform")
		send(w, "")
		for {
			select {
			case line, ok := <-lines:
				if !ok || send(w, fmt.Sprintf("data: %s\n\n", line)) != nil {
					return
				}
			case <-r.Context().Done():
				return
			}
		}
	})
}

// send writes s, and makes sure that it leaves.
func send(w http.ResponseWriter, s string) error {
	if _, err := w.Write([]byte(s)); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

func onlyGet(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			next(w, r)
			return
		}
		w.Header().Set("Allow", http.MethodGet)
		w.WriteHeader(http.StatusMethodNotAllowed)
	})
}
