package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"wirelab/grader/guard"
)

// A Server serves a board, and beside it the folder that the reports go into.
type Server struct {
	*guard.Door

	ln      net.Listener
	http    *http.Server
	stopped chan struct{}
}

// Listen binds addr, so that whoever asks for an address that cannot be had learns it before anything is graded.
// Anything but loopback takes a token, which is in URL.
func Listen(ctx context.Context, addr string) (*Server, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	door, err := guard.New(ln.Addr(), guard.NewToken())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("live: %w", err), ln.Close())
	}
	return &Server{Door: door, ln: ln, stopped: make(chan struct{})}, nil
}

// Serve serves b, and at /report/ the pages in dir once they are there, until ctx ends or Close.
func (s *Server) Serve(ctx context.Context, b *Board, dir string) error {
	page, err := newPage(b.lang)
	if err != nil {
		return fmt.Errorf("live: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page.serve)
	mux.HandleFunc("GET /events", b.events)
	mux.Handle("GET /report/", http.StripPrefix("/report/", reports(dir)))
	ctx, cancel := context.WithCancel(ctx)
	s.http = &http.Server{
		Handler: s.guard(mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, // streams end when the server does
	}
	s.http.RegisterOnShutdown(cancel)
	go func() {
		defer close(s.stopped)
		defer cancel()
		_ = s.http.Serve(s.ln) // ends with Close; a listener that fails earlier is a page less, and no reason to end a batch
	}()
	return nil
}

// Close ends the streams and gives the rest of what is asked for a moment.
func (s *Server) Close() error {
	if s.http == nil {
		return s.ln.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close() // whoever still holds a connection has had their moment
	}
	<-s.stopped
	return err
}

// reports serves the pages of a report, and nothing else that lies beside them.
func reports(dir string) http.Handler {
	files := http.FileServerFS(os.DirFS(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "" && !strings.HasSuffix(r.URL.Path, ".html") {
			http.NotFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// guard refuses what a stranger asks for, and what another page makes a browser ask for.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		r = s.Admit(w, r)
		if r == nil {
			return
		}
		if err := ownPage(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownPage refuses a request that a page of another origin had a browser make. Following a link to the page is no such
// thing: with it nobody reads anything. Programs that are no browser send neither header.
func ownPage(r *http.Request) error {
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case site == "" || site == "none" || site == "same-origin":
	case r.Header.Get("Sec-Fetch-Mode") == "navigate":
	default:
		return fmt.Errorf("refused: asked for by a %s page", site)
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return fmt.Errorf("refused: asked for by a page of %q", origin)
		}
	}
	return nil
}
