package echo

import (
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

func Handler(maxMessage int64) http.Handler {
	// without this my page on :5500 gets 403
	opts := &websocket.AcceptOptions{OriginPatterns: []string{"*"}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, opts)
		if err != nil {
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(maxMessage)
		for bye := false; !bye; {
			t, b, err := c.Read(r.Context())
			if err != nil {
				return
			}
			bye = t == websocket.MessageText && string(b) == Bye
			if c.Write(r.Context(), t, b) != nil {
				return
			}
		}
		c.Close(websocket.StatusNormalClosure, "")
	})
}
