package scaleredis

import (
	"context"
	"os"
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
	ctx context.Context
	rdb *redis.Client
	me  string
}

func NewNode(ctx context.Context, broker *redis.Client) *Node {
	me, _ := os.Hostname() // so that a node knows its own messages
	return &Node{ctx, broker, me}
}

func (n *Node) Join(name string, m Member) (leave func()) {
	sub := n.rdb.Subscribe(n.ctx, Channel(name))
	go func() {
		for msg := range sub.Channel() {
			m.Send([]byte(msg.Payload))
		}
	}()
	return func() { sub.Close() }
}

func (n *Node) Say(name string, text []byte) {
	n.rdb.Publish(n.ctx, Channel(name), text)
}
