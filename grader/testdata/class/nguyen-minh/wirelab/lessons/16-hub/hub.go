// Package hub keeps many WebSocket connections together: whatever one of them says, all of them hear.
package hub

import "github.com/gorilla/websocket"

// QueueSize is how many messages may wait for one member. A member that falls further behind is evicted.
const QueueSize = 64

// Hub is one goroutine that owns the members. Everybody else talks to it through channels, so there is no lock.
type Hub struct {
	join      chan *client
	leave     chan *client
	broadcast chan []byte
	count     chan int
}

type client struct {
	conn *websocket.Conn
	send chan []byte
}

// NewHub returns a hub without members.
func NewHub() *Hub {
	h := &Hub{
		join:      make(chan *client),
		leave:     make(chan *client),
		broadcast: make(chan []byte),
		count:     make(chan int),
	}
	go h.run()
	return h
}

func (h *Hub) run() {
	clients := make(map[*client]struct{})
	remove := func(c *client) {
		if _, ok := clients[c]; ok {
			delete(clients, c)
			close(c.send)
			c.conn.Close()
		}
	}
	for {
		select {
		case c := <-h.join:
			clients[c] = struct{}{}
		case c := <-h.leave:
			remove(c)
		case text := <-h.broadcast:
			for c := range clients {
				select {
				case c.send <- text:
				default:
					remove(c)
				}
			}
		case h.count <- len(clients):
		}
	}
}

// Serve makes conn a member and returns when conn has ended or was evicted.
func (h *Hub) Serve(conn *websocket.Conn) {
	c := &client{conn, make(chan []byte, QueueSize)}
	h.join <- c
	done := make(chan struct{})
	go func() {
		c.writePump()
		h.leave <- c
		close(done)
	}()
	h.readPump(c)
	h.leave <- c
	<-done
}

func (h *Hub) readPump(c *client) {
	for {
		kind, text, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			h.broadcast <- text
		}
	}
}

func (c *client) writePump() {
	for text := range c.send {
		if err := c.conn.WriteMessage(websocket.TextMessage, text); err != nil {
			return
		}
	}
}

// Broadcast sends text to every member.
func (h *Hub) Broadcast(text []byte) { h.broadcast <- text }

// Len returns how many members the hub has now.
func (h *Hub) Len() int { return <-h.count }
