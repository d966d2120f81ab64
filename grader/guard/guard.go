// Package guard keeps strangers from the servers that the course starts on somebody's machine: the page of batch --live,
// an exercise that is served to be talked to, the site. It is linked with students' code, so it imports nothing but the
// standard library, and it never looks at a body.
//
// # On loopback
//
// Whoever runs a program on this machine may ask. A page on the network may not: it could make a browser ask under a name
// of its own that leads to 127.0.0.1 (DNS rebinding), so the Host of every request must name loopback.
//
// # Elsewhere
//
// A request takes the token in the address that was printed, as the parameter [Param] or in the cookie that a browser
// gets for it. Other pages have neither: the cookie is for requests that its own site makes (SameSite=Strict).
package guard

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Param is the parameter of a query that holds the token. Exercises have parameters of their own, so it is named for us.
const Param = "wirelab"

// NewToken returns a token that nobody guesses.
func NewToken() string { return rand.Text() }

// Loopback reports whether a Host header, or the host of an address, names this machine's loopback, with or without a
// port.
func Loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// A Door is where a server's requests come in.
type Door struct {
	URL   string // where to look, with the token where it takes one
	Token string // "" on loopback

	cookie string // its name; browsers send cookies to every port of a host, so the port is in it
}

// New returns the Door of a server that listens on addr. The token counts only where others reach the server, and there
// one is needed.
func New(addr net.Addr, token string) (*Door, error) {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return nil, err
	}
	if Loopback(host) {
		return &Door{URL: "http://" + addr.String() + "/"}, nil
	}
	if token == "" {
		return nil, errors.New("others reach " + addr.String() + ", and there is no token to ask them for")
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil { // every address of this machine: one that others know it by
			host = name
		}
	}
	return &Door{
		URL:   "http://" + net.JoinHostPort(host, port) + "/?" + Param + "=" + token,
		Token: token, cookie: "wirelab-" + port,
	}, nil
}

// Admit returns the request as the server is to see it, without the token in its address, or nil if it has been answered:
// refused, or sent on by a browser's address bar to the same address with the token in a cookie.
func (d *Door) Admit(w http.ResponseWriter, r *http.Request) *http.Request {
	if d.Token == "" {
		if Loopback(r.Host) {
			return r
		}
		http.Error(w, "this server answers to localhost, 127.0.0.1 and [::1] only", http.StatusMisdirectedRequest)
		return nil
	}
	if slices.ContainsFunc(r.URL.Query()[Param], d.is) {
		r = d.without(r)
		if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
			return r // no page, so it has the token in whatever it asks
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.SetCookie(w, &http.Cookie{Name: d.cookie, Value: d.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		here := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: r.URL.RawQuery} // "//host" would lead away
		http.Redirect(w, r, here.String(), http.StatusSeeOther)
		return nil
	}
	if c, err := r.Cookie(d.cookie); err == nil && d.is(c.Value) {
		return r
	}
	http.Error(w, "the address that the grader printed ends in ?"+Param+"= and a token, and it takes that", http.StatusForbidden)
	return nil
}

func (d *Door) is(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(d.Token)) == 1
}

// without returns r with the rest of its query as it was written.
func (d *Door) without(r *http.Request) *http.Request {
	pairs := slices.DeleteFunc(strings.Split(r.URL.RawQuery, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		return err == nil && name == Param
	})
	u := *r.URL
	u.RawQuery = strings.Join(pairs, "&")
	r = r.WithContext(r.Context()) // a copy
	r.URL, r.RequestURI = &u, u.RequestURI()
	return r
}
