package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

const QueueSize = 64

type Hub struct {
	mu      sync.Mutex
	members map[*member]bool
}

type member struct {
	conn  *websocket.Conn
	queue chan []byte
}

func NewHub() *Hub {
	return &Hub{members: map[*member]bool{}}
}

func (h *Hub) Serve(conn *websocket.Conn) {
	m := &member{conn: conn, queue: make(chan []byte, QueueSize)}
	h.mu.Lock()
	h.members[m] = true
	h.mu.Unlock()

	done := make(chan bool)
	go func() {
		for text := range m.queue {
			if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
				break
			}
		}
		h.remove(m)
		done <- true
	}()

	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if kind == websocket.TextMessage {
			h.sendTo(m, text) // the sender sees its own message at once
			h.Broadcast(text)
		}
	}
	h.remove(m)
	<-done
}

func (h *Hub) sendTo(m *member, text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.members[m] {
		select {
		case m.queue <- text:
		default:
		}
	}
}

func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for m := range h.members {
		select {
		case m.queue <- text:
		default:
			h.removeLocked(m)
		}
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}

func (h *Hub) remove(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.removeLocked(m)
}

func (h *Hub) removeLocked(m *member) {
	if h.members[m] {
		delete(h.members, m)
		close(m.queue)
	}
	m.conn.Close()
}
