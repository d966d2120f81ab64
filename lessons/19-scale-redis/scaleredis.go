// Package scaleredis lets several nodes of one service share their rooms through a Redis server: whatever a member
// says on one node, the members of the room hear on all of them.
package scaleredis

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// JoinTimeout is how long Join waits for a broker that does not answer.
	JoinTimeout = 5 * time.Second

	// OutboxSize is how many messages may wait for the broker. Those that find no room do not reach other nodes.
	OutboxSize = 1024
)

// Member is somebody in a room of this node: one end of a WebSocket connection.
type Member interface {
	// Send hands the member a message. It never waits; the text must not be changed afterwards.
	Send(text []byte)
}

// Channel is the broker's channel for a room. All nodes must agree on it.
func Channel(room string) string { return "room:" + room }

// Node is one process of the service. Everything that it offers may be called from many goroutines at once.
type Node struct {
	// Your fields go here.
}

// NewNode returns a node without members. It works until ctx is done; then the broker's client may be closed.
func NewNode(ctx context.Context, broker *redis.Client) *Node {
	return &Node{}
}

// Join makes m a member of the room. It returns when this node's subscription to the room stands: from then on m
// hears everything that is said there, on whichever node. Where the broker cannot be reached it returns all the
// same, at once, and where the broker does not answer, after JoinTimeout: m then hears its own node, and the others
// as soon as the broker is back. The caller calls leave, once, when m has gone.
func (n *Node) Join(name string, m Member) (leave func()) {
	// Write this. Until then nobody hears anything.
	return func() {}
}

// Say sends text to every member of the room: those of this node at once, whether there is a broker or not, and
// those of the other nodes through the broker. It waits for neither. The text must not be changed afterwards.
func (n *Node) Say(name string, text []byte) {
	// Write this.
}
