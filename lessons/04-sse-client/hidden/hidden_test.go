package hidden

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wirelab/grader/probe"
)

// Events do not arrive while the stream is open: each has to be passed on as soon as its blank line is there. Or the
// request is not one for an event stream, made by the http.Client that was given.
//
//wirelab:es Los eventos no llegan mientras el flujo está abierto: cada uno debe entregarse en cuanto está su línea en blanco. O la petición no pide un flujo de eventos, o no la hace el http.Client dado.
//wirelab:points 2
//wirelab:hint A body is an io.Reader: give it to the parser as it is, there is no end to wait for. And who logs in, adds headers or goes through a proxy does so in c.HTTP.
//wirelab:hint.es Un cuerpo es un io.Reader: dáselo al parser tal cual, no hay un final que esperar. Y quien inicia sesión, agrega encabezados o usa un proxy lo hace en c.HTTP.
func TestEventsArriveAtOnce(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms")
	q := f.request()
	q.expectHeader("Accept", eventStream)
	q.expectHeader("X-Client", "given")
	q.open()
	one, two := probe.Word(), probe.Word()
	for _, b := range []byte(": hola\n\nevent: goal\ndata: " + one + "\ndata: ¡" + two + "!\n\n") {
		q.send(string([]byte{b}))
	}
	f.Expect(probe.Event{Type: "goal", Data: one + "\n¡" + two + "!"})
	for range 3 {
		word := probe.Word()
		q.send("data: " + word + "\n\n")
		f.Expect(probe.Event{Type: "message", Data: word})
	}
}

// The stream ends, or its connection breaks, and the client does not come back for more. Or it comes back at once,
// without the wait that it was configured with.
//
//wirelab:es El flujo termina, o se rompe su conexión, y el cliente no vuelve por más. O vuelve enseguida, sin la espera con la que se configuró.
//wirelab:points 2
//wirelab:hint A tidy end (io.EOF) and a broken connection are the same to Follow: it waits and asks again. Only the server's answer, or the context, can end it.
//wirelab:hint.es Un final ordenado (io.EOF) y una conexión rota son lo mismo para Follow: espera y vuelve a pedir. Solo la respuesta del servidor, o el contexto, pueden terminarlo.
func TestComesBack(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=80ms")
	q := f.request()
	for _, leave := range []func(*request){(*request).end, (*request).cut, (*request).cut, (*request).end} {
		q.open()
		word := probe.Word()
		q.send("data: " + word + "\n\n")
		f.ExpectData(word)
		leave(q)
		next := f.request()
		next.notBefore(q, 80*time.Millisecond)
		q = next
	}
}

// Coming back, the client does not say what it saw last: the server can only begin again, or leave out what was missed.
//
//wirelab:es Al volver, el cliente no dice qué fue lo último que vio: el servidor solo puede empezar de nuevo o saltarse lo que faltó.
//wirelab:points 3
//wirelab:hint The ID outlives the connection, and events without an ID as well. A block may bring one without data. An empty ID takes it back: then there is no header, not an empty one.
//wirelab:hint.es El ID sobrevive a la conexión y también a los eventos sin ID. Un bloque puede traer uno sin datos. Un ID vacío lo anula: entonces no va el encabezado, ni siquiera vacío.
func TestSaysWhatItSawLast(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms")
	first, second := probe.Word(), probe.Word()+" ñ #2"
	for _, step := range []struct{ header, block string }{
		{"", "id: " + first + "\n"},
		{first, ""},
		{first, "id: " + second + "\n\n"},
		{second, ""},
		{second, "id\n"},
		{"", ""},
		{"", ""},
	} {
		q := f.request()
		q.expectHeader("Last-Event-ID", step.header)
		q.open()
		word := probe.Word()
		if strings.HasSuffix(step.block, "\n\n") { // the ID comes without data, and last
			q.send("data: " + word + "\n\n" + step.block)
		} else {
			q.send(step.block + "data: " + word + "\n\n")
		}
		f.ExpectData(word)
		q.end()
	}
}

