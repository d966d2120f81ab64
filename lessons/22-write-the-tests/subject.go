package writethetests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// This file is given: it shows your examiner to the world, and the graded tests talk to what it builds. Read it if
// you like, but don't change it: the grader puts the original back.

const (
	subjectPatience = 3 * time.Second  // the context ends when nothing has come from the board for so long
	subjectTotal    = 20 * time.Second // … or when the examination has taken so long
	subjectGrace    = 5 * time.Second  // for Examine to return once its context has ended
)

// Subject returns a service that examines notice boards on behalf of whoever asks:
//
//	POST /examine  has your Examine look at the board at ?url=, and answers with a verdict in JSON
//
// The verdict is "right" or "wrong", the latter with Examine's error; or "panic", with what it panicked with; or
// "late", if Examine has not returned 5 s after its context has ended. ?socket= is a Unix socket through which the
// board is reached. Whoever hangs up ends the examination.
func Subject() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /examine", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(subjectExamine(r)) // who has hung up needs no verdict
	})
	return mux
}

type subjectVerdict struct {
	Verdict string `json:"verdict"`
	Error   string `json:"error,omitempty"`
}

func subjectExamine(r *http.Request) subjectVerdict {
	transport := subjectTransport(r.FormValue("socket"))
	defer transport.CloseIdleConnections()

	// The context ends with the request, but not because Examine has returned: a stream that is still open then must
	// stay so, to be seen.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(r.Context()))
	defer context.AfterFunc(r.Context(), func() { cancel(context.Canceled) })()
	total := time.AfterFunc(subjectTotal, func() { cancel(fmt.Errorf("the examination has taken %s", subjectTotal)) })
	defer total.Stop()
	patience := time.AfterFunc(subjectPatience, func() { cancel(fmt.Errorf("nothing has come for %s", subjectPatience)) })
	defer patience.Stop()
	client := &http.Client{Transport: subjectWatch{transport, func() { patience.Reset(subjectPatience) }}}

	returned := make(chan subjectVerdict, 1)
	go func() {
		defer func() {
			if why := recover(); why != nil {
				returned <- subjectVerdict{"panic", fmt.Sprint(why)}
			}
		}()
		if err := Examine(ctx, client, r.FormValue("url")); err != nil {
			returned <- subjectVerdict{"wrong", err.Error()}
			return
		}
		returned <- subjectVerdict{Verdict: "right"}
	}()
	select {
	case v := <-returned:
		return v
	case <-ctx.Done():
	}
	select {
	case v := <-returned:
		return v
	case <-time.After(subjectGrace):
		return subjectVerdict{Verdict: "late"}
	}
}

// subjectTransport makes connections through the Unix socket, or as usual if that is "".
func subjectTransport(socket string) *http.Transport {
	t := &http.Transport{DisableKeepAlives: true} // so that each request is by itself
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
	came func()
}

func (w subjectWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.RoundTripper.RoundTrip(r)
	if err == nil {
		w.came()
		res.Body = subjectBody{res.Body, w.came}
	}
	return res, err
}

type subjectBody struct {
	io.ReadCloser
	came func()
}

func (b subjectBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.came()
	}
	return n, err
}
