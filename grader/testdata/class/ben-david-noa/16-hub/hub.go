package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

const QueueSize = 64

type Hub struct {
	mu      sync.Mutex
	members []*member
}

type member struct {
	conn *websocket.Conn
	out  chan []byte
	gone bool
}

func NewHub() *Hub { return new(Hub) }

func (h *Hub) Serve(conn *websocket.Conn) {
	m := &member{conn: conn, out: make(chan []byte, QueueSize)}
	h.mu.Lock()
	h.members = append(h.members, m)
	h.mu.Unlock()
	go func() {
		for b := range m.out {
			if err := conn.WriteMessage(websocket.BinaryMessage, b); err != nil {
				break
			}
		}
		h.leave(m)
	}()
	for {
		_, b, err := conn.ReadMessage()
		if err != nil {
			break
		}
		h.Broadcast(b)
	}
	h.leave(m)
}

func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	var full []*member
	for _, m := range h.members {
		select {
		case m.out <- text:
		default:
			full = append(full, m)
		}
	}
	h.mu.Unlock()
	for _, m := range full {
		h.leave(m)
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}

func (h *Hub) leave(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.gone {
		return
	}
	m.gone = true
	close(m.out)
	m.conn.Close()
	for i, other := range h.members {
		if other == m {
			h.members = append(h.members[:i:i], h.members[i+1:]...)
			return
		}
	}
}
