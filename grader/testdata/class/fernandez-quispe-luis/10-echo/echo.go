package echo

import (
	"context"
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
		eco(r.Context(), conn)
	})
}

func eco(ctx context.Context, conn *websocket.Conn) {
	for {
		tipo, datos, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if err := conn.Write(ctx, tipo, datos); err != nil {
			return
		}
		if tipo == websocket.MessageText && esDespedida(string(datos)) {
			conn.Close(websocket.StatusNormalClosure, "chau")
			return
		}
	}
}

// esDespedida también acepta "Bye" y "BYE": la gente escribe como quiere.
func esDespedida(texto string) bool {
	return strings.EqualFold(texto, Bye)
}
