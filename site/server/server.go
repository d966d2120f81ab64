// Package server answers requests for the site's files, on loopback only, and hands what acts to others.
//
// It trusts nobody just because they can reach a port of this machine: a page on the network can make a browser
// ask, under a name of its own that leads to 127.0.0.1, so the Host of every request is checked. Whatever does more
// than show a page lives below /api/ and is for the site's own pages alone, streams and sockets included. What is
// shown is a pages.Site that may be replaced while it runs.
package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"wirelab/grader/guard"
	"wirelab/site/pages"
)

// A Server is the site's http.Handler.
type Server struct {
	site atomic.Pointer[pages.Site]
	api  *http.ServeMux
}

// New returns a Server of site.
func New(site pages.Site) *Server {
	s := &Server{api: http.NewServeMux()}
	s.Replace(site)
	return s
}

// Replace makes site what is served from now on.
func (s *Server) Replace(site pages.Site) { s.site.Store(&site) }

// Handle lets h answer requests that match pattern, one of http.ServeMux whose path begins with /api/: "GET
// /api/stream". They have passed the checks of Host and Origin. It must not be called once the Server serves.
func (s *Server) Handle(pattern string, h http.Handler) { s.api.Handle(pattern, h) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	switch {
	case !guard.Loopback(r.Host):
		http.Error(w, "this site answers to localhost, 127.0.0.1 and [::1] only", http.StatusMisdirectedRequest)
	case strings.HasPrefix(r.URL.Path, "/api/"):
		if err := ownPage(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		s.api.ServeHTTP(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	default:
		s.serve(w, r)
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	site := *s.site.Load()
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if strings.HasSuffix(r.URL.Path, "/") && name != "" {
		name += "/index.html"
	}
	lang := preferred(r.Header.Get("Accept-Language"))
	if name == "" || name == "index.html" {
		redirect(w, r, "/"+lang+"/")
		return
	}
	if body, ok := site[name]; ok {
		send(w, r, name, body, http.StatusOK)
		return
	}
	if _, ok := site[lang+"/"+name]; ok { // an address without its language
		redirect(w, r, "/"+lang+"/"+name)
		return
	}
	if _, ok := site[name+"/index.html"]; ok { // relative links need the slash
		redirect(w, r, "/"+name+"/")
		return
	}
	for _, known := range pages.Languages() {
		if strings.HasPrefix(name, known+"/") {
			lang = known
		}
	}
	send(w, r, "404.html", site[lang+"/404.html"], http.StatusNotFound)
}

// redirect leads to another page of this site; what it depends on may change, so nobody shall remember it.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}

func send(w http.ResponseWriter, r *http.Request, name string, body []byte, status int) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_, _ = w.Write(body) // the client has gone
		return
	}
	sum := sha256.Sum256(body)
	h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "no-cache") // keep it, but ask whether it is still true
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// contentType does not ask the operating system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}
