package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// member is a connection with its queue. The queue is never closed, quit is.
type member struct {
	conn  *websocket.Conn
	queue chan []byte
	quit  chan struct{}
	stop  func() // ends the member, once
}

func newMember(conn *websocket.Conn) *member {
	m := &member{conn: conn, queue: make(chan []byte, QueueSize), quit: make(chan struct{})}
	m.stop = sync.OnceFunc(func() {
		close(m.quit)
		conn.Close()
	})
	return m
}

// offer queues text; it reports false, and stops the member, if there is no room.
func (m *member) offer(text []byte) bool {
	select {
	case m.queue <- text:
		return true
	default:
		m.stop()
		return false
	}
}

func (m *member) writeAll() {
	defer m.stop()
	for {
		select {
		case text := <-m.queue:
			if err := m.conn.WriteMessage(websocket.TextMessage, text); err != nil {
				return
			}
		case <-m.quit:
			return
		}
	}
}
