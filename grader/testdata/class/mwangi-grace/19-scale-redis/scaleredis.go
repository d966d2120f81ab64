// Package scaleredis shares rooms between nodes. Grace Mwangi.
package scaleredis

import (
	"context"
	"crypto/rand"
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

// Node is one process of the service.
type Node struct {
	name  string
	redis *redis.Client
	out   chan [2]string // channel and text, still to be published

	lock sync.Mutex
	here map[string]*place
}

// place is what this node has of a room.
type place struct {
	people map[Member]struct{}
	pubsub *redis.PubSub
	ready  chan struct{}
}

// NewNode returns a node that works until ctx is done.
func NewNode(ctx context.Context, broker *redis.Client) *Node {
	n := &Node{
		name:  rand.Text(),
		redis: broker,
		out:   make(chan [2]string, OutboxSize),
		here:  map[string]*place{},
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case next := <-n.out:
				n.redis.Publish(ctx, next[0], n.name+next[1]) // once: an error may come from the way back
			}
		}
	}()
	return n
}

// Join lets m in.
func (n *Node) Join(name string, m Member) (leave func()) {
	n.lock.Lock()
	p, ok := n.here[name]
	if !ok {
		p = &place{
			people: map[Member]struct{}{},
			pubsub: n.redis.Subscribe(context.Background()),
			ready:  make(chan struct{}),
		}
		n.here[name] = p
		go n.listen(name, p)
	}
	p.people[m] = struct{}{}
	n.lock.Unlock()

	patience := time.NewTimer(JoinTimeout)
	defer patience.Stop()
	select {
	case <-p.ready:
	case <-patience.C:
	}
	return func() {
		n.lock.Lock()
		delete(p.people, m)
		empty := len(p.people) == 0
		if empty {
			delete(n.here, name)
		}
		n.lock.Unlock()
		if empty {
			p.pubsub.Close()
		}
	}
}

// Say tells everybody here at once, and the others when the broker has time.
func (n *Node) Say(name string, text []byte) {
	n.tell(name, text)
	select {
	case n.out <- [2]string{Channel(name), string(text)}:
	default:
	}
}

func (n *Node) tell(name string, text []byte) {
	n.lock.Lock()
	defer n.lock.Unlock()
	p, ok := n.here[name]
	if !ok {
		return
	}
	for m := range p.people {
		m.Send(text)
	}
}

func (n *Node) listen(name string, p *place) {
	var once sync.Once
	p.pubsub.Subscribe(context.Background(), Channel(name))
	for {
		got, err := p.pubsub.Receive(context.Background())
		once.Do(func() { close(p.ready) })
		if err == redis.ErrClosed {
			return
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // the broker is gone: Receive looks for it again
			continue
		}
		msg, ok := got.(*redis.Message)
		if !ok || len(msg.Payload) < len(n.name) {
			continue
		}
		if from, text := msg.Payload[:len(n.name)], msg.Payload[len(n.name):]; from != n.name {
			n.tell(name, []byte(text))
		}
	}
}
