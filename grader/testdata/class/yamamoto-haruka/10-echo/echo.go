// Package echo sends every message back.
package echo

import (
	"bytes"
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// Bye ends the conversation.
const Bye = "bye"

type message struct {
	typ  websocket.MessageType
	data []byte
}

func (m message) isBye() bool {
	return m.typ == websocket.MessageText && bytes.Equal(m.data, []byte(Bye))
}

// Handler echoes messages. One goroutine reads, the handler itself writes.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(maxMessage)

		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		inbox := make(chan message)
		go func() {
			defer close(inbox) // tells the writer that nothing more comes
			read(ctx, conn, inbox)
		}()
		for m := range inbox {
			if err := conn.Write(ctx, m.typ, m.data); err != nil {
				return
			}
			if m.isBye() {
				conn.Close(websocket.StatusNormalClosure, "")
				return
			}
		}
	})
}

// read stops after bye, so that nobody else reads while Close waits for the answer.
func read(ctx context.Context, conn *websocket.Conn, inbox chan<- message) {
	for {
		typ, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		m := message{typ, data}
		select {
		case inbox <- m:
		case <-ctx.Done():
			return
		}
		if m.isBye() {
			return
		}
	}
}
