package echo

import (
	"log"
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
		for {
			typ, message, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			conn.Write(r.Context(), message)
		}
	})
}
