// Package hub: una sala de chat. Ana García López.
package hub

import (
	"sync"

	"github.com/gorilla/websocket"
)

// QueueSize es cuántos mensajes pueden esperar por un miembro.
const QueueSize = 64

// Hub reparte cada mensaje a todos.
type Hub struct {
	candado sync.Mutex
	buzones map[*websocket.Conn]chan []byte
}

// NewHub devuelve una sala vacía.
func NewHub() *Hub {
	return &Hub{buzones: map[*websocket.Conn]chan []byte{}}
}

// Serve atiende a conn hasta que se va.
func (h *Hub) Serve(conn *websocket.Conn) {
	buzon := make(chan []byte, QueueSize)
	h.candado.Lock()
	h.buzones[conn] = buzon
	h.candado.Unlock()

	fin := make(chan struct{})
	go func() {
		defer close(fin)
		for texto := range buzon {
			if conn.WriteMessage(websocket.TextMessage, texto) != nil {
				break
			}
		}
		h.salir(conn)
	}()
	for {
		tipo, texto, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if tipo == websocket.TextMessage {
			h.Broadcast(texto)
		}
	}
	h.salir(conn)
	<-fin
}

// Broadcast nunca espera a nadie: si un buzón está lleno, su dueño se va.
func (h *Hub) Broadcast(text []byte) {
	var lentos []*websocket.Conn
	h.candado.Lock()
	for conn, buzon := range h.buzones {
		if len(buzon) == cap(buzon) { // solo aquí se escribe en los buzones, y con el candado
			lentos = append(lentos, conn)
			continue
		}
		buzon <- text
	}
	h.candado.Unlock()
	for _, conn := range lentos {
		h.salir(conn)
	}
}

// Len dice cuántos hay.
func (h *Hub) Len() int {
	h.candado.Lock()
	defer h.candado.Unlock()
	return len(h.buzones)
}

// salir se puede llamar dos veces.
func (h *Hub) salir(conn *websocket.Conn) {
	h.candado.Lock()
	if buzon, esta := h.buzones[conn]; esta {
		delete(h.buzones, conn)
		close(buzon)
	}
	h.candado.Unlock()
	conn.Close()
}
