package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize is how many messages may wait for one member.
const QueueSize = 64

type Hub struct {
	mu      sync.Mutex
	members map[*member]struct{}
}

type member struct {
	conn  *websocket.Conn
	queue chan []byte
	once  sync.Once
}

func NewHub() *Hub {
	return &Hub{members: make(map[*member]struct{})}
}

func (h *Hub) Serve(conn *websocket.Conn) {
	m := &member{conn: conn, queue: make(chan []byte, QueueSize)}
	h.mu.Lock()
	h.members[m] = struct{}{}
	h.mu.Unlock()

	var wg sync.WaitGroup
	wg.Go(func() {
		defer h.drop(m)
		for text := range m.queue {
			if m.conn.WriteMessage(websocket.TextMessage, text) != nil {
				return
			}
		}
	})
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if kind == websocket.TextMessage {
			h.Broadcast(text)
		}
	}
	h.drop(m)
	wg.Wait()
}

// Broadcast puts text into every queue. The channel makes us wait if a queue is full, so nothing gets lost.
func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for m := range h.members {
		m.queue <- text
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}

func (h *Hub) drop(m *member) {
	m.once.Do(func() {
		h.mu.Lock()
		delete(h.members, m)
		close(m.queue)
		h.mu.Unlock()
		m.conn.Close()
	})
}
