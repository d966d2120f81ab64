package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize is how many messages may wait for one member. A member that falls further behind is evicted.
const QueueSize = 64

type Hub struct {
	mu      sync.Mutex
	members map[*websocket.Conn]chan []byte
}

func NewHub() *Hub {
	return &Hub{members: map[*websocket.Conn]chan []byte{}}
}

func (h *Hub) Serve(conn *websocket.Conn) {
	// TODO: un lector y un escritor, como en el dibujo de las notas
	conn.Close()
}

func (h *Hub) Broadcast(text []byte) {
	// TODO
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}
