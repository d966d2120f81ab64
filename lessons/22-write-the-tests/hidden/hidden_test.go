package hidden

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wirelab/grader/probe"
)

// Your examiner cries wolf: it finds fault with a board that keeps the contract. Or it finds none where there is no
// board at all.
//
//wirelab:es Tu examinador da falsas alarmas: le encuentra un defecto a un tablero que cumple el contrato. O no encuentra ninguno donde ni siquiera hay un tablero.
//wirelab:points 4
//wirelab:hint What the contract leaves open, any board may do as it likes: more headers, parameters, comments, IDs from anywhere. And a slow network is not a fault.
//wirelab:hint.es Lo que el contrato deja abierto, cada tablero lo hace a su manera: más encabezados, parámetros, comentarios, ID desde cualquier número. Y una red lenta no es un defecto.
func TestNeverCriesWolf(t *testing.T) {
	h := newHall(probe.Start(t))
	boards := []*board{newBoard(oneOf(absent, fails))}
	for _, dress := range []func(*look){
		func(l *look) {
			l.firstID, l.step = 7, 1 // on to 10, which is less if it is text
			l.comments, l.crlf, l.space, l.idFirst = true, true, "", false
		},
		func(l *look) {
			l.firstID, l.step = 1<<40, 1_000_000
			l.contentType, l.cacheControl = "text/event-stream;charset=UTF-8", "no-transform,no-cache"
			l.allow, l.header = "OPTIONS, GET, HEAD, POST", http.Header{}
		},
		func(l *look) { l.slow = 250 * time.Millisecond },
	} {
		b := newBoard("")
		dress(&b.look)
		b.id = b.look.firstID
		boards = append(boards, b)
	}
	h.expectAll(boards)
	b := newBoard("") // examined by several at once
	h.s.Together(3, func(int) { h.expectRight(b) })
}

// A board answers a pin with another status than the contract says, or with an ID that is not that of the notice, and
// passes.
//
//wirelab:es Un tablero responde a un anuncio con otro estado que el del contrato, o con un ID que no es el del anuncio, y aprueba.
//wirelab:points 2
//wirelab:hint The same number stands in two places: in the answer to a pin and in the event. Do you look at both?
//wirelab:hint.es El mismo número está en dos lugares: en la respuesta al fijar y en el evento. ¿Miras los dos?
func TestAnswerToAPin(t *testing.T) { judge(t, pinStatus, answersID, noID) }

// The IDs of a topic do not grow from notice to notice, and the board passes.
//
//wirelab:es Los ID de un tema no crecen de un anuncio a otro, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint That two IDs differ says little. And which is larger, "9" or "10"?
//wirelab:hint.es Que dos ID sean distintos dice poco. ¿Y cuál es mayor, "9" o "10"?
func TestIDsGrow(t *testing.T) { judge(t, idsFall, idsRepeat) }

// A board takes an empty notice, or refuses it and pins it all the same, and passes.
//
//wirelab:es Un tablero acepta un anuncio vacío, o lo rechaza y lo fija de todos modos, y aprueba.
//wirelab:points 2
//wirelab:hint The status is what the board says; the stream is what it does.
//wirelab:hint.es El estado es lo que el tablero dice; el flujo es lo que hace.
func TestEmptyNotice(t *testing.T) { judge(t, takesEmpty, pinsEmpty) }

// A board draws the line for the length of a notice in the wrong place, and passes.
//
//wirelab:es Un tablero pone el límite de largo de un anuncio en otro lugar, y aprueba.
//wirelab:points 2
//wirelab:hint Faults live at borders. Which is the longest notice that must be taken, and which the shortest that must not?
//wirelab:hint.es Los defectos viven en los límites. ¿Cuál es el anuncio más largo que hay que aceptar y cuál el más corto que no?
func TestLength(t *testing.T) { judge(t, takesLong, refusesLong) }

// A stream does not say what it is, or lets itself be cached, and the board passes.
//
//wirelab:es Un flujo no dice qué es, o permite que se guarde en una caché, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint The contract names two headers of a stream.
//wirelab:hint.es El contrato nombra dos encabezados de un flujo.
func TestStreamHeaders(t *testing.T) { judge(t, contentType, cacheable) }

// A stream does not open until there is something to tell, and the board passes.
//
//wirelab:es Un flujo no se abre hasta que hay algo que contar, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint When do the headers of a stream come to which nothing has been pinned yet? In what order does your examiner do things?
//wirelab:hint.es ¿Cuándo llegan los encabezados de un flujo en el que todavía no hay nada? ¿En qué orden hace las cosas tu examinador?
func TestStreamOpensAtOnce(t *testing.T) { judge(t, lateHeaders) }

