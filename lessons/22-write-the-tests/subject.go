package writethetests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// This file is given: it shows your examiner to the world, and the graded tests talk to what it builds. Read it if
// you like, but don't change it: the grader puts the original back.

const (
	subjectPings = 40                    // that are answered while nothing comes for Examine: then nothing will
	subjectPause = 25 * time.Millisecond // between them
	subjectTotal = 45 * time.Second      // for an examination
)

// Subject returns a service that examines notice boards on behalf of whoever asks:
//
//	POST /examine  has your Examine look at the board at ?url=, and answers with a verdict in JSON
//
// The verdict is "right" or "wrong", the latter with Examine's error; or "panic", with what it panicked with; or
// "late", if Examine does not return when its context has ended. ?socket= is a Unix socket through which the board is
// reached. Whoever hangs up ends the examination.
//
// How long may nothing come before it is clear that nothing will? A time would be too short on some machine. So the
// board's server is asked for something else meanwhile, again and again: once it has answered so often, it has had
// the time for whatever Examine waits for.
func Subject() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /examine", func(w http.ResponseWriter, r *http.Request) {
		v := subjectExamine(r.Context(), r.FormValue("url"), r.FormValue("socket"))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // who has hung up needs no verdict
	})
	return mux
}

type subjectVerdict struct {
	Verdict string `json:"verdict"`
	Error   string `json:"error,omitempty"`
}

func subjectExamine(asked context.Context, url, socket string) subjectVerdict {
	transport := subjectTransport(socket)
	defer transport.CloseIdleConnections()
	watch := &subjectWatch{RoundTripper: transport}

	// The context ends with the request, but not because Examine has returned: a stream that is still open then must
	// stay so, to be seen.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(asked))
	defer context.AfterFunc(asked, func() { cancel(context.Canceled) })()
	total := time.AfterFunc(subjectTotal, func() { cancel(fmt.Errorf("the examination has taken %s", subjectTotal)) })
	defer total.Stop()

	returned := make(chan subjectVerdict, 1)
	go func() { returned <- subjectRun(ctx, &http.Client{Transport: watch}, url) }()
	if v, ok := watch.wait(ctx, url, &watch.came, returned); ok {
		return v
	}
	cancel(fmt.Errorf("nothing came, while the server answered %d other requests", subjectPings))
	if v, ok := watch.wait(asked, url, new(atomic.Int64), returned); ok { // whatever comes now is too late
		return v
	}
	return subjectVerdict{Verdict: "late"}
}

// subjectRun calls Examine.
func subjectRun(ctx context.Context, client *http.Client, url string) (v subjectVerdict) {
	defer func() {
		if why := recover(); why != nil {
			v = subjectVerdict{"panic", fmt.Sprint(why)}
		}
	}()
	if err := Examine(ctx, client, url); err != nil {
		return subjectVerdict{"wrong", err.Error()}
	}
	return subjectVerdict{Verdict: "right"}
}

// subjectTransport makes connections through the Unix socket, or as usual if that is "".
func subjectTransport(socket string) *http.Transport {
	t := &http.Transport{}
	if socket != "" {
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	}
	return t
}

// subjectWatch notices whenever something comes from the board.
type subjectWatch struct {
	http.RoundTripper
	came atomic.Int64
}

// RoundTrip implements [http.RoundTripper].
func (w *subjectWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.RoundTripper.RoundTrip(r)
	w.came.Add(1)
	if err == nil {
		res.Body = subjectBody{res.Body, w}
	}
	return res, err
}

// wait waits for the verdict, but not longer than until the server has answered enough pings in a row while came did
// not change, or ctx is done.
func (w *subjectWatch) wait(ctx context.Context, url string, came *atomic.Int64, returned <-chan subjectVerdict) (v subjectVerdict, ok bool) {
	last := came.Load()
	for answered := 0; answered < subjectPings; answered++ {
		select {
		case v = <-returned:
			return v, true
		case <-ctx.Done():
			return v, false
		case <-time.After(subjectPause):
		}
		w.ping(ctx, url)
		if now := came.Load(); now != last {
			last, answered = now, 0
		}
	}
	return v, false
}

// ping asks for the options of the server as a whole (RFC 9110 §9.3.7), and waits until something comes of it. It
// passes by the watch.
func (w *subjectWatch) ping(ctx context.Context, url string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, url, nil)
	if err != nil {
		return
	}
	req.URL.Opaque = "*"
	if res, err := w.RoundTripper.RoundTrip(req); err == nil {
		res.Body.Close()
	}
}

// subjectBody is a body that is watched.
type subjectBody struct {
	io.ReadCloser
	watch *subjectWatch
}

// Read implements [io.Reader].
func (b subjectBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.watch.came.Add(1)
	}
	return n, err
}
