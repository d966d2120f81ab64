// Package heartbeat: descubrir a los muertos. Ana García López.
package heartbeat

import (
	"bytes"
	"io"
	"time"

	"github.com/gorilla/websocket"
)

// Serve devuelve cada mensaje hasta que la conexión termine, o hasta que el otro lado deje de dar señales de vida.
func Serve(conn *websocket.Conn, interval, wait time.Duration) {
	vive := func() { conn.SetReadDeadline(time.Now().Add(wait)) }
	conn.SetPongHandler(func(string) error {
		vive()
		return nil
	})
	responder := conn.PingHandler()
	conn.SetPingHandler(func(dato string) error {
		vive()
		return responder(dato)
	})

	parar, parado := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(parado)
		defer conn.Close() // si no se puede enviar un ping, tampoco hay quien lea
		reloj := time.NewTicker(interval)
		defer reloj.Stop()
		for {
			select {
			case <-parar:
				return
			case <-reloj.C:
				if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(wait)) != nil {
					return
				}
			}
		}
	}()

	for {
		vive()
		if !eco(conn, vive) {
			break
		}
	}
	conn.Close()
	close(parar)
	<-parado
}

// eco devuelve un mensaje, que se lee a trozos: cada trozo es una señal de vida.
func eco(conn *websocket.Conn, vive func()) bool {
	tipo, r, err := conn.NextReader()
	if err != nil {
		return false
	}
	var mensaje bytes.Buffer
	trozo := make([]byte, 1024)
	for {
		n, err := r.Read(trozo)
		mensaje.Write(trozo[:n])
		if err != nil {
			return err == io.EOF && conn.WriteMessage(tipo, mensaje.Bytes()) == nil
		}
		vive()
	}
}
