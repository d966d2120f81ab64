package firstsse

import (
	"fmt"
	"net/http"
	"regexp"
)

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

// gol reconoce los goles, para ponerles un tipo de evento propio.
var gol = regexp.MustCompile(`(?i)(¡?g+o+l+!?`)

func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines, unsubscribe := feed.Subscribe()
		defer unsubscribe()
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		rc.Flush()
		for line := range lines {
			if gol.MatchString(line) {
				fmt.Fprint(w, "event: gol\n")
			}
			fmt.Fprintf(w, "data: %s\n\n", line)
			rc.Flush()
		}
	})
}
