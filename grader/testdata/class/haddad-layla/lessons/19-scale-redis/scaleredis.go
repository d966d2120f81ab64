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
	JoinTimeout = 5 * time.Second
	OutboxSize  = 1024
)

type Member interface {
	Send(text []byte)
}

func Channel(room string) string { return "room:" + room }

type Node struct {
	broker *redis.Client
	id     string
	outbox chan message

	mu    sync.Mutex
	rooms map[string]*room
}

type message struct {
	channel, payload string
}

type room struct {
	members map[Member]bool
	sub     *redis.PubSub
	in      chan struct{}
}

func NewNode(ctx context.Context, broker *redis.Client) *Node {
	n := &Node{broker: broker, id: rand.Text(), outbox: make(chan message, OutboxSize), rooms: map[string]*room{}}
	go n.publish(ctx)
	return n
}

func (n *Node) publish(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-n.outbox:
			n.broker.Publish(ctx, m.channel, m.payload)
		}
	}
}

func (n *Node) Join(name string, m Member) (leave func()) {
	n.mu.Lock()
	r := n.rooms[name]
	if r == nil {
		r = &room{members: map[Member]bool{}, sub: n.broker.Subscribe(context.Background()), in: make(chan struct{})}
		n.rooms[name] = r
		go n.receive(name, r)
	}
	r.members[m] = true
	n.mu.Unlock()

	select {
	case <-r.in:
	case <-time.After(JoinTimeout):
	}
	return func() { n.leave(r, m) }
}

func (n *Node) leave(r *room, m Member) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(r.members, m)
}

func (n *Node) Say(name string, text []byte) {
	n.local(name, text)
	select {
	case n.outbox <- message{Channel(name), n.id + " " + string(text)}:
	default:
	}
}

func (n *Node) local(name string, text []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.rooms[name]
	if r == nil {
		return
	}
	for m := range r.members {
		m.Send(text)
	}
}

// receive ends when the subscription does.
func (n *Node) receive(name string, r *room) {
	err := r.sub.Subscribe(context.Background(), Channel(name))
	var got any
	for first := true; !errors.Is(err, redis.ErrClosed); first = false {
		got, err = r.sub.Receive(context.Background())
		if first {
			close(r.in)
		}
		if err != nil {
			return
		}
		if msg, ok := got.(*redis.Message); ok {
			words := strings.Fields(msg.Payload) // who, what
			if len(words) > 1 && words[0] != n.id {
				n.local(name, []byte(words[1]))
			}
		}
	}
}
