package heartbeat

import (
	"time"

	"github.com/gorilla/websocket"
)

// Serve devolve as mensagens e manda os pings. Falta ver quem responde.
func Serve(conn *websocket.Conn, interval, wait time.Duration) {
	fim := make(chan struct{})
	pronto := make(chan struct{})
	go func() {
		defer close(pronto)
		relogio := time.NewTicker(interval)
		defer relogio.Stop()
		for {
			select {
			case <-fim:
				return
			case <-relogio.C:
				conn.WriteControl(websocket.PingMessage, nil, time.Time{})
			}
		}
	}()
	for {
		tipo, dados, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if conn.WriteMessage(tipo, dados) != nil {
			break
		}
	}
	conn.Close()
	close(fim)
	<-pronto
}
