// Mariana Castillo Vega, grupo 2
package echo

import "net/http"

const Bye = "bye"

func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "the handler in echo.go is not written yet", http.StatusNotImplemented)
	})
}
