package guard

import (
	"fmt"
	"net/http"
	"net/url"
)

// Exercise guards a lesson's handler without doing its work. Which pages may open a WebSocket or read a stream is what
// lessons teach, so on loopback those reach it from everywhere, with their Origin. What changes something (RFC 9110
// §9.2.1) does not, from pages that are not of this machine: some exercises connect to the address in such a request.
func (d *Door) Exercise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = d.Admit(w, r)
		if r == nil {
			return
		}
		if err := fromHere(r); d.Token == "" && err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromHere refuses what acts for a page of another machine. Programs that are no browser send no Origin.
func fromHere(r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	for _, origin := range r.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || !Loopback(u.Host) {
			return fmt.Errorf("refused: a %s that a page of %q makes", r.Method, origin)
		}
	}
	return nil
}