// The connection breaks in the middle of an event, and that event is lost, or passed on by halves, or twice. What is
// not complete was not seen: the server will send it again.
//
//wirelab:es La conexión se rompe a mitad de un evento y ese evento se pierde, o se entrega a medias, o dos veces. Lo que no está completo no se vio: el servidor lo enviará de nuevo.
//wirelab:points 3
//wirelab:hint Next returns an error together with what it has of an unfinished block. What of it may you believe?
//wirelab:hint.es Next devuelve un error junto con lo que tiene de un bloque sin terminar. ¿Qué parte de eso puedes creer?
func TestCutAtAnyByte(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms")
	lastID, one, two := "", probe.Word(), probe.Word()
	event := "id: " + one + "\nevent: goal\ndata: " + one + "\ndata: " + two + "\n\n"
	for cut := range len(event) + 1 {
		q := f.request()
		q.expectHeader("Last-Event-ID", lastID)
		q.open()
		lastID = probe.Word()
		q.send(fmt.Sprintf("id: %s\ndata: %d\n\n%s", lastID, cut, event[:cut]))
		f.Expect(probe.Event{Type: "message", Data: fmt.Sprint(cut)})
		if cut%2 == 0 {
			q.cut()
		} else {
			q.end()
		}
	}
	f.Expect(probe.Event{Type: "goal", Data: one + "\n" + two}) // the last cut was behind its end
	f.request().expectHeader("Last-Event-ID", one)
}

// The server says how long to wait before coming back, and the client comes sooner.
//
//wirelab:es El servidor dice cuánto esperar antes de volver, y el cliente llega antes.
//wirelab:points 2
//wirelab:hint What retry says holds from the moment its line is read until another one comes, on later connections too. Chance only ever adds to it, and Cap takes nothing away.
//wirelab:hint.es Lo que dice retry vale desde que se lee su línea hasta que llega otro, también en las conexiones siguientes. El azar solo le suma, y Cap no le quita nada.
func TestWaitsAsLongAsTheServerSays(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms&cap=100ms")
	q := f.request()
	for _, step := range []struct {
		says string
		wait time.Duration
	}{
		{"retry: 500\n\n", 500 * time.Millisecond},
		{"data: " + probe.Word() + "\n\n", 500 * time.Millisecond},
		{"data: " + probe.Word() + "\nretry: 800\n", 800 * time.Millisecond},
	} {
		q.open()
		q.send(step.says)
		q.cut()
		next := f.request()
		next.notBefore(q, step.wait)
		q = next
	}
	q.vanish() // nor is a failure a reason to forget it
	f.request().notBefore(q, 800*time.Millisecond)
}

// The server is down, and the client gives up, or asks again and again at the same pace: each failure in a row has to
// double the wait.
//
//wirelab:es El servidor está caído y el cliente se rinde, o vuelve a pedir una y otra vez al mismo ritmo: cada fallo seguido debe duplicar la espera.
//wirelab:points 3
//wirelab:hint A refused connection, a 429 and every 5xx are temporary. Remember the wait from one attempt to the next, and double it after each failure.
//wirelab:hint.es Una conexión rechazada, un 429 y cualquier 5xx son pasajeros. Recuerda la espera de un intento al siguiente y duplícala después de cada fallo.
func TestBacksOff(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=20ms&cap=1m")
	failures := []func(*request){
		(*request).vanish,
		func(q *request) { q.answer(http.StatusServiceUnavailable, "text/plain", "later") },
		func(q *request) { q.answer(http.StatusTooManyRequests, "text/html", "<p>later</p>") },
		func(q *request) { q.answer(http.StatusBadGateway, eventStream, "data: no\n\n") },
		func(q *request) { q.answer(599, "", "") },
	}
	wait, first := 20*time.Millisecond, probe.Int(0, len(failures)-1)
	q := f.request()
	for i := range failures {
		failures[(first+i)%len(failures)](q)
		next := f.request()
		next.notBefore(q, wait)
		wait *= 2
		q = next
	}
	q.open()
	word := probe.Word()
	q.send("data: " + word + "\n\n")
	f.ExpectData(word)
}

