// The visible tests: ten minutes of heartbeats, in milliseconds. They run in bubbles of testing/synctest, where the
// clock is not the one on your wall: it stands still while anybody in the bubble has something to do, and as soon as
// all goroutines wait, it jumps to the next moment at which one of them wakes up. So nothing here is slow, nothing
// depends on how busy your machine is, and a test may say that a connection ends after exactly three minutes.
//
// A bubble must not wait for anything outside of it, such as the network. That is why these connections are pairs of
// net.Pipe instead of sockets; see serve, at the end, for what that takes.
//
// Start with
//
//	go test -failfast ./lessons/15-heartbeat
package heartbeat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// What all tests below ask of Serve: a ping every minute, and an end after three minutes of silence.
const (
	interval = time.Minute
	wait     = 3 * time.Minute
)

// Every message comes back.
//
//wirelab:es Cada mensaje vuelve.
//wirelab:hint Begin with the loop of lesson 10: ReadMessage, WriteMessage, until one of them fails.
//wirelab:hint.es Empieza con el bucle de la lección 10: ReadMessage, WriteMessage, hasta que una falle.
//wirelab:notes Your task
func TestEchoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := serve(t).dial(t)
		for _, sent := range []string{"hola", "", "and again"} {
			_ = conn.WriteMessage(websocket.TextMessage, []byte(sent)) // should it fail, the next line says so

			kind, echo, err := conn.ReadMessage()
			require.NoError(t, err, "no echo. Start here: Serve in heartbeat.go reads messages and sends them back")
			require.Equal(t, sent, string(echo))
			require.Equal(t, websocket.TextMessage, kind, "text stays text")
		}
	})
}

// A ping goes out every interval, though nothing else happens.
//
//wirelab:es Cada intervalo sale un ping, aunque no pase nada más.
//wirelab:hint The reading goroutine is busy. Start another one with a time.Ticker, and let it call WriteControl.
//wirelab:hint.es La goroutine que lee está ocupada. Lanza otra con un time.Ticker, y que llame a WriteControl.
//wirelab:notes A connection and its deadlines
func TestSendsAPingEveryInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		peer := newPeer(serve(t).dial(t))

		pass(10*interval + time.Second)

		var minutes []float64
		for _, at := range peer.pinged() {
			minutes = append(minutes, at.Sub(start).Minutes())
		}
		assert.Equal(t, "[1 2 3 4 5 6 7 8 9 10]", fmt.Sprint(minutes), "when pings came, in minutes")
	})
}

// Who answers every ping stays.
//
//wirelab:es Quien responde a cada ping se queda.
//wirelab:hint SetPongHandler takes a function that runs inside ReadMessage: there you can move the read deadline.
//wirelab:hint.es SetPongHandler recibe una función que se ejecuta dentro de ReadMessage: ahí puedes mover el plazo de lectura.
//wirelab:notes A connection and its deadlines
func TestAPeerThatAnswersLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := newPeer(serve(t).dial(t))

		pass(24*time.Hour + time.Second)

		_, err := peer.ended()
		assert.NoError(t, err, "the connection has ended, though every ping was answered")
	})
}

// Who speaks stays, with pongs or without.
//
//wirelab:es Quien habla se queda, con pongs o sin ellos.
//wirelab:hint A message is as good as a pong. Move the deadline there as well.
//wirelab:hint.es Un mensaje vale tanto como un pong. Mueve el plazo ahí también.
//wirelab:notes The idea
func TestAPeerThatSpeaksLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := newPeer(serve(t).dial(t))
		peer.fallSilent() // it sends no pongs: there are clients that forget to

		for range 10 {
			pass(2*time.Minute - time.Second)
			_, err := peer.ended()
			require.NoError(t, err, "the connection has ended, though a message came every two minutes")
			require.NoError(t, peer.conn.WriteMessage(websocket.TextMessage, []byte("still here")))
		}
	})
}

// Who is silent for too long is cut off, and at the right moment.
//
//wirelab:es A quien calla demasiado tiempo se le corta, y en el momento justo.
//wirelab:hint The first deadline stands before the first read; every later one is now plus wait, and only the peer can cause it.
//wirelab:hint.es El primer plazo se pone antes de la primera lectura; los siguientes son ahora más wait, y solo los causa el otro lado.
//wirelab:notes The idea
func TestASilentPeerIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer := newPeer(serve(t).dial(t))
		pass(10*interval + time.Second)
		_, err := peer.ended()
		require.NoError(t, err, "the connection has ended, though every ping was answered")
		peer.fallSilent()
		last := time.Now().Add(-time.Second) // when it sent its last pong

		pass(time.Hour)

		end, err := peer.ended()
		require.Error(t, err, "the peer has been silent for an hour, and its connection is still open")
		assert.Equal(t, wait, end.Sub(last), "how long it was silent before it was cut off")
	})
}

