package hidden

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wirelab/grader/probe"
)

// The stream does not open until something happens in the match: a client that connects to a quiet feed gets no
// headers, and waits in the dark.
//
//wirelab:es El flujo no se abre hasta que pasa algo en el partido: quien se conecta a un feed en calma no recibe encabezados y espera a oscuras.
//wirelab:points 2
//wirelab:hint WriteHeader alone sends nothing. What empties the buffer that the headers wait in, before the first line comes?
//wirelab:hint.es WriteHeader por sí solo no envía nada. ¿Qué vacía el búfer donde esperan los encabezados, antes de que llegue la primera línea?
func TestOpensBeforeTheFirstLine(t *testing.T) {
	s := probe.Start(t)
	ana := s.EventStream("/live", probe.As("ana"))
	ana.ExpectStatus(http.StatusOK)
}

// The response does not say that it is an event stream, so a browser's EventSource refuses it.
//
//wirelab:es La respuesta no dice que es un flujo de eventos, así que el EventSource de un navegador la rechaza.
//wirelab:points 1
//wirelab:hint Which Content-Type does an event stream have? And until when can a header still be set?
//wirelab:hint.es ¿Qué Content-Type tiene un flujo de eventos? ¿Y hasta qué momento se puede fijar un encabezado?
func TestContentType(t *testing.T) {
	s := probe.Start(t)
	finish(s) // headers leave when a handler returns: whether it flushes is not the question here
	ana := s.EventStream("/live", probe.As("ana"))
	ana.ExpectStatus(http.StatusOK)
	ana.ExpectHeader("Content-Type", "text/event-stream")
}

// Nothing forbids a cache to keep the stream and to hand it, old as it is, to the next client.
//
//wirelab:es Nada impide que una caché guarde el flujo y se lo entregue, viejo como está, al siguiente cliente.
//wirelab:points 1
//wirelab:hint Cache-Control is the header that caches obey. It has to be set before the first byte leaves.
//wirelab:hint.es Cache-Control es el encabezado al que obedecen las cachés. Hay que fijarlo antes de que salga el primer byte.
func TestIsNotCached(t *testing.T) {
	s := probe.Start(t)
	finish(s)
	ana := s.EventStream("/live", probe.As("ana"))
	ana.ExpectStatus(http.StatusOK)
	if !lists(ana.Header.Get("Cache-Control"), "no-cache", "no-store") { // no-store is stricter still
		ana.ExpectHeader("Cache-Control", "no-cache")
	}
}

// What is written is not an event: each line of the match must be one event of its own, in the order in which
// the lines came.
//
//wirelab:es Lo que se escribe no es un evento: cada línea del partido debe ser un evento propio, en el orden en que llegaron las líneas.
//wirelab:points 2
//wirelab:hint The text stands in a field called data. What tells the client that the event is complete?
//wirelab:hint.es El texto va en un campo llamado data. ¿Qué le dice al cliente que el evento está completo?
func TestLinesBecomeEvents(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	var lines []string
	for minute := range probe.Int(3, 6) {
		lines = append(lines, fmt.Sprintf("%d' %s", minute+1, probe.Word()))
		publish(s, lines[minute])
	}
	finish(s) // an event that lacks its end will never have one now
	for _, line := range lines {
		ana.Expect(probe.Event{Type: "message", Data: line})
	}
}

// A line does not leave when it is published: it waits for the next one, for a full buffer or for the end of
// the match.
//
//wirelab:es Una línea no sale cuando se publica: espera a la siguiente, a que se llene un búfer o al final del partido.
//wirelab:points 3
//wirelab:hint What you write goes into a buffer of the server. Who empties it after each event?
//wirelab:hint.es Lo que escribes va a un búfer del servidor. ¿Quién lo vacía después de cada evento?
func TestEachLineAtOnce(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	for range 3 {
		line := probe.Word()
		publish(s, line)
		ana.ExpectData(line)
	}
}

// A line arrives changed: spaces, percent signs, colons, quotes, angle brackets and accents are the text's own
// business.
//
//wirelab:es Una línea llega cambiada: los espacios, los signos de porcentaje, los dos puntos, las comillas, los paréntesis angulares y las tildes son asunto del texto.
//wirelab:points 2
//wirelab:hint Is the line an argument of Fprintf or its format? And of the spaces after the colon, a client takes away one.
//wirelab:hint.es ¿La línea es un argumento de Fprintf o su formato? Y de los espacios que siguen a los dos puntos, el cliente quita uno.
func TestLinesArriveAsTheyAre(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	word := probe.Word()
	for _, line := range []string{
		"  two spaces before, one after: " + word + " ",
		"possession 58% " + word + " 42%d",
		"data: " + word,
		": " + word,
		`"` + word + `" <b>2 & 1</b> \n`,
		"¡Gol de Muñoz! ⚽ " + word,
	} {
		publish(s, line)
		ana.ExpectData(line)
	}
}

