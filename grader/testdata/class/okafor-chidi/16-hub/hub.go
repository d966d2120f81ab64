package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize: no queue yet, messages are written straight away.
const QueueSize = 64

type Hub struct {
	mu    sync.Mutex
	conns map[*websocket.Conn]bool
}

func NewHub() *Hub {
	return &Hub{conns: make(map[*websocket.Conn]bool)}
}

func (h *Hub) Serve(conn *websocket.Conn) {
	h.mu.Lock()
	h.conns[conn] = true
	h.mu.Unlock()

	for {
		typ, text, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if typ == websocket.TextMessage {
			h.Broadcast(text)
		}
	}

	h.mu.Lock()
	delete(h.conns, conn)
	h.mu.Unlock()
	conn.Close()
}

// Broadcast holds the lock so that two messages can't be written at the same time (gorilla panics then).
func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for conn := range h.conns {
		if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
			delete(h.conns, conn)
			conn.Close()
		}
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}
