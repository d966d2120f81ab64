// Package scaleredis lets several nodes of one service share their rooms through a Redis server: whatever a member
// says on one node, the members of the room hear on all of them.
package scaleredis

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// JoinTimeout is how long Join waits for a broker that does not answer.
	JoinTimeout = 5 * time.Second

	// OutboxSize is how many messages may wait for the broker. Those that find no room do not reach other nodes.
	OutboxSize = 1024

	// retryDelay is how long a subscription that is lost waits before it looks for the broker again.
	retryDelay = 100 * time.Millisecond
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
	broker *redis.Client
	id     string // heads everything that this node publishes
	outbox chan post

	// mu guards rooms and their members. Nothing that can wait for the broker is done while it is held.
	mu    sync.Mutex
	rooms map[string]*room
}

// A room is the members that a room has on this node, and the one subscription that they share.
type room struct {
	members map[Member]bool
	sub     *redis.PubSub
	settled chan struct{} // closed once the broker has confirmed the subscription, or could not be reached
}

// A post is something to publish.
type post struct {
	channel, payload string
}

// NewNode returns a node without members. It works until ctx is done; then the broker's client may be closed.
func NewNode(ctx context.Context, broker *redis.Client) *Node {
	n := &Node{broker: broker, id: rand.Text(), outbox: make(chan post, OutboxSize), rooms: make(map[string]*room)}
	go n.publish(ctx)
	return n
}

// Join makes m a member of the room. It returns when this node's subscription to the room stands: from then on m
// hears everything that is said there, on whichever node. Where the broker cannot be reached it returns all the
// same, at once, and where the broker does not answer, after JoinTimeout: m then hears its own node, and the others
// as soon as the broker is back. The caller calls leave, once, when m has gone.
func (n *Node) Join(name string, m Member) (leave func()) {
	r := n.enter(name, m)
	select {
	case <-r.settled:
	case <-time.After(JoinTimeout):
	}
	return func() { n.leave(name, r, m) }
}

// Say sends text to every member of the room: those of this node at once, whether there is a broker or not, and
// those of the other nodes through the broker. It waits for neither. The text must not be changed afterwards.
func (n *Node) Say(name string, text []byte) {
	n.deliver(name, text)
	select {
	case n.outbox <- post{Channel(name), n.id + " " + string(text)}:
	default: // the broker has been away for too long: members must not wait for it
	}
}

// enter adds m to the room. The first to enter brings the subscription along.
func (n *Node) enter(name string, m Member) *room {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.rooms[name]
	if r == nil {
		r = &room{
			members: make(map[Member]bool),
			sub:     n.broker.Subscribe(context.Background()), // to nothing yet: that would wait for the broker
			settled: make(chan struct{}),
		}
		n.rooms[name] = r
		go n.listen(name, r)
	}
	r.members[m] = true
	return r
}

// leave takes m out of the room. The last to leave ends the subscription.
func (n *Node) leave(name string, r *room, m Member) {
	n.mu.Lock()
	delete(r.members, m)
	last := len(r.members) == 0
	if last {
		delete(n.rooms, name) // whoever enters from now on makes a new room
	}
	n.mu.Unlock()
	if last {
		_ = r.sub.Close() // its connection goes in any case
	}
}

// deliver hands text to the members that the room has on this node.
func (n *Node) deliver(name string, text []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r := n.rooms[name]; r != nil {
		for m := range r.members {
			m.Send(text)
		}
	}
}

// listen passes on what other nodes say in the room, until its subscription is closed. After a failure Receive
// connects again and subscribes again; all that is left to do is to go on, without hammering at a broker that is
// not there.
func (n *Node) listen(name string, r *room) {
	ctx := context.Background()             // closing the subscription, or the client, ends it
	_ = r.sub.Subscribe(ctx, Channel(name)) // if it failed, so does Receive
	settle := sync.OnceFunc(func() { close(r.settled) })
	defer settle()
	for {
		event, err := r.sub.Receive(ctx)
		settle()
		switch {
		case errors.Is(err, redis.ErrClosed):
			return
		case err != nil:
			time.Sleep(retryDelay)
		}
		if msg, ok := event.(*redis.Message); ok {
			n.hear(name, msg.Payload)
		}
	}
}

// hear passes on what another node has published. This node's own messages come back as well, and its members have
// heard those already.
func (n *Node) hear(name, payload string) {
	from, text, ok := strings.Cut(payload, " ")
	if ok && from != n.id {
		n.deliver(name, []byte(text))
	}
}

// publish empties the outbox, one message after the other: two at a time could overtake each other. Each is tried
// once. When an attempt fails, the broker may have got the message all the same, and a second one would double it.
func (n *Node) publish(ctx context.Context) {
	for {
		select {
		case p := <-n.outbox:
			_ = n.broker.Publish(ctx, p.channel, p.payload).Err() // lost to the others, as pub/sub loses things
		case <-ctx.Done():
			return
		}
	}
}
