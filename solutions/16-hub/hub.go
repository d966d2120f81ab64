// Package hub keeps many WebSocket connections together: whatever one of them says, all of them hear.
package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize is how many messages may wait for one member. A member that falls further behind is evicted.
const QueueSize = 64

// Hub passes every message on to all of its members. Everything that it offers may be called from many
// goroutines at once.
type Hub struct {
	// mu guards members, and the sending to and closing of their queues. Nothing that can wait for the network
	// is done while it is held.
	mu      sync.Mutex
	members map[*member]bool
}

// A member is a connection and what is still to be written to it.
type member struct {
	conn  *websocket.Conn
	queue chan []byte // closed when the member leaves
}

// NewHub returns a hub without members.
func NewHub() *Hub {
	return &Hub{members: make(map[*member]bool)}
}

// Serve makes conn a member, passes every text message that conn sends on to all members, conn among them, and
// returns when conn has ended or was evicted. By then conn is no longer a member, and it is closed.
func (h *Hub) Serve(conn *websocket.Conn) {
	m := &member{conn: conn, queue: make(chan []byte, QueueSize)}
	h.join(m)

	// Two goroutines, since a connection reads and writes independently. Either may be the first to notice that
	// the connection has ended; leaving closes it, and so ends the other.
	var writer sync.WaitGroup
	writer.Go(func() {
		defer h.leave(m)
		m.write()
	})
	h.read(m)
	h.leave(m)
	writer.Wait()
}

// Broadcast sends text to every member, as one text message, and never waits for any of them. All members get
// all messages in the same order. A member that already has QueueSize messages waiting is evicted instead: it
// is no longer a member, and its connection is closed. The text must not be changed afterwards.
func (h *Hub) Broadcast(text []byte) {
	for _, m := range h.enqueue(text) {
		m.conn.Close()
	}
}

// Len returns how many members the hub has now.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}

func (h *Hub) join(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members[m] = true
}

// enqueue puts text into every queue and returns the members that had no room for it, which are members no more.
// One lock around the whole round gives all queues the same order.
func (h *Hub) enqueue(text []byte) (evicted []*member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for m := range h.members {
		select {
		case m.queue <- text:
		default:
			h.remove(m)
			evicted = append(evicted, m)
		}
	}
	return evicted
}

// leave ends the membership and the connection. Whoever comes second finds nothing left to do.
func (h *Hub) leave(m *member) {
	h.mu.Lock()
	h.remove(m)
	h.mu.Unlock()
	m.conn.Close()
}

// remove takes m out of the hub and closes its queue, once. The caller holds mu, so nobody is sending.
func (h *Hub) remove(m *member) {
	if !h.members[m] {
		return
	}
	delete(h.members, m)
	close(m.queue)
}

// read passes on what m says until its connection ends, however it ends.
func (h *Hub) read(m *member) {
	for {
		kind, text, err := m.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			h.Broadcast(text)
		}
	}
}

// write sends what waits in the queue until the queue is closed or the connection has ended. It is the only one
// that writes messages: a connection takes one writer at a time.
func (m *member) write() {
	for text := range m.queue {
		if err := m.conn.WriteMessage(websocket.TextMessage, text); err != nil {
			return
		}
	}
}
