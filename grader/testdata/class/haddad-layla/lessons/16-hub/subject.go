package hub

import (
	"fmt"
	"net/http"

	"github.com/gorilla/websocket"
)

// Subject: I changed this to try it from a page on another port, and to see what comes in.
func Subject() http.Handler {
	hub := NewHub()
	mux := http.NewServeMux()
	mux.HandleFunc("/chat", func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			fmt.Println("upgrade:", err)
			return
		}
		hub.Serve(conn)
	})
	return mux
}
