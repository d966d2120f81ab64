package echo

import (
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _ := websocket.Accept(w, r, nil)
		conn.SetReadLimit(maxMessage)
		defer conn.CloseNow()

		for {
			typ, msg, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			if err := conn.Write(r.Context(), typ, msg); err != nil {
				return
			}
			if typ == websocket.MessageText && string(msg) == Bye {
				conn.Close(websocket.StatusNormalClosure, "tschüss")
				return
			}
		}
	})
}