// Two people listen, and not each of them gets every line.
//
//wirelab:es Dos personas escuchan y no les llegan todas las líneas a las dos.
//wirelab:points 2
//wirelab:hint A channel hands each value to one receiver. How often is Subscribe called: once for the handler, or once for each request?
//wirelab:hint.es Un canal entrega cada valor a un solo receptor. ¿Cuántas veces se llama a Subscribe: una por handler o una por petición?
func TestEveryClientGetsEveryLine(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	luz := listen(s, "luz", "/live", 2)
	for range 3 {
		line := probe.Word()
		publish(s, line)
		ana.ExpectData(line)
		luz.ExpectData(line)
	}
}

// The client has gone, and the handler still listens to the feed for it. Each closed tab leaves a goroutine and
// a subscription behind.
//
//wirelab:es El cliente se fue y el handler sigue escuchando el feed por él. Cada pestaña cerrada deja atrás una goroutine y una suscripción.
//wirelab:points 3
//wirelab:hint Wait for two things at once: the next line, and r.Context() being done. And whichever way the handler returns, it unsubscribes.
//wirelab:hint.es Espera dos cosas a la vez: la siguiente línea y el fin de r.Context(). Y salga por donde salga, el handler cancela su suscripción.
func TestLeavesWithTheClient(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	luz := listen(s, "luz", "/live", 2)
	ana.Close()
	expectSubscribers(s, 1) // and no line comes that a handler could stumble over
	line := probe.Word()
	publish(s, line)
	luz.ExpectData(line)
	luz.Close()
	expectSubscribers(s, 0)
}

// The match is over, and the response is not: it stays open, or repeats empty events.
//
//wirelab:es El partido terminó y la respuesta no: sigue abierta o repite eventos vacíos.
//wirelab:points 2
//wirelab:hint Receiving from a closed channel does not block. What does the second value of line, ok := <-lines say?
//wirelab:hint.es Recibir de un canal cerrado no bloquea. ¿Qué dice el segundo valor de line, ok := <-lines?
func TestEndsWithTheFeed(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/live", 1)
	line := probe.Word()
	publish(s, line)
	finish(s)
	ana.ExpectData(line)
	ana.ExpectEnd()
}

// A POST or a DELETE to the stream is served, or refused without a word about what would be allowed.
//
//wirelab:es Un POST o un DELETE al flujo se atiende, o se rechaza sin decir qué estaría permitido.
//wirelab:points 1
//wirelab:hint Look at r.Method before anything else. A 405 names the methods that work in its Allow header.
//wirelab:hint.es Mira r.Method antes que nada. Un 405 nombra en su encabezado Allow los métodos que sí sirven.
func TestRefusesOtherMethods(t *testing.T) {
	s := probe.Start(t)
	finish(s) // a handler that serves them anyway comes to an end
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		r := s.Do(method, "/live", nil)
		r.ExpectStatus(http.StatusMethodNotAllowed)
		if !lists(r.Header.Get("Allow"), http.MethodGet) { // a mux says "GET, HEAD"
			r.ExpectHeader("Allow", http.MethodGet)
		}
	}
}

// Behind a middleware that wraps the http.ResponseWriter, to log or to measure, the stream stops working.
//
//wirelab:es Detrás de un middleware que envuelve el http.ResponseWriter, para registrar o medir, el flujo deja de funcionar.
//wirelab:points 1
//wirelab:hint A type assertion to http.Flusher sees only the outermost wrapping. http.NewResponseController looks inside.
//wirelab:hint.es Una aserción de tipo a http.Flusher solo ve la envoltura de fuera. http.NewResponseController mira adentro.
func TestWorksBehindMiddleware(t *testing.T) {
	s := probe.Start(t)
	ana := listen(s, "ana", "/logged/live", 1)
	line := probe.Word()
	publish(s, line)
	ana.ExpectData(line)
}

// listen opens the stream for the nth client and waits until the feed knows of it: nothing that is published
// from then on may be missed.
func listen(s *probe.Subject, name, path string, n int) *probe.Stream {
	st := s.EventStream(path, probe.As(name))
	st.ExpectStatus(http.StatusOK)
	expectSubscribers(s, n)
	return st
}

// expectSubscribers waits until the feed has n subscribers.
func expectSubscribers(s *probe.Subject, n int) {
	r := s.Get("/subscribers?until="+strconv.Itoa(n), probe.As("feed"))
	if got := r.Body; got != strconv.Itoa(n) {
		s.Latef("expected  the feed to count %d subscribed, one for each client that is connected\ngot       %s",
			"se esperaba  que el feed cuente %d suscripciones, una por cada cliente conectado\nllegó        %s", n, got)
	}
}

func publish(s *probe.Subject, line string) {
	s.Do(http.MethodPost, "/publish", []byte(line), probe.As("feed")).ExpectStatus(http.StatusNoContent)
}

// finish ends the match.
func finish(s *probe.Subject) {
	s.Do(http.MethodPost, "/finish", nil, probe.As("feed")).ExpectStatus(http.StatusNoContent)
}

// lists reports whether a header's comma-separated value has one of the tokens in it.
func lists(value string, tokens ...string) bool {
	for part := range strings.SplitSeq(value, ",") {
		for _, token := range tokens {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}
