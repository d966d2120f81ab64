package echo

import (
	"net/http"
	"strings"

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
			if err != nil {
				return
			}
			if typ == websocket.MessageText {
				// my terminal client sends the line break along
				data = []byte(strings.TrimRight(string(data), "\r\n"))
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
