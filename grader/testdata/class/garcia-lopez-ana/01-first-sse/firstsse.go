// Package firstsse: transmisión en vivo de un partido. Ana García López.
package firstsse

import (
	"io"
	"net/http"
)

// A Feed is the live commentary of a football match: a line of text each time that something happens.
//
// It is given, and so is the feed behind it: leave this type as it is.
type Feed interface {
	// Subscribe starts listening: from now on each line comes out of lines. A line is never empty and has no
	// line break in it; anything else that UTF-8 can say may be there. The channel is closed when the match is
	// over; if it is over already, a closed channel is what you get.
	//
	// unsubscribe stops listening. Whoever subscribes must call it in the end, or the feed goes on serving a
	// listener who is not there. Calling it twice, or after the end of the match, does no harm.
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live responde a GET con el feed como flujo de eventos.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			w.Header().Set("Allow", "GET")
			w.WriteHeader(405)
			return
		}
		transmitir(w, r, feed)
	})
}

func transmitir(w http.ResponseWriter, r *http.Request, feed Feed) {
	lineas, salir := feed.Subscribe()
	defer salir() // pase lo que pase

	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	rc := http.NewResponseController(w)
	rc.Flush() // así el navegador sabe que la conexión está abierta

	se_fue := r.Context().Done()
	for {
		select {
		case linea, sigue := <-lineas:
			if !sigue {
				return // terminó el partido
			}
			io.WriteString(w, "data: "+linea+"\n\n")
			rc.Flush()
		case <-se_fue:
			return
		}
	}
}