// The wait gets out of hand: it outgrows the cap, or collapses after many failures, or is still long when the server
// has been back.
//
//wirelab:es La espera se sale de control: supera el tope, o se desploma después de muchos fallos, o sigue larga cuando el servidor ya había vuelto.
//wirelab:points 3
//wirelab:hint After how many doublings does a millisecond no longer fit into a time.Duration? And a stream that has opened is a success: after it you count from one again.
//wirelab:hint.es ¿Tras cuántas duplicaciones un milisegundo ya no cabe en un time.Duration? Y un flujo que se abrió es un éxito: después se cuenta otra vez desde uno.
func TestWaitStaysInBounds(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms&cap=4ms")
	f.patience /= 2 // what doubles without end is found out sooner
	q := f.request()
	for i := range 80 {
		q.answer(http.StatusServiceUnavailable, "", "")
		next := f.request()
		next.notBefore(q, time.Millisecond<<min(i, 2))
		q = next
	}

	f = follow(s, "delay=4ms&cap=1h")
	f.patience /= 2
	for range 10 {
		f.request().vanish()
		f.request().answer(http.StatusServiceUnavailable, "", "")
		q := f.request()
		q.open()
		word := probe.Word()
		q.send("data: " + word + "\n\n")
		f.ExpectData(word)
		q.end()
	}
}

// All clients that lost the server in the same moment come back in the same moment, and bring it down again. Or chance
// sends some of them back before their wait is over.
//
//wirelab:es Todos los clientes que perdieron el servidor en el mismo momento vuelven en el mismo momento y lo tumban otra vez. O el azar hace volver a algunos antes de que termine su espera.
//wirelab:points 2
//wirelab:hint Add a random part to each wait, up to as much again: math/rand/v2 has N, which takes a time.Duration.
//wirelab:hint.es Súmale a cada espera una parte al azar, hasta otro tanto: math/rand/v2 tiene N, que acepta un time.Duration.
func TestDoesNotComeBackInStep(t *testing.T) {
	const delay, herd, outliers = 2500 * time.Millisecond, 16, 2
	s := probe.Start(t)
	var clients [herd]*follower
	var asks [herd]*request
	for i := range herd {
		clients[i] = follow(s, "delay="+delay.String())
		asks[i] = clients[i].request()
	}
	var spread time.Duration
	for range 2 { // what holds up a busy machine may make them come together once
		for _, q := range asks {
			q.open()
		}
		for _, q := range asks {
			q.cut()
		}
		var waits [herd]time.Duration
		s.Together(herd, func(i int) {
			next := clients[i].request()
			next.notBefore(asks[i], delay)
			waits[i] = next.at.Sub(asks[i].ended)
			asks[i] = next
		})

		// The third and the fourteenth of 16 random shares lie within 15 % of the range once in 500,000 times. A busy
		// machine delays clients too, so the range is wide, and the first and the last two say nothing.
		slices.Sort(waits[:])
		if spread = waits[herd-1-outliers] - waits[outliers]; spread >= delay*15/100 {
			return
		}
	}
	s.Failf("expected  %d clients that wait at least %s, and up to as much again\ngot       most of them back within %s of each other, twice",
		"se esperaba  %d clientes que esperan al menos %s y hasta otro tanto\nllegó        la mayoría de vuelta con %s de diferencia, dos veces", herd, delay, spread.Round(time.Millisecond))
}

// The server says that there is no more to come (204 No Content), and the client asks again, or takes it for a fault.
//
//wirelab:es El servidor dice que no hay nada más (204 No Content) y el cliente vuelve a pedir, o lo toma por un fallo.
//wirelab:points 2
//wirelab:hint 204 is how a server ends a stream for good: Follow has done its work, and returns nil.
//wirelab:hint.es Con 204 un servidor termina un flujo para siempre: Follow cumplió y devuelve nil.
func TestStopsWhenThereIsNoMore(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms")
	q := f.request()
	q.open()
	word := probe.Word()
	q.send("data: " + word + "\n\n")
	f.ExpectData(word)
	q.end()
	f.last(f.request(), http.StatusNoContent)
	f.Expect(probe.Event{Type: "returned", Data: "nil"})
	f.ExpectEnd()
}

