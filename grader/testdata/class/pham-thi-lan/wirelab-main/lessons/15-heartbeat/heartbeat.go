// Package heartbeat watches over WebSocket connections: it finds out which peers are gone without having said so.
package heartbeat

import (
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
	// Write this. Until then nobody is served.
	conn.Close()
}
