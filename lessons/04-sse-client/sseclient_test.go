package sseclient

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// Take these tests in their order: each goes one step further than the one before it. They are yours to read, to
// change and to add to.
//
// Hours pass in them, and they are done in milliseconds: each runs in a bubble of testing/synctest, where time stands
// still until every goroutine waits for something, and then jumps to the next timer. So a wait is as long as your
// code says, to the nanosecond. Sockets do not work in there, as the outside world knows nothing of that time;
// pipeListener, at the end, is a network made of channels.

// The events of a stream are passed on, and 204 is the end.
//
//wirelab:es Los eventos de un flujo se entregan, y 204 es el final.
//wirelab:hint Make one request with c.HTTP.Do, give its body to c.Parse, and call each for every Event that Next returns. Around it comes a loop.
//wirelab:hint.es Haz una petición con c.HTTP.Do, dale su cuerpo a c.Parse y llama a each con cada Event que devuelva Next. Alrededor va un bucle.
//wirelab:notes The API
func TestPassesEventsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := follow(t,
			stream("data: Kick-off\n\nevent: goal\ndata: 1–0\n\n"),
			status(http.StatusNoContent))

		require.NoError(t, got.err, "Begin here: write Follow, in sseclient.go. 204 says that there is no more: that is no error.")
		require.Len(t, got.requests, 2)
		assert.Equal(t, []Event{{"message", "Kick-off"}, {"goal", "1–0"}}, got.events)
		assert.Equal(t, "text/event-stream", got.requests[0].header.Get("Accept"), "A request says what it wants.")
	})
}

// Whoever comes back says what they saw last. The connection broke before the second event was complete: that one was
// not seen.
//
//wirelab:es Quien vuelve dice qué fue lo último que vio. La conexión se cortó antes de que el segundo evento estuviera completo: ese no se vio.
//wirelab:hint Keep the ID in a variable that lives outside the loop over connections, and take it only from a Next without an error.
//wirelab:hint.es Guarda el ID en una variable que viva fuera del bucle de conexiones, y tómalo solo de un Next sin error.
//wirelab:notes Coming back
func TestComesBackWithTheID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := follow(t,
			stream("id: 1\ndata: Kick-off\n\nid: 2\ndata: 1–"),
			stream("id: 2\ndata: 1–0\n\n"),
			status(http.StatusNoContent))

		require.NoError(t, got.err)
		require.Len(t, got.requests, 3)
		assert.Equal(t, []Event{{"message", "Kick-off"}, {"message", "1–0"}}, got.events)
		assert.NotContains(t, got.requests[0].header, "Last-Event-Id", "At first, nothing has been seen.")
		assert.Equal(t, "1", got.requests[1].header.Get("Last-Event-ID"))
		assert.Equal(t, "2", got.requests[2].header.Get("Last-Event-ID"))
	})
}

// The wait is Delay until the server names another one; chance makes it up to twice as long.
//
//wirelab:es La espera es Delay hasta que el servidor diga otra; el azar la alarga, como mucho al doble.
//wirelab:hint The delay is a variable too: it starts as c.Delay, and a block with a Retry replaces it. The random share comes on top.
//wirelab:hint.es La espera también es una variable: empieza en c.Delay y la reemplaza un bloque con Retry. La parte aleatoria se suma.
//wirelab:notes The API
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := follow(t,
			stream("data: back in a minute\n\n"),
			stream("retry: 600000\n\n"),
			stream("data: back in ten minutes, still\n\n"),
			status(http.StatusNoContent))

		require.NoError(t, got.err)
		assertWait(t, got, 1, delay)
		assertWait(t, got, 2, 10*time.Minute)
		assertWait(t, got, 3, 10*time.Minute)
	})
}

// Each failure in a row doubles the wait, up to Cap. A stream that opens is a success: the next failure is the first.
//
//wirelab:es Cada fallo seguido duplica la espera, hasta Cap. Un flujo que se abre es un éxito: el siguiente fallo es el primero.
//wirelab:hint Count failures in a row: the wait is the delay doubled that often, but one time less. When a stream opens, the count is zero.
//wirelab:hint.es Cuenta los fallos seguidos: la espera es la demora duplicada tantas veces, menos una. Cuando un flujo se abre, la cuenta es cero.
//wirelab:notes The idea
func TestBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := status(http.StatusServiceUnavailable)
		got := follow(t, down, down, down, down, down, down,
			stream("data: here I am\n\n"), down, down,
			status(http.StatusNoContent))

		require.NoError(t, got.err, "503 says not now, it does not say never.")
		for i, want := range []time.Duration{1, 2, 4, 8, 10, 10 /* and then it is back */, 1, 1, 2} {
			assertWait(t, got, i+1, want*delay)
		}
	})
}

