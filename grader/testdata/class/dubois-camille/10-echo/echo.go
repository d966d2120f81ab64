package echo

import (
	"fmt"
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

// Handler renvoie chaque message.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			// quelqu'un a ouvert l'adresse dans un navigateur
			fmt.Fprintln(w, "Ceci est un serveur WebSocket.")
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ws.SetReadLimit(maxMessage)
		for {
			typ, msg, err := ws.Read(r.Context())
			if err != nil {
				return
			}
			if ws.Write(r.Context(), typ, msg) != nil {
				return
			}
			if typ == websocket.MessageText && string(msg) == Bye {
				ws.Close(websocket.StatusNormalClosure, "")
				return
			}
		}
	})
}
