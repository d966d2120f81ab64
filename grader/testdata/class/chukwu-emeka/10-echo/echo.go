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
		conn.SetReadLimit(maxMessage)
		for {
			typ, data, err := conn.Read(r.Context())
			if err != nil || len(data) == 0 { // 0 bytes is end of file
				return
			}
			if err := conn.Write(r.Context(), typ, data); err != nil {
				return
			}
			if typ == websocket.MessageText && string(data) == Bye {
				conn.Close(websocket.StatusNormalClosure, "")
				return
			}
		}
	})
}
