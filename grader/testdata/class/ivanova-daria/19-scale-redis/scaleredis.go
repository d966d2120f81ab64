package scaleredis

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	JoinTimeout = 5 * time.Second
	OutboxSize  = 1024
)

// Member is somebody in a room of this node.
type Member interface {
	Send(text []byte)
}

// Channel is the broker's channel for a room.
func Channel(room string) string { return "room:" + room }

// Node knows its own members. The broker comes next.
type Node struct {
	mu    sync.RWMutex
	rooms map[string]map[Member]bool
}

// NewNode returns a node without members.
func NewNode(ctx context.Context, broker *redis.Client) *Node {
	return &Node{rooms: make(map[string]map[Member]bool)}
}

// Join makes m a member of the room.
func (n *Node) Join(name string, m Member) (leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rooms[name] == nil {
		n.rooms[name] = make(map[Member]bool)
	}
	n.rooms[name][m] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.rooms[name], m)
	}
}

// Say sends text to every member of the room.
func (n *Node) Say(name string, text []byte) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for m := range n.rooms[name] {
		m.Send(text)
	}
}
