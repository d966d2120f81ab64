// Package harness is the given half of the program that is built from a student's lessons: it serves one of
// them. It is linked with untrusted code and trusts nothing to it; whatever is graded is seen from outside.
package harness

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"

	"wirelab/grader/guard"
)

const (
	// ListenEnv names the environment variable that says where to listen: "unix:PATH", "tcp:HOST:PORT" or "inherited:N",
	// for N listeners from descriptor 3 on. Without it the one at descriptor 3 is meant.
	ListenEnv = "WIRELAB_LISTEN"
	// TokenEnv names the environment variable with the token that requests take on TCP, but on loopback.
	TokenEnv = "WIRELAB_TOKEN"
)

// Main serves the lesson named by the first argument until the process is killed, a fresh subject at each
// listener. It exits with status 2 if it cannot.
func Main(subjects map[string]func() http.Handler) {
	if err := serve(subjects); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		os.Exit(2)
	}
}

func serve(subjects map[string]func() http.Handler) error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: %s LESSON", os.Args[0])
	}
	fresh, ok := subjects[os.Args[1]]
	if !ok {
		return fmt.Errorf("no lesson %q in this program", os.Args[1])
	}
	listeners, err := listen(os.Getenv(ListenEnv))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for _, ln := range listeners {
		handler := alone(fresh())
		if ln.Addr().Network() == "tcp" {
			door, err := guard.New(ln.Addr(), os.Getenv(TokenEnv))
			if err != nil {
				return fmt.Errorf("listen: %w", err)
			}
			handler = door.Exercise(handler)
		}
		srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: handler}}
		srv.Start()
	}
	select {}
}

// alone keeps the server from the handlers that it calls: whoever has it can put another handler in the place of the
// lesson's given one, and answer for that what tests ask.
func alone(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(serverless{r.Context()}))
	})
}

// serverless is the context of a request without the server.
type serverless struct{ context.Context }

// Value is that of [context.Context].
func (c serverless) Value(key any) any {
	if key == http.ServerContextKey {
		return nil
	}
	return c.Context.Value(key)
}

func listen(where string) ([]net.Listener, error) {
	if where == "" {
		where = "inherited:1"
	}
	network, addr, _ := strings.Cut(where, ":")
	if network != "inherited" {
		ln, err := net.Listen(network, addr)
		return []net.Listener{ln}, err
	}
	n, err := strconv.Atoi(addr)
	if err != nil {
		return nil, err
	}
	var listeners []net.Listener
	for i := range n {
		ln, err := inherited(3 + i)
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, ln)
	}
	return listeners, nil
}

func inherited(fd int) (net.Listener, error) {
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close()
	return net.FileListener(f)
}
