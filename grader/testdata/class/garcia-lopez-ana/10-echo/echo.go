// Package echo devuelve cada mensaje a quien lo envió.
package echo

import (
	"context"
	"io"
	"net/http"

	"github.com/coder/websocket"
)

// Bye is the text message with which a client asks the server to end the conversation.
const Bye = "bye"

// Handler acepta conexiones WebSocket y devuelve cada mensaje.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ws.SetReadLimit(maxMessage)
		for {
			adios, err := responder(r.Context(), ws)
			if err != nil {
				return
			}
			if adios {
				ws.Close(websocket.StatusNormalClosure, "hasta luego")
				return
			}
		}
	})
}

// responder lee un mensaje entero y lo devuelve; dice si era el de despedida.
func responder(ctx context.Context, ws *websocket.Conn) (bool, error) {
	tipo, lector, err := ws.Reader(ctx)
	if err != nil {
		return false, err
	}
	mensaje, err := io.ReadAll(lector) // no basta con un Read: puede venir en trozos
	if err != nil {
		return false, err
	}
	adios := tipo == websocket.MessageText && string(mensaje) == Bye
	return adios, ws.Write(ctx, tipo, mensaje)
}
