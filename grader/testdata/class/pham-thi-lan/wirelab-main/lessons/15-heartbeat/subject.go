package heartbeat

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// maxMessage is the longest message that the exercise takes, in bytes.
const maxMessage = 64 << 10

// Subject shows Serve to the world. It is given: there is nothing to change here.
//
//	GET /ws     a WebSocket that is handed to Serve; ?interval=100ms&wait=2s says how, otherwise it is 1s and 3s
//	GET /alive  how many connections Serve is busy with, as a decimal number
//	GET /late   how often something has been written to a connection for which Serve had returned already
func Subject() http.Handler {
	var alive, late atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		interval, err := duration(r, "interval", time.Second)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		wait, err := duration(r, "wait", 3*time.Second)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		watched := &watchedConn{late: &late}
		var upgrader websocket.Upgrader
		conn, err := upgrader.Upgrade(watchedWriter{w, watched}, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		conn.SetReadLimit(maxMessage)
		alive.Add(1)
		defer alive.Add(-1)
		defer watched.returned.Store(true)
		Serve(conn, interval, wait)
	})
	mux.HandleFunc("GET /alive", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, alive.Load()) })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, late.Load()) })
	return mux
}

// duration reads a duration, from 10ms to 1h, from the request's query.
func duration(r *http.Request, name string, otherwise time.Duration) (time.Duration, error) {
	text := r.FormValue(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 10*time.Millisecond || d > time.Hour {
		return 0, fmt.Errorf("%s must be from 10ms to 1h, not %q", name, text)
	}
	return d, nil
}

// watchedConn notices who writes to it when nobody should any more.
type watchedConn struct {
	net.Conn
	returned atomic.Bool // Serve has
	late     *atomic.Int64
}

func (c *watchedConn) Write(p []byte) (int, error) {
	if c.returned.Load() {
		c.late.Add(1)
	}
	return c.Conn.Write(p)
}

// watchedWriter puts a watchedConn between the upgrader and the connection.
type watchedWriter struct {
	http.ResponseWriter
	conn *watchedConn
}

func (w watchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, brw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.conn.Conn = conn
	return w.conn, brw, err
}
