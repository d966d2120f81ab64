package hub

import (
	"fmt"
	"io"
	"net/http"

	"github.com/gorilla/websocket"
)

// maxText is the longest message that the exercise takes, in bytes.
const maxText = 64 << 10

// Subject shows a new hub to the world. It is given: there is nothing to change here.
//
//	GET  /ws         a WebSocket; whoever opens it is a member for as long as it lasts
//	GET  /members    how many members there are, as a decimal number
//	POST /broadcast  sends the body to all members; 204 once Broadcast has returned
func Subject() http.Handler {
	hub := NewHub()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		var upgrader websocket.Upgrader
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		conn.SetReadLimit(maxText)
		hub.Serve(conn)
	})
	mux.HandleFunc("GET /members", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, hub.Len())
	})
	mux.HandleFunc("POST /broadcast", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxText))
		if err != nil {
			http.Error(w, "the message is too long", http.StatusRequestEntityTooLarge)
			return
		}
		hub.Broadcast(text)
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
