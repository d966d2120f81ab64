package echo

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(maxMessage - 1) // "limit" must be the first one that is too long
		echoAll(r.Context(), conn)
	})
}

func echoAll(ctx context.Context, conn *websocket.Conn) {
	for {
		typ, msg, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if err := conn.Write(ctx, typ, msg); err != nil {
			return
		}
		if typ == websocket.MessageText && string(msg) == Bye {
			conn.Close(websocket.StatusNormalClosure, "good bye")
			return
		}
	}
}
