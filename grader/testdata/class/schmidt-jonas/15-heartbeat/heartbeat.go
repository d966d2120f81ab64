package heartbeat

import (
	"time"

	"github.com/gorilla/websocket"
)

// Serve echoes until the peer is gone.
func Serve(conn *websocket.Conn, interval, wait time.Duration) {
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		pings(conn, interval, wait, done)
		conn.Close()
	}()

	conn.SetPongHandler(func(string) error {
		return conn.SetReadDeadline(time.Now().Add(wait))
	})
	for {
		conn.SetReadDeadline(time.Now().Add(wait))
		typ, data, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if err := conn.WriteMessage(typ, data); err != nil {
			break
		}
	}
	conn.Close()
	close(done)
	<-stopped
}

func pings(conn *websocket.Conn, interval, wait time.Duration, done chan struct{}) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		if err := conn.WriteControl(websocket.PingMessage, []byte("?"), time.Now().Add(wait)); err != nil {
			return
		}
	}
}
