// Package hub: two files, so that each is easy to read. The members are in member.go.
package hub

import (
	"slices"
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize is how many messages may wait for one member.
const QueueSize = 64

// Hub passes every message on to all members.
type Hub struct {
	mu      sync.Mutex
	members []*member
}

// NewHub returns a hub without members.
func NewHub() *Hub { return &Hub{} }

// Serve returns when conn has ended.
func (h *Hub) Serve(conn *websocket.Conn) {
	m := newMember(conn)
	h.mu.Lock()
	h.members = append(h.members, m)
	h.mu.Unlock()
	defer h.remove(m)

	go m.writeAll()
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

// Broadcast sends text to every member that still has room for it and lets the others go.
func (h *Hub) Broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members = slices.DeleteFunc(h.members, func(m *member) bool { return !m.offer(text) })
}

// Len returns how many members the hub has.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.members)
}

func (h *Hub) remove(m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members = slices.DeleteFunc(h.members, func(other *member) bool { return other == m })
	m.stop()
}
