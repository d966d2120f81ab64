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

func NewHub() *Hub { return &Hub{members: map[*member]bool{}} }

func (h *Hub) Serve(conn *websocket.Conn) {
	m := &member{conn, make(chan []byte, QueueSize)}
	h.add(m)
	defer h.remove(m)
	go m.write()
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		h.Broadcast(text)
	}
}

func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	for m := range h.members {
		m.queue <- text
	}
	h.mu.Unlock()
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
}

// member.go was on the other computer, I'll hand it in tomorrow
