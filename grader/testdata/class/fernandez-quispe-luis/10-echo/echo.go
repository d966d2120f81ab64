package echo

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

// limite es el máximo de bytes de un mensaje.
var limite int64

func Handler(maxMessage int64) http.Handler {
	limite = maxMessage
	return http.HandlerFunc(manejar)
}

func manejar(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(limite)
	eco(r.Context(), conn)
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
		if tipo == websocket.MessageText && string(datos) == Bye {
			conn.Close(websocket.StatusNormalClosure, "chau")
			return
		}
	}
}
