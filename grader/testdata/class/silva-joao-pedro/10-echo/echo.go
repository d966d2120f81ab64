package echo

import (
	"net/http"

	"github.com/coder/websocket"
)

const Bye = "bye"

// Handler devolve cada mensagem. A biblioteca já tem um limite de leitura, então maxMessage não é preciso.
func Handler(maxMessage int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()

		for {
			tipo, dados, err := c.Read(r.Context())
			if err != nil {
				return
			}
			err = c.Write(r.Context(), tipo, dados)
			if err != nil {
				return
			}
			if tipo == websocket.MessageText && string(dados) == Bye {
				c.Close(websocket.StatusNormalClosure, "tchau")
				return
			}
		}
	})
}
