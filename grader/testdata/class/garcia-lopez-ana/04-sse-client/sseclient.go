// Package sseclient: un cliente que vuelve. Ana García López.
package sseclient

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"time"
)

// Event es un evento de un flujo.
type Event struct {
	Type string
	Data string
}

// Block es lo que dice un flujo entre dos líneas vacías.
type Block struct {
	Event *Event
	ID    *string
	Retry *time.Duration
}

// Blocks es un flujo, tal como lo lee un parser.
type Blocks interface {
	Next() (Block, error)
}

// Client sigue flujos de eventos.
type Client struct {
	HTTP  *http.Client
	Parse func(stream io.Reader) Blocks
	Delay time.Duration
	Cap   time.Duration
}

// resultado es cómo terminó un intento.
type resultado int

const (
	fallo  resultado = iota // no hubo flujo: se espera cada vez más
	leido                   // hubo flujo, y se acabó o se rompió
	basta                   // 204
	inutil                  // no es un flujo, ni lo va a ser
)

// memoria es lo que se recuerda entre un intento y el siguiente.
type memoria struct {
	ultimo string
	espera time.Duration
}

// Follow sigue el flujo hasta que el servidor o el contexto digan basta.
func (c *Client) Follow(ctx context.Context, url string, each func(Event)) error {
	m := memoria{espera: c.Delay}
	actual := m.espera
	for {
		que, err := c.intento(ctx, url, &m, each)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch que {
		case basta:
			return nil
		case inutil:
			return err
		case leido:
			actual = m.espera
		}
		reloj := time.NewTimer(actual + rand.N(actual))
		select {
		case <-ctx.Done():
			reloj.Stop()
			return ctx.Err()
		case <-reloj.C:
		}
		if que == fallo { // el tope no recorta lo que pidió el servidor
			actual = min(actual*2, max(c.Cap, m.espera))
		}
	}
}

// intento hace una sola petición, y la lee hasta que se acabe.
func (c *Client) intento(ctx context.Context, url string, m *memoria, each func(Event)) (resultado, error) {
	pedido, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return inutil, err
	}
	pedido.Header.Set("Accept", "text/event-stream")
	if m.ultimo != "" {
		pedido.Header.Set("Last-Event-ID", m.ultimo)
	}
	respuesta, err := c.HTTP.Do(pedido)
	if err != nil {
		return fallo, err
	}
	defer respuesta.Body.Close()

	codigo := respuesta.StatusCode
	if codigo == 204 {
		return basta, nil
	}
	if codigo == 429 || codigo > 499 {
		return fallo, nil
	}
	tipo, _, _ := mime.ParseMediaType(respuesta.Header.Get("Content-Type"))
	if codigo != 200 || tipo != "text/event-stream" {
		return inutil, fmt.Errorf("esto no es un flujo: %s, %q", respuesta.Status, tipo)
	}

	bloques := c.Parse(respuesta.Body)
	for {
		b, err := bloques.Next()
		if b.Retry != nil {
			m.espera = *b.Retry
		}
		if err != nil {
			return leido, nil // lo que falte vendrá otra vez
		}
		if b.ID != nil {
			m.ultimo = *b.ID
		}
		if b.Event != nil {
			each(*b.Event)
		}
	}
}
