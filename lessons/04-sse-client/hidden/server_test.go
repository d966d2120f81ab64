package hidden

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"wirelab/grader/probe"
)

// follower is one call of Follow: what it passes on comes out of the stream, what it asks for is answered by hand.
type follower struct {
	*probe.Stream
	s        *probe.Subject
	patience time.Duration // how long a request may be in coming
	asked    chan *request
	answered atomic.Bool // for good: whatever is asked now was not to be asked
}

// follow starts a server and has the subject follow it. The options are those of /run, as a query.
func follow(s *probe.Subject, options string) *follower {
	f := &follower{s: s, patience: probe.Bound, asked: make(chan *request, 1)}
	peer := s.Serve(http.HandlerFunc(f.serve), probe.As("server"))
	f.Stream = s.EventStream("/run?"+options+"&"+peer.Query("/stream"), probe.Method(http.MethodPost), probe.As("client"))
	f.ExpectStatus(http.StatusOK)
	return f
}

func (f *follower) serve(w http.ResponseWriter, r *http.Request) {
	q := &request{s: f.s, header: r.Header, at: time.Now(), steps: make(chan step), left: r.Context().Done()}
	if f.answered.Load() {
		w.Header().Set("Content-Type", eventStream)
		fmt.Fprint(w, "event: asked\ndata: again\n\n") // where the end of Follow is expected
		return
	}
	select {
	case f.asked <- q:
	case <-q.left:
		return
	}
	for {
		select {
		case <-q.left:
			return
		case st := <-q.steps:
			st.do(w)
			close(st.done)
			if st.last {
				return
			}
			if st.cut {
				panic(http.ErrAbortHandler) // net/http cuts the connection where it is
			}
		}
	}
}

// request waits for the subject's next request. It fails at once when there will be none.
func (f *follower) request() (q *request) {
	const often = time.Second // the grader has to count for each look
	looked := time.Now()
	f.s.Within(f.patience).Eventually("a request to the server", "una petición al servidor", func() bool {
		select {
		case q = <-f.asked:
			return true
		default:
		}
		if time.Since(looked) < often {
			return false
		}
		if looked = time.Now(); f.s.OpenConns() == 0 { // POST /run has been answered to its end
			f.s.Failf("expected  a request to the server\ngot       none, since Follow has returned: %s",
				"se esperaba  una petición al servidor\nllegó        ninguna, porque Follow terminó: %s", f.returned())
		}
		return false
	})
	return q
}

// returned waits until Follow has returned, and says what.
func (f *follower) returned() string {
	for {
		if e := f.Next(); e.Type == "returned" {
			return e.Data
		}
	}
}

// expectError expects that Follow returns an error, next.
func (f *follower) expectError() {
	if e := f.Expect(probe.Event{Type: "returned"}); !strings.HasPrefix(e.Data, "error: ") {
		f.s.Failf("expected  Follow to return an error of its own\ngot       %s", "se esperaba  que Follow devuelva un error propio\nllegó        %s", e.Data)
	}
}

// last answers the request with a status, after which nothing more is to be asked.
func (f *follower) last(q *request, status int) {
	f.answered.Store(true)
	q.answer(status, "", "no more")
}

const eventStream = "text/event-stream"

// request is one that the subject has made, and that the test answers step by step.
type request struct {
	s      *probe.Subject
	header http.Header
	at     time.Time // when it came
	ended  time.Time // from when on the client could know that nothing more comes of it
	steps  chan step
	left   <-chan struct{} // closed when the subject has gone
}

type step struct {
	do        func(w http.ResponseWriter)
	last, cut bool
	done      chan struct{}
}

// take has the handler do a step; it is done when take returns, unless the subject has gone.
func (q *request) take(st step) {
	st.done = make(chan struct{})
	select {
	case q.steps <- st:
		<-st.done
	case <-q.left:
	}
}

// open begins an event stream.
func (q *request) open() { q.begin(http.StatusOK, eventStream) }

func (q *request) begin(status int, contentType string) {
	q.take(step{do: func(w http.ResponseWriter) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		if status != http.StatusOK {
			q.over() // the header says enough
		}
		w.WriteHeader(status)
		flush(w)
	}})
}

// send sends a part of the body, at once.
func (q *request) send(text string) {
	q.take(step{do: func(w http.ResponseWriter) {
		fmt.Fprint(w, text)
		flush(w)
	}})
}

// end ends the response as it should be.
func (q *request) end() {
	q.take(step{last: true, do: func(http.ResponseWriter) { q.over() }})
}

// cut cuts the connection in the middle of the response.
func (q *request) cut() {
	q.take(step{cut: true, do: func(http.ResponseWriter) { q.over() }})
}

// vanish cuts the connection before there is a response.
func (q *request) vanish() {
	q.take(step{last: true, do: func(w http.ResponseWriter) {
		q.over()
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	}})
}

// over notes when the answer came to an end, the first time that something says so.
func (q *request) over() {
	if q.ended.IsZero() {
		q.ended = time.Now()
	}
}

// answer gives a whole response.
func (q *request) answer(status int, contentType, body string) {
	q.begin(status, contentType)
	if status != http.StatusNoContent {
		q.send(body)
	}
	q.end()
}

// notBefore expects that the request came no sooner than so long after the answer to the one before.
func (q *request) notBefore(before *request, wait time.Duration) {
	if got := q.at.Sub(before.ended); got < wait {
		q.s.Failf("expected  the next request after %s, or later\ngot       one after %s",
			"se esperaba  la siguiente petición después de %s o más\nllegó        una después de %s",
			wait, got.Round(time.Microsecond))
	}
}

// expectHeader expects a request header; "" stands for none, not for an empty one.
func (q *request) expectHeader(key, want string) {
	values := q.header.Values(key)
	got := strings.Join(values, ", ")
	switch {
	case want == "" && len(values) > 0:
		q.s.Failf("expected  a request without %s\ngot       one with %q", "se esperaba  una petición sin %s\nllegó        una con %q", key, got)
	case want != "" && len(values) == 0:
		q.s.Failf("expected  a request with %s: %q\ngot       one without", "se esperaba  una petición con %s: %q\nllegó        una sin él", key, want)
	case want != got:
		q.s.Failf("expected  a request with %s: %q\ngot       %q", "se esperaba  una petición con %s: %q\nllegó        %q", key, want, got)
	}
}

// expectLeft waits until the subject has let go of the connection.
func (q *request) expectLeft() {
	q.s.Eventually("the connection closed by the client", "que el cliente cierre la conexión", func() bool {
		select {
		case <-q.left:
			return true
		default:
			return false
		}
	})
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() } // the test sees what did not come