// A login page is not an event stream, and asking for it again will not make it one.
//
//wirelab:es Una página de inicio de sesión no es un flujo de eventos, y no lo será por pedirla otra vez.
//wirelab:hint Look at the media type before you read: anything but text/event-stream is an error, and its text names what came.
//wirelab:hint.es Mira el tipo de contenido antes de leer: todo lo que no sea text/event-stream es un error, y su texto dice qué llegó.
//wirelab:notes The API
func TestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := follow(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<p>Who are you?</p>\ndata: nobody\n\n")
		})

		require.Error(t, got.err)
		assert.Len(t, got.requests, 1)
		assert.Empty(t, got.events)
		assert.ErrorContains(t, got.err, "text/html", "An error that names what came saves somebody an hour.")
	})
}

// Follow is told to stop while it waits, and returns at that moment, not when the wait is over.
//
//wirelab:es A Follow se le dice que pare mientras espera, y vuelve en ese momento, no cuando acaba la espera.
//wirelab:hint time.Sleep hears nothing. A timer has a channel, and a select can wait for it and for the context.
//wirelab:hint.es time.Sleep no oye nada. Un temporizador tiene un canal, y un select puede esperarlo a él y al contexto.
//wirelab:notes The API
func TestStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		got := followContext(ctx, t, stream("data: back in an hour\nretry: 3600000\n\n"))

		require.ErrorIs(t, got.err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(start), "when Follow returned")
	})
}

const (
	delay = time.Minute      // Client.Delay in these tests
	limit = 10 * time.Minute // Client.Cap
)

// followed is what came of a call of Follow.
type followed struct {
	err      error
	events   []Event
	requests []request
}

type request struct {
	at     time.Time
	header http.Header
}

// follow calls Follow and returns when Follow has. The server gives these answers, one after the other; who asks once
// more is an error.
func follow(t *testing.T, answers ...http.HandlerFunc) *followed {
	t.Helper()
	return followContext(t.Context(), t, answers...)
}

func followContext(ctx context.Context, t *testing.T, answers ...http.HandlerFunc) *followed {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	got := &followed{}
	transport := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := len(got.requests)
		got.requests = append(got.requests, request{time.Now(), r.Header})
		if n >= len(answers) {
			t.Errorf("Request %d came, although the answer to the one before it was the last word.", n+1)
			cancel()
			return
		}
		answers[n](w, r)
	})
	bodies := &bodyCounter{RoundTripper: transport}
	client := &Client{HTTP: &http.Client{Transport: bodies}, Parse: NewParser, Delay: delay, Cap: limit}

	got.err = client.Follow(ctx, "http://match.example/live", func(e Event) { got.events = append(got.events, e) })
	assert.Zero(t, bodies.open, "bodies that were not closed")
	return got
}

// assertWait checks how long after the request before it the nth one came: the answers in these tests take no time.
func assertWait(t *testing.T, got *followed, n int, want time.Duration) {
	t.Helper()
	require.Greater(t, len(got.requests), n, "requests that were made")
	wait := got.requests[n].at.Sub(got.requests[n-1].at)
	assert.True(t, want <= wait && wait < 2*want, "the wait before request %d should be at least %s and less than twice that, and was %s", n+1, want, wait)
}

// stream is the answer of an event stream that says this, and ends.
func stream(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, text)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// bodyCounter counts the bodies that were handed out and not closed. These tests make one request at a time.
type bodyCounter struct {
	http.RoundTripper
	open int
}

func (c *bodyCounter) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.RoundTripper.RoundTrip(r)
	if err == nil {
		c.open++
		res.Body = &countedBody{ReadCloser: res.Body, counter: c}
	}
	return res, err
}

type countedBody struct {
	io.ReadCloser
	counter *bodyCounter
	closed  bool
}

func (b *countedBody) Close() error {
	if !b.closed {
		b.closed = true
		b.counter.open--
	}
	return b.ReadCloser.Close()
}

// serve runs a server on a network of its own, and returns what reaches it.
func serve(t *testing.T, h http.HandlerFunc) http.RoundTripper {
	t.Helper()
	ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h}
	watched := wiretest.Listen(t, ln)         // a failure shows what went over the wire
	go func() { _ = server.Serve(watched) }() // ends with Close
	transport := &http.Transport{DialContext: ln.dial, DisableKeepAlives: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return transport
}

// pipeListener is a listener without sockets: each connection is a net.Pipe.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