// Who never reads is cut off, though nothing can be written to them.
//
//wirelab:es A quien nunca lee se le corta, aunque no se le pueda escribir nada.
//wirelab:hint WriteControl takes a deadline. If it fails, close the connection: the goroutine that reads wakes up.
//wirelab:hint.es WriteControl recibe un plazo. Si falla, cierra la conexión: la goroutine que lee despierta.
//wirelab:notes The idea
func TestAPeerThatNeverReadsIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := serve(t)
		srv.dial(t) // and that was all: a pipe keeps nothing, so the first ping cannot be written
		pass(time.Second)
		require.EqualValues(t, 1, srv.serving.Load(), "connections that Serve is busy with")

		pass(interval + wait)

		assert.EqualValues(t, 0, srv.serving.Load(), "connections that Serve is busy with")
	})
}

// When the connection ends, so does Serve, at once and with all that it has started.
//
//wirelab:es Cuando termina la conexión, termina Serve, enseguida y con todo lo que inició.
//wirelab:hint Close a channel when reading has failed, and let the pinging goroutine select on it beside its ticker. Then wait for that goroutine.
//wirelab:hint.es Cierra un canal cuando falle la lectura, y que la goroutine de los pings haga select entre ese canal y su ticker. Después espera a esa goroutine.
//wirelab:notes Time in tests
func TestServeEndsWithTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := serve(t)
		ana, luz := newPeer(srv.dial(t)), srv.dial(t)
		pass(time.Second)
		require.EqualValues(t, 2, srv.serving.Load(), "connections that Serve is busy with")

		// Luz just vanishes, ana says goodbye.
		require.NoError(t, luz.Close())
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		require.NoError(t, ana.conn.WriteControl(websocket.CloseMessage, goodbye, time.Time{}))
		synctest.Wait() // until everybody waits, without any time passing

		assert.EqualValues(t, 0, srv.serving.Load(), "connections that Serve is busy with: both have ended, and not a second has passed")
		_, err := ana.ended()
		assert.True(t, websocket.IsCloseError(err, websocket.CloseNormalClosure), "the goodbye is answered; got %v", err)
	})
	// A bubble ends when all of its goroutines have. If one of yours waits for ever, no clock will wake it up, and
	// synctest panics with "blocked goroutines remain" and their stacks. Look for heartbeat.go there.
}

// pass lets time pass: on the clock of the bubble, and none on yours. Who calls it waits as well, so it ends with the
// world at rest at that moment.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// peer is a client that reads, as browsers do all the time, and takes note of what it sees.
type peer struct {
	conn *websocket.Conn

	mu     sync.Mutex // guards what follows: the reader and the test both look at it
	silent bool       // it does not answer pings
	pings  []time.Time
	err    error     // why the connection has ended
	end    time.Time // when
}

func newPeer(conn *websocket.Conn) *peer {
	p := &peer{conn: conn}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(payload string) error {
		if !p.note() {
			return nil
		}
		return pong(payload)
	})
	go func() {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.err, p.end = err, time.Now()
				return
			}
		}
	}()
	return p
}

// note takes note of a ping and reports whether to answer it.
func (p *peer) note() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pings = append(p.pings, time.Now())
	return !p.silent
}

func (p *peer) fallSilent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

func (p *peer) pinged() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pings
}

// ended returns when the connection ended, and why: nil if it has not.
func (p *peer) ended() (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end, p.err
}

// server runs the exercise in the bubble. It is a net.Listener as well: each connection is a net.Pipe, of which the
// dialer gets one end and the server the other.
type server struct {
	conns   chan net.Conn
	closed  chan struct{}
	serving atomic.Int64 // how many connections Serve is busy with
}

// serve starts a server that ends with the test. A pipe has no buffer: a write waits until the other end has read
// all of it, and two ends that write at the same time wait for ever. That is why these tests speak between pings.
func serve(t *testing.T) *server {
	t.Helper()
	s := &server{conns: make(chan net.Conn), closed: make(chan struct{})}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var upgrader websocket.Upgrader
		conn, err := upgrader.Upgrade(w, r, nil)
		if !assert.NoError(t, err) {
			return
		}
		s.serving.Add(1)
		defer s.serving.Add(-1)
		Serve(conn, interval, wait)
	})}
	go srv.Serve(wiretest.Listen(t, s)) // a failure shows what went over the wire
	t.Cleanup(func() { srv.Close() })
	return s
}

// dial opens a connection, and cuts it when the test is over.
func (s *server) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		select {
		case s.conns <- server:
			return client, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	conn, _, err := dialer.DialContext(t.Context(), "ws://in-memory/", nil)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Accept hands the server its end of a new connection.
func (s *server) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.closed:
		return nil, errors.New("the listener is closed")
	}
}

// Close ends Accept. The http.Server calls it once.
func (s *server) Close() error {
	close(s.closed)
	return nil
}

// Addr is asked for by the http.Server, which does nothing with it.
func (s *server) Addr() net.Addr { return &net.UnixAddr{Name: "in-memory", Net: "pipe"} }
