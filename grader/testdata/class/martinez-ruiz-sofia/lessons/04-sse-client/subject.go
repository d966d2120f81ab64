package sseclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// This file is given: it shows your client to the world, and the graded tests talk to what it builds. Read it if
// you like, but don't change it: the grader puts the original back.

// subjectConns is how many connections the client that you get opens at most, to one server. Who forgets to close
// bodies runs out of them.
const subjectConns = 8

// Subject returns a service that follows event streams on behalf of whoever asks:
//
//	POST /run     follows ?url= with your client, and streams back every event that it passes on; when Follow returns,
//	              there is one last event, "returned": its data are "nil", "canceled" or "error: …"
//	POST /cancel  ends what is being followed, all of it, by the context of Follow (204)
//
// /run takes ?delay= and ?cap=, such as 200ms and 1m, for the fields of [Client]; and ?socket=, a Unix socket through
// which to reach the server. Who hangs up ends what was followed for them.
func Subject() http.Handler {
	runs := &subjectRuns{cancels: map[*context.CancelFunc]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /run", runs.serveRun)
	mux.HandleFunc("POST /cancel", func(w http.ResponseWriter, _ *http.Request) {
		runs.cancelAll()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// subjectRuns are the calls of Follow that have not returned.
type subjectRuns struct {
	mu      sync.Mutex
	cancels map[*context.CancelFunc]bool
}

func (runs *subjectRuns) serveRun(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	delay, err := subjectDuration(query.Get("delay"), 3*time.Second)
	limit, err2 := subjectDuration(query.Get("cap"), 30*time.Second)
	if err := errors.Join(err, err2); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	transport := subjectTransport(query.Get("socket"))
	defer transport.CloseIdleConnections()
	client := &Client{HTTP: &http.Client{Transport: subjectMark{transport}}, Parse: NewParser, Delay: delay, Cap: limit}

	// The context of Follow ends with the request, but not because Follow has returned: a body that is still open
	// then must stay so, to be seen.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer context.AfterFunc(r.Context(), cancel)()
	defer runs.add(&cancel)()

	relay := &subjectRelay{w: w, stream: http.NewResponseController(w)}
	defer relay.close()
	relay.open()
	switch err := client.Follow(ctx, query.Get("url"), relay.send); {
	case err == nil:
		relay.send(Event{"returned", "nil"})
	case errors.Is(err, context.Canceled):
		relay.send(Event{"returned", "canceled"})
	default:
		relay.send(Event{"returned", "error: " + err.Error()})
	}
}

// add notes a run that can be cancelled until the returned function is called.
func (runs *subjectRuns) add(cancel *context.CancelFunc) (remove func()) {
	runs.mu.Lock()
	defer runs.mu.Unlock()
	runs.cancels[cancel] = true
	return func() {
		runs.mu.Lock()
		defer runs.mu.Unlock()
		delete(runs.cancels, cancel)
	}
}

func (runs *subjectRuns) cancelAll() {
	runs.mu.Lock()
	defer runs.mu.Unlock()
	for cancel := range runs.cancels {
		(*cancel)()
	}
}

func subjectDuration(text string, otherwise time.Duration) (time.Duration, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("duration %q is not above 0", text)
	}
	return d, err
}

// subjectTransport makes connections through the Unix socket, or as usual if that is "".
func subjectTransport(socket string) *http.Transport {
	t := &http.Transport{
		MaxConnsPerHost:   subjectConns,
		DisableKeepAlives: true, // a kept connection that breaks makes net/http repeat a request by itself
	}
	if socket != "" {
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	}
	return t
}

// subjectMark adds a header to each request, as clients do that log in: only what goes through them gets in.
type subjectMark struct{ http.RoundTripper }

func (m subjectMark) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Client", "given")
	return m.RoundTripper.RoundTrip(r)
}

// subjectRelay writes events to whoever asked for the run. It takes none after it was closed.
type subjectRelay struct {
	mu     sync.Mutex
	w      http.ResponseWriter
	stream *http.ResponseController
	closed bool
}

func (s *subjectRelay) open() {
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("Cache-Control", "no-cache")
	_ = s.stream.Flush() // who has hung up ends the run by its context
}

func (s *subjectRelay) send(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	_, _ = fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", e.Type, strings.ReplaceAll(e.Data, "\n", "\ndata: "))
	_ = s.stream.Flush()
}

func (s *subjectRelay) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
