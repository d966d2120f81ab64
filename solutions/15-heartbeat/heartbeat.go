// Package heartbeat watches over WebSocket connections: it finds out which peers are gone without having said so.
package heartbeat

import (
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Serve sends every message of conn back, same type and same bytes, until the connection ends, and finds out by
// itself when its peer is dead.
//
//   - It sends a ping every interval, whatever else is going on.
//   - Whatever comes from the peer is a sign of life: a pong, asked for or not, a ping, a message, and each piece of
//     a message that takes its time to arrive.
//   - A peer that gives no sign of life for as long as wait is dead, and so is one that has not taken, for as long as
//     wait, what is sent to it. A dead peer's connection is closed. Nobody is taken for dead sooner.
//   - Serve returns as soon as the connection has ended, in whatever way. By then conn is closed, and everything
//     that Serve has started is over.
//
// Both durations are positive, and interval is the shorter one, by far: some pings may be lost.
func Serve(conn *websocket.Conn, interval, wait time.Duration) {
	alive := func() {
		_ = conn.SetReadDeadline(time.Now().Add(wait)) // fails on a closed connection, as the next read does
	}
	conn.SetPongHandler(func(string) error {
		alive()
		return nil
	})
	answer := conn.PingHandler()
	conn.SetPingHandler(func(payload string) error {
		alive()
		return answer(payload)
	})

	done := make(chan struct{})
	var pinger sync.WaitGroup
	pinger.Go(func() {
		defer conn.Close() // ends echo, which may be waiting for the peer to read
		ping(conn, interval, wait, done)
	})
	echo(conn, alive)
	conn.Close() // ends a ping that waits for the peer to read
	close(done)
	pinger.Wait()
}

// echo sends back what comes until the connection ends or a deadline has passed.
func echo(conn *websocket.Conn, alive func()) {
	for {
		alive() // from now on: while a message was being written, nobody was listening to the peer
		kind, r, err := conn.NextReader()
		if err != nil {
			return
		}
		message, err := io.ReadAll(pieces{r, alive})
		if err != nil {
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

// pieces is a message that takes its time: whoever asks for the next piece of it has received the one before.
type pieces struct {
	io.Reader
	alive func()
}

func (p pieces) Read(b []byte) (int, error) {
	p.alive()
	return p.Reader.Read(b)
}

// ping sends a ping every interval until done is closed or a ping cannot be sent. It waits its turn behind a message
// that is being written, but no longer than wait: so it is also what finds out that the peer does not read.
func ping(conn *websocket.Conn, interval, wait time.Duration, done <-chan struct{}) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			// Of all that writes, only WriteControl may be called beside another writer.
			if err := conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(wait)); err != nil {
				return
			}
		}
	}
}
