// Mariana Castillo Vega, grupo 2
package firstsse

import "net/http"

// Feed is given.
type Feed interface {
	Subscribe() (lines <-chan string, unsubscribe func())
}

func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "Live is not written yet", http.StatusNotImplemented)
	})
}
