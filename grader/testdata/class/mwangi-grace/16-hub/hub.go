package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

const QueueSize = 64

type Hub struct {
	mu    sync.Mutex
	boxes map[*websocket.Conn]chan []byte
}

func NewHub() *Hub {
	return &Hub{boxes: make(map[*websocket.Conn]chan []byte)}
}

func (h *Hub) Serve(conn *websocket.Conn) {
	defer conn.Close()
	box := make(chan []byte, QueueSize)
	h.mu.Lock()
	h.boxes[conn] = box
	h.mu.Unlock()
	defer h.leave(conn)

	go func() {
		for text := range box {
			if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
				conn.Close() // wakes up the reader
				return
			}
		}
	}()
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			h.Broadcast(text)
		}
	}
}

func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for conn, box := range h.boxes {
		select {
		case box <- text:
		default: // too slow: out
			delete(h.boxes, conn)
			close(box)
		}
	}
}

func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.boxes)
}

func (h *Hub) leave(conn *websocket.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if box, ok := h.boxes[conn]; ok {
		delete(h.boxes, conn)
		close(box)
	}
}