// A notice waits for the next one before it goes out, and the board passes.
//
//wirelab:es Un anuncio espera al siguiente para salir, y el tablero aprueba.
//wirelab:points 3
//wirelab:hint Whoever pins ten notices and then reads ten events never learns when each of them came.
//wirelab:hint.es Quien fija diez anuncios y luego lee diez eventos nunca sabe cuándo llegó cada uno.
func TestNoticesComeAtOnce(t *testing.T) { judge(t, oneLate) }

// Notices get lost, come twice, or the stream ends before its time, and the board passes.
//
//wirelab:es Se pierden anuncios, llegan dos veces o el flujo termina antes de tiempo, y el tablero aprueba.
//wirelab:points 3
//wirelab:hint What goes well once may go wrong the second time. How many events do you read of one stream?
//wirelab:hint.es Lo que sale bien una vez puede salir mal la segunda. ¿Cuántos eventos lees de un mismo flujo?
func TestEveryNoticeOnce(t *testing.T) { judge(t, missesFirst, losesSecond, endsEarly, twice) }

// Notices come out changed, and the board passes.
//
//wirelab:es Los anuncios salen cambiados, y el tablero aprueba.
//wirelab:points 3
//wirelab:hint "hello" survives everything. Which texts are difficult for somebody who writes event streams, or HTML, or trims what people type?
//wirelab:hint.es "hola" sobrevive a todo. ¿Qué textos se le dificultan a quien escribe flujos de eventos, o HTML, o recorta lo que teclea la gente?
func TestTextsComeAsTheyAre(t *testing.T) { judge(t, firstLine, trims, escapes, ascii) }

// Somebody who has just come gets what was pinned before, unasked, and the board passes.
//
//wirelab:es Quien acaba de llegar recibe lo que se fijó antes, sin pedirlo, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint How do you show that something does not come, without waiting for it not to come? What would have to come after it?
//wirelab:hint.es ¿Cómo muestras que algo no llega, sin esperar a que no llegue? ¿Qué tendría que llegar después?
func TestNewcomersStartAfresh(t *testing.T) { judge(t, history) }

// Whoever comes back with Last-Event-ID misses notices, or gets some again, and the board passes.
//
//wirelab:es Quien vuelve con Last-Event-ID se pierde anuncios, o recibe algunos otra vez, y el tablero aprueba.
//wirelab:points 3
//wirelab:hint With one missed notice, "all that were missed" and "the last one" are the same.
//wirelab:hint.es Con un solo anuncio perdido, "todos los que faltaron" y "el último" son lo mismo.
func TestResume(t *testing.T) { judge(t, resumeNothing, resumeAgain, resumeSkips, resumeLast) }

// Whoever comes back gets what was missed, and after that nothing more, and the board passes.
//
//wirelab:es Quien vuelve recibe lo que se perdió y después nada más, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint A stream with Last-Event-ID is two things: what was missed, and then what any other stream is.
//wirelab:hint.es Un flujo con Last-Event-ID es dos cosas: lo que faltó y, después, lo que es cualquier otro flujo.
func TestLiveAfterResume(t *testing.T) { judge(t, resumeEnds, resumeDeaf) }

// Of several streams of a topic not each gets every notice, and the board passes.
//
//wirelab:es De varios flujos de un tema no todos reciben cada anuncio, y el tablero aprueba.
//wirelab:points 2
//wirelab:hint How many streams do you hold open at the same time?
//wirelab:hint.es ¿Cuántos flujos mantienes abiertos a la vez?
func TestEveryStream(t *testing.T) { judge(t, inTurn, newestOnly) }

// What is pinned on one topic can be read on another, and the board passes.
//
//wirelab:es Lo que se fija en un tema se lee en otro, y el tablero aprueba.
//wirelab:points 3
//wirelab:hint A wall between two rooms can have a hole in more than one place: look at what is live, and at what comes later.
//wirelab:hint.es Una pared entre dos salas puede tener un hueco en más de un lugar: mira lo que llega en vivo y lo que llega después.
func TestTopicsAreApart(t *testing.T) { judge(t, leaks, leaksOld) }

// A board does not refuse other methods as the contract says, and passes.
//
//wirelab:es Un tablero no rechaza otros métodos como dice el contrato, y aprueba.
//wirelab:points 1
//wirelab:hint A 405 has a header of its own.
//wirelab:hint.es Un 405 tiene un encabezado propio.
func TestOtherMethods(t *testing.T) { judge(t, servesAll, unknown, noAllow) }

