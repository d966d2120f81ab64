package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// secure says what a browser may do with anything from here: nothing that is not from here, nothing inline. Consoles
// also talk to programs on this machine, at whatever port they have.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// ownPage refuses a request that a page of another origin had a browser make, be it the page of another program on
// this machine: a browser names the page's origin in whatever can act and in every WebSocket handshake, and says of
// most others where they come from. Programs that are no browser send neither, and can do on this machine what
// they want without us.
func ownPage(r *http.Request) error {
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "none", "same-origin":
	default:
		return fmt.Errorf("refused: asked for by a %s page", site)
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" || !strings.EqualFold(u.Host, r.Host) {
			return fmt.Errorf("refused: asked for by a page of %q, which is not this site", origin)
		}
	}
	return nil
}
