package echo

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

type incoming struct {
	typ  websocket.MessageType
	data []byte
}

func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(maxMessage)

		messages := make(chan incoming)
		written := make(chan struct{})
		go func() {
			defer close(written)
			write(r.Context(), conn, messages)
		}()
		bye := read(r.Context(), conn, messages)
		close(messages)
		<-written
		if bye {
			conn.Close(websocket.StatusNormalClosure, "")
		}
	})
}

func read(ctx context.Context, conn *websocket.Conn, to chan<- incoming) (bye bool) {
	for {
		typ, data, err := conn.Read(ctx)
		if err != nil {
			return false
		}
		to <- incoming{typ, data}
		if typ == websocket.MessageText && string(data) == Bye {
			return true
		}
	}
}

func write(ctx context.Context, conn *websocket.Conn, from <-chan incoming) {
	for m := range from {
		if m.data[0] == '/' {
			// commands come later: /nick, /quit
		}
		conn.Write(ctx, m.typ, m.data)
	}
}
