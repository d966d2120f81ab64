// Package hub keeps many WebSocket connections together: whatever one of them says, all of them hear.
package hub

import "github.com/gorilla/websocket"

// QueueSize is how many messages may wait for one member. A member that falls further behind is evicted.
const QueueSize = 64

// Hub passes every message on to all of its members. Everything that it offers may be called from many
// goroutines at once.
type Hub struct {
	// Your fields go here.
}

// NewHub returns a hub without members.
func NewHub() *Hub {
	return &Hub{}
}

// Serve makes conn a member, passes every text message that conn sends on to all members, conn among them, and
// returns when conn has ended or was evicted. By then conn is no longer a member, and it is closed.
func (h *Hub) Serve(conn *websocket.Conn) {
	// Write this. Until then nobody is let in.
	conn.Close()
}

// Broadcast sends text to every member, as one text message, and never waits for any of them. All members get
// all messages in the same order. A member that already has QueueSize messages waiting is evicted instead: it
// is no longer a member, and its connection is closed. The text must not be changed afterwards.
func (h *Hub) Broadcast(text []byte) {
	// Write this.
}

// Len returns how many members the hub has now.
func (h *Hub) Len() int {
	// Write this.
	return 0
}