// A board that never looks at what is pinned, and repeats what was pinned at an earlier examination, passes: whoever
// knows your texts passes without working.
//
//wirelab:es Un tablero que no mira lo que se fija, y repite lo que se fijó en un examen anterior, aprueba: quien conoce tus textos aprueba sin funcionar.
//wirelab:points 2
//wirelab:hint An exam with the same questions every year is soon passed by heart. crypto/rand has Text.
//wirelab:hint.es Un examen con las mismas preguntas cada año pronto se aprueba de memoria. crypto/rand tiene Text.
func TestTextsCannotBeForeseen(t *testing.T) {
	s := probe.Start(t)
	first := newBoard("")
	first.pinned = nil
	newHall(s).expectRight(first)
	cheat := newBoard(recalls)
	cheat.pinned = nil
	_, cheat.memory = first.used()
	newHall(s.Another()).expectWrong(cheat) // an examiner that has been started anew
}

// Somebody else uses the same topic as your examiner, and a board that keeps the contract fails for what a stranger
// has pinned. Or a board fails no examination at all.
//
//wirelab:es Alguien más usa el mismo tema que tu examinador, y un tablero que cumple el contrato reprueba por lo que fijó un extraño. O no reprueba ningún tablero.
//wirelab:points 2
//wirelab:hint The board is not yours alone, and what you pinned yesterday is still there. Where would nobody else be?
//wirelab:hint.es El tablero no es solo tuyo, y lo que fijaste ayer sigue ahí. ¿Dónde no estaría nadie más?
func TestTopicsOfItsOwn(t *testing.T) {
	s := probe.Start(t)
	first := newBoard("")
	newHall(s).expectRight(first)
	busy := newBoard("")
	busy.neighbors, _ = first.used()
	newHall(s.Another()).expectAll([]*board{busy, newBoard(pinStatus)}) // an examiner that has been started anew
}

// The error does not say what was expected and what came instead, so that whoever reads it has to find the fault
// again.
//
//wirelab:es El error no dice qué se esperaba y qué llegó en su lugar, así que quien lo lee tiene que buscar el defecto otra vez.
//wirelab:points 3
//wirelab:hint "wrong status" makes people ask "which one?". For a status and a header: both values. For a text: the one that came.
//wirelab:hint.es "estado incorrecto" hace preguntar "¿cuál?". De un estado y de un encabezado: los dos valores. De un texto: el que llegó.
func TestErrorsTell(t *testing.T) {
	h := newHall(probe.Start(t))
	h.expectRight(newBoard(""))
	b := newBoard(pinStatus)
	expectSays(h, b, "201", fmt.Sprint(b.status))
	b = newBoard(contentType)
	expectSays(h, b, "text/event-stream", b.contentType)
	b = newBoard(otherText)
	expectSays(h, b, b.text)
}

// expectSays expects an error that has all of these in it.
func expectSays(h *hall, b *board, parts ...string) {
	err := h.expectWrong(b)
	for _, part := range parts {
		if !strings.Contains(err, part) {
			h.s.Failf("expected  an error with %q in it\ngot       %q", "se esperaba  un error que contenga %q\nllegó        %q", part, err)
		}
	}
}

// A board answers nothing, or stops in the middle of an event, and the examination does not end when its context
// does.
//
//wirelab:es Un tablero no responde, o se queda a mitad de un evento, y el examen no termina cuando termina su contexto.
//wirelab:points 2
//wirelab:hint Every wait needs a bound, and you are given one. A request can take it along, and then its body has it, too.
//wirelab:hint.es Toda espera necesita un límite, y te dan uno. Una petición puede llevarlo consigo, y entonces su cuerpo también lo tiene.
func TestEndsWithItsContext(t *testing.T) {
	s := probe.Start(t)
	s.Together(3, func(i int) {
		newHall(s).expect(newBoard([]fault{silent, stuck, ""}[i]))
	})
}

// The examination is over, and its streams are still open: each one leaves a connection behind, at the board and at
// home.
//
//wirelab:es El examen terminó y sus flujos siguen abiertos: cada uno deja atrás una conexión, en el tablero y en casa.
//wirelab:points 2
//wirelab:hint Closing the body closes a stream. Which ways out of your examiner are there?
//wirelab:hint.es Cerrar el cuerpo cierra un flujo. ¿Qué salidas tiene tu examinador?
func TestLeavesNothingOpen(t *testing.T) {
	h := newHall(probe.Start(t))
	for _, f := range []fault{"", contentType, otherText} {
		b := newBoard(f)
		h.expect(b)
		h.s.Within(5*time.Second).Eventually("that no stream is open after the examination", "que no quede abierto ningún flujo después del examen",
			func() bool { return b.streams() == 0 })
	}
}
