package firstsse

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// Take these tests in their order: each goes one step further than the one before it. They are yours to read,
// to change and to add to. The graded tests ask for the same behaviour, with more of the details.

// patience is how long a test waits for what should come at once.
const patience = 3 * time.Second

// The stream opens when the client asks for it, not when the first line of the match comes.
//
//wirelab:es El flujo se abre cuando el cliente lo pide, no cuando llega la primera línea del partido.
//wirelab:hint Set the headers, write the status, and then flush: until you do, nothing has left the server.
//wirelab:hint.es Pon los encabezados, escribe el estado y después vacía el búfer con Flush: mientras no lo hagas, nada ha salido del servidor.
//wirelab:notes The idea
func TestOpens(t *testing.T) {
	res := ask(t, http.MethodGet, newFakeFeed())

	require.Equal(t, http.StatusOK, res.StatusCode, "Begin here: write Live, in firstsse.go.")
	assert.Equal(t, "text/event-stream", res.Header.Get("Content-Type"), "A client tells by this header that a stream comes.")
	assert.Equal(t, "no-cache", res.Header.Get("Cache-Control"), "What is live must not come out of a cache.")
}

// Each line becomes an event, and leaves when it comes: the second is only published when the first is here.
//
//wirelab:es Cada línea se vuelve un evento y sale en cuanto llega.
//wirelab:hint Subscribe, loop over the lines, and for each one write "data: ", the line and two line breaks. Then flush, inside the loop.
//wirelab:hint.es Suscríbete, recorre las líneas y por cada una escribe "data: ", la línea y dos saltos de línea. Después, Flush, dentro del bucle.
//wirelab:notes The idea
func TestSendsEachLineAtOnce(t *testing.T) {
	feed := newFakeFeed()
	stream := bufio.NewReader(open(t, feed).Body)

	feed.lines <- "Kick-off"
	require.Equal(t, "data: Kick-off\n\n", nextEvent(t, stream))
	feed.lines <- "¡Gol!"
	require.Equal(t, "data: ¡Gol!\n\n", nextEvent(t, stream))
}

// When the match is over, so is the response.
//
//wirelab:es Cuando termina el partido, termina la respuesta.
//wirelab:hint A range over a channel ends when the channel is closed. A select does not: ask for the second value of the receive.
//wirelab:hint.es Un range sobre un canal acaba cuando el canal se cierra. Un select no: pide el segundo valor al recibir.
//wirelab:notes The API
func TestEndsWithTheFeed(t *testing.T) {
	feed := newFakeFeed()
	stream := bufio.NewReader(open(t, feed).Body)

	feed.lines <- "Full time"
	close(feed.lines)
	require.Equal(t, "data: Full time\n\n", nextEvent(t, stream))
	_, err := stream.ReadByte()
	require.EqualError(t, err, "EOF", "The channel is closed, so the handler has nothing left to do: it must return.")
}

// A client that goes is not listened for any longer, even though no line comes that could fail to reach it.
//
//wirelab:es Por un cliente que se fue ya nadie sigue escuchando, aunque no venga ninguna línea que pudiera fallar.
//wirelab:hint One select with two cases: a line, or r.Context().Done(). And defer unsubscribe right after Subscribe.
//wirelab:hint.es Un select con dos casos: una línea, o r.Context().Done(). Y un defer de unsubscribe justo después de Subscribe.
//wirelab:notes On the wire
func TestLeavesWithTheClient(t *testing.T) {
	feed := newFakeFeed()
	res := open(t, feed)

	require.NoError(t, res.Body.Close()) // half read: this cuts the connection
	select {
	case <-feed.left:
	case <-time.After(patience):
		require.Fail(t, "nobody called unsubscribe",
			"The client is gone, but the handler still listens for it. What does r.Context() tell you?")
	}
}

// Who posts to a stream has made a mistake, and is told so.
//
//wirelab:es Quien manda un POST a un flujo se ha equivocado, y se le dice.
//wirelab:hint Compare r.Method with http.MethodGet first of all. http.Error comes after the header Allow is set.
//wirelab:hint.es Lo primero: compara r.Method con http.MethodGet. http.Error va después de poner el encabezado Allow.
//wirelab:notes The API
func TestRefusesPost(t *testing.T) {
	feed := newFakeFeed()
	close(feed.lines) // so that a handler which serves it anyway comes to an end

	res := ask(t, http.MethodPost, feed)
	require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode)
	require.Contains(t, res.Header.Get("Allow"), "GET", "A 405 says what is allowed instead.")
}

// fakeFeed is a Feed for one subscriber that the test holds in its hand.
type fakeFeed struct {
	lines chan string   // what the test sends here is the next line
	left  chan struct{} // closed when the subscriber leaves
	leave func()
}

func newFakeFeed() *fakeFeed {
	left := make(chan struct{})
	return &fakeFeed{
		lines: make(chan string, 8), // has room, so that a test never hangs on a handler that does not read
		left:  left,
		leave: sync.OnceFunc(func() { close(left) }),
	}
}

func (f *fakeFeed) Subscribe() (<-chan string, func()) { return f.lines, f.leave }

// ask puts Live on a real server and returns its answer as soon as the headers are there. A recorder
// (httptest.ResponseRecorder) would not do: it has no connection that could be buffered, flushed or cut.
func ask(t *testing.T, method string, feed Feed) *http.Response {
	t.Helper()
	server := wiretest.NewServer(t, Live(feed)) // net/http/httptest, and a failure shows what went over the wire
	// Not server.Close: that waits for handlers to return, and one that forgets its client never does.
	t.Cleanup(func() { _ = server.Config.Close() })

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, server.URL, nil)
	require.NoError(t, err)
	res, err := server.Client().Do(req)
	require.NoError(t, err, "No headers came. They wait in a buffer until someone flushes it.")
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// open is ask for the tests that begin where TestOpens ends: while the stream does not open, they are skipped.
func open(t *testing.T, feed Feed) *http.Response {
	t.Helper()
	res := ask(t, http.MethodGet, feed)
	if res.StatusCode != http.StatusOK {
		t.Skip("TestOpens comes first")
	}
	return res
}

// nextEvent reads up to the blank line that ends an event, and returns all of it as it came over the wire.
func nextEvent(t *testing.T, stream *bufio.Reader) string {
	t.Helper()
	var event strings.Builder
	for {
		line, err := stream.ReadString('\n')
		event.WriteString(line)
		require.NoError(t, err, "No whole event came, only %q. Is it flushed? Does a blank line end it?", event.String())
		if line == "\n" {
			return event.String()
		}
	}
}