// The server answers with something that is not an event stream, and the client reads it as one, holds on to it, or
// asks again for ever. Or it refuses a stream because of a parameter after the content type.
//
//wirelab:es El servidor responde con algo que no es un flujo de eventos y el cliente lo lee como si lo fuera, no lo suelta o vuelve a pedirlo sin fin. O rechaza un flujo por un parámetro después del tipo de contenido.
//wirelab:points 3
//wirelab:hint mime.ParseMediaType takes a Content-Type apart. A 4xx says that asking again is of no use (but 429 is about when). And a body that nobody wants must not be read to its end: it may have none.
//wirelab:hint.es mime.ParseMediaType separa las partes de un Content-Type. Un 4xx dice que volver a pedir no sirve (pero 429 habla de cuándo). Y un cuerpo que nadie quiere no se lee hasta el final: puede no tenerlo.
func TestGivesUpOnWhatIsNoStream(t *testing.T) {
	s := probe.Start(t)
	for _, refusal := range []struct {
		status      int
		contentType string
	}{
		{http.StatusOK, "text/html; charset=utf-8"},
		{http.StatusOK, "text/event-stream-log"},
		{http.StatusOK, "application/x-ndjson"},
		{http.StatusNotFound, eventStream},
		{http.StatusUnauthorized, "text/plain"},
	} {
		f := follow(s, "delay=1ms")
		q := f.request()
		q.begin(http.StatusOK, "Text/Event-Stream;charset=utf-8")
		word := probe.Word()
		q.send("data: " + word + "\n\n")
		f.ExpectData(word)
		q.end()

		q = f.request()
		f.answered.Store(true)
		q.begin(refusal.status, refusal.contentType)
		q.send("data: this is no event\n\n") // and the body goes on
		f.expectError()
		q.expectLeft()
	}
}

// Follow does not return when its context is done: it goes on reading, waiting or asking for somebody who has left.
//
//wirelab:es Follow no termina cuando termina su contexto: sigue leyendo, esperando o pidiendo para alguien que ya se fue.
//wirelab:points 3
//wirelab:hint The request takes the context along (NewRequestWithContext), and so does its body. A wait is a select over a timer and ctx.Done().
//wirelab:hint.es La petición lleva consigo el contexto (NewRequestWithContext), y su cuerpo también. Una espera es un select sobre un temporizador y ctx.Done().
func TestCanBeCancelled(t *testing.T) {
	s := probe.Start(t)
	asking := follow(s, "delay=1h&cap=1h")
	unanswered := asking.request()

	reading := follow(s, "delay=1h&cap=1h")
	open := reading.request()
	waiting := follow(s, "delay=1h&cap=1h")
	over := waiting.request()
	for f, q := range map[*follower]*request{reading: open, waiting: over} {
		q.open()
		word := probe.Word()
		q.send("data: " + word + "\n\n")
		f.ExpectData(word)
	}
	over.end()

	// When this one comes back, the other one has long begun to wait.
	clock := follow(s, "delay=300ms")
	clock.request().vanish()
	clock.request()

	s.Do(http.MethodPost, "/cancel", nil).ExpectStatus(http.StatusNoContent)
	for _, f := range []*follower{asking, reading, waiting, clock} {
		f.Expect(probe.Event{Type: "returned", Data: "canceled"})
	}
	unanswered.expectLeft()
	open.expectLeft()
}

// After a few failures no request leaves any more: the bodies of the answers were never closed, and each of them keeps
// its connection. (The http.Client of the tests makes 8 to one server.)
//
//wirelab:es Tras unos cuantos fallos ya no sale ninguna petición: nadie cerró los cuerpos de las respuestas, y cada uno retiene su conexión. (El http.Client de las pruebas abre 8 hacia un mismo servidor.)
//wirelab:points 2
//wirelab:hint Whatever the status, a response has a body, and it is yours. Where does the defer stand, and when does it run inside a loop?
//wirelab:hint.es Sea cual sea el estado, una respuesta tiene un cuerpo, y es tuyo. ¿Dónde está el defer, y cuándo se ejecuta dentro de un bucle?
func TestClosesEveryBody(t *testing.T) {
	s := probe.Start(t)
	f := follow(s, "delay=1ms&cap=1ms")
	apology := strings.Repeat("<p>The server is being repaired.</p>\n", 1000)
	for range 20 {
		f.request().answer(http.StatusServiceUnavailable, "text/html", apology)
	}
	q := f.request()
	q.open()
	word := probe.Word()
	q.send("data: " + word + "\n\n")
	f.ExpectData(word)
}
