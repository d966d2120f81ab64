package hidden

import (
	"fmt"
	"slices"
	"testing"

	"wirelab/grader/probe"
)

// Not everybody hears what one member says, or hears it changed or twice, or what is broadcast from outside does
// not arrive.
//
//wirelab:es No todos oyen lo que dice un miembro, o lo oyen cambiado o dos veces, o lo que se difunde desde fuera no llega.
//wirelab:points 2
//wirelab:hint What does Broadcast range over, and with which message type does it write?
//wirelab:hint.es ¿Qué recorre Broadcast, y con qué tipo de mensaje escribe?
func TestEverybodyHears(t *testing.T) {
	s := probe.Start(t)
	ana, others := connect(s, "ana"), []*probe.Conn{connect(s, "luz"), connect(s, "eva"), connect(s, "sol")}
	expectMembers(s, 4)

	for _, text := range []string{probe.Word(), probe.Text(300), probe.Text(20_000)} {
		ana.SendText(text)
		for _, c := range others {
			c.ExpectText(text)
		}
		announcement := probe.Word()
		broadcast(s, announcement)
		for _, c := range others {
			c.ExpectText(announcement) // a second copy of text would come before it
		}
	}
}

// Members do not hear what they say themselves, or hear it twice, or not in its place among all other messages.
//
//wirelab:es Un miembro no oye lo que él mismo dice, o lo oye dos veces, o fuera de su lugar entre los demás mensajes.
//wirelab:points 2
//wirelab:hint The sender is a member like any other: does anything in your code treat it differently?
//wirelab:hint.es Quien envía es un miembro como los demás: ¿hay algo en tu código que lo trate distinto?
func TestSenderHearsItselfOnce(t *testing.T) {
	s := probe.Start(t)
	ana, luz := connect(s, "ana"), connect(s, "luz")
	expectMembers(s, 2)

	for range 3 {
		mine, theirs := probe.Word(), probe.Word()
		ana.SendText(mine)
		luz.ExpectText(mine)
		luz.SendText(theirs)
		ana.ExpectText(mine)
		ana.ExpectText(theirs) // not mine again
		luz.ExpectText(theirs)
	}
}

// Several members talk at once, and not all hear their messages in the same order.
//
//wirelab:es Varios miembros hablan a la vez, y no todos oyen los mensajes en el mismo orden.
//wirelab:points 3
//wirelab:hint Two broadcasts at once: can the second overtake the first on its way to one member, but not to another?
//wirelab:hint.es Dos difusiones a la vez: ¿puede la segunda adelantar a la primera camino de un miembro, pero no de otro?
func TestOneOrderForAll(t *testing.T) {
	s := probe.Start(t)
	const members, each, rounds = 8, 6, 25 // fewer in flight than QueueSize: nobody may be evicted
	var conns []*probe.Conn
	for i := range members {
		conns = append(conns, connect(s, name(i)))
	}
	expectMembers(s, members)

	for range rounds {
		said := make([][]string, members)
		s.Together(members, func(i int) {
			for n := range each {
				text := fmt.Sprintf("%s %d %s", name(i), n+1, probe.Word())
				said[i] = append(said[i], text)
				conns[i].SendText(text)
			}
		})
		first := hear(conns[0], members*each)
		for _, own := range said {
			expectInOrder(s, own, first)
		}
		for i, c := range conns[1:] {
			expectSame(s, name(i+1), first, hear(c, members*each))
		}
	}
}

// Who says goodbye gets no answer, or is not let go, or is still counted.
//
//wirelab:es A quien se despide no se le responde, o no se le suelta, o se le sigue contando.
//wirelab:points 2
//wirelab:hint Upgrade has taken the connection away from net/http: who closes it now?
//wirelab:hint.es Upgrade le quitó la conexión a net/http: ¿quién la cierra ahora?
func TestGoodbyeIsAnswered(t *testing.T) {
	s := probe.Start(t)
	ana, luz := connect(s, "ana"), connect(s, "luz")
	expectMembers(s, 2)

	luz.SendClose(1000, "good night")
	luz.ExpectClose(1000)
	luz.ExpectEnd()
	expectMembers(s, 1)

	word := probe.Word()
	ana.SendText(word)
	ana.ExpectText(word)
}

// Who vanishes without a goodbye is still counted, or takes the others' talk along.
//
//wirelab:es A quien desaparece sin despedirse se le sigue contando, o se lleva consigo la charla de los demás.
//wirelab:points 2
//wirelab:hint Every error of a read is final, whatever kind it is.
//wirelab:hint.es Todo error de lectura es definitivo, sea del tipo que sea.
func TestVanishedPeerIsForgotten(t *testing.T) {
	s := probe.Start(t)
	ana, luz := connect(s, "ana"), connect(s, "luz")
	for i := range 3 {
		connect(s, name(i+2)).Drop()
	}
	eva := connect(s, "eva")
	expectMembers(s, 3)
	eva.Drop()
	expectMembers(s, 2)

	word := probe.Word()
	ana.SendText(word)
	luz.ExpectText(word)
	ana.ExpectText(word)
}

// Members vanish while messages are on their way to them, and that does harm: their reader and their writer notice
// at the same moment, and both say so.
//
//wirelab:es Unos miembros desaparecen con mensajes en camino, y eso hace daño: su lector y su escritor lo notan a la vez, y los dos lo dicen.
//wirelab:points 2
//wirelab:hint What happens when a member leaves for the second time? Closing a closed channel panics.
//wirelab:hint.es ¿Qué pasa cuando un miembro se va por segunda vez? Cerrar un canal cerrado causa un panic.
func TestLeavingTwiceIsHarmless(t *testing.T) {
	s := probe.Start(t)
	ana := connect(s, "ana")
	for range 3 {
		var leavers []*probe.Conn
		for i := range 4 {
			c := connect(s, name(i+1))
			c.Stall()
			leavers = append(leavers, c)
		}
		expectMembers(s, 5)
		flood(s, 20, ana) // more than the kernel holds for a stalled reader, less than QueueSize
		for _, c := range leavers {
			c.Drop()
		}
		expectMembers(s, 1)
	}
	luz := connect(s, "luz")
	expectMembers(s, 2)
	word := probe.Word()
	luz.SendText(word)
	ana.ExpectText(word)
	luz.ExpectText(word)
}

// Visitors come and go all the time, and those who stay miss a message, or hear one twice.
//
//wirelab:es Hay visitas que entran y salen sin parar, y quienes se quedan pierden un mensaje, o lo oyen dos veces.
//wirelab:points 3
//wirelab:hint Which lock guards your map, and does every look at it take that lock? Can a queue be closed while it is sent to?
//wirelab:hint.es ¿Qué candado protege tu mapa, y lo toma cada acceso? ¿Puede cerrarse una cola mientras se envía a ella?
func TestComingAndGoing(t *testing.T) {
	s := probe.Start(t)
	stayers := []*probe.Conn{connect(s, name(0)), connect(s, name(1))}
	expectMembers(s, 2)

	const visitors, announcements, rounds = 8, 8, 20
	for range rounds {
		said := make([]string, visitors+announcements)
		for i := range said {
			said[i] = probe.Word()
		}
		s.Together(visitors+1, func(i int) {
			if i < visitors {
				visit(s, name(i+2), said[i], i%2 == 0)
				return
			}
			for _, word := range said[visitors:] {
				broadcast(s, word)
				s.Get("/members").ExpectStatus(200)
			}
		})
		want := slices.Sorted(slices.Values(said))
		for i, c := range stayers {
			expectSame(s, name(i)+", sorted", want, slices.Sorted(slices.Values(hear(c, len(said)))))
		}
	}
	expectMembers(s, 2)
}

// A member that is behind by no more than QueueSize messages loses some of them, or is thrown out.
//
//wirelab:es Un miembro atrasado en no más de QueueSize mensajes pierde alguno, o se le expulsa.
//wirelab:points 2
//wirelab:hint How many messages fit into a member's queue?
//wirelab:hint.es ¿Cuántos mensajes caben en la cola de un miembro?
func TestBriefStallLosesNothing(t *testing.T) {
	s := probe.Start(t)
	ana, luz := connect(s, "ana"), connect(s, "luz")
	expectMembers(s, 2)

	luz.Stall()
	var missed []string
	for len(missed) < queueSize {
		missed = append(missed, flood(s, 4, ana)...)
	}
	luz.Resume()
	for _, text := range missed {
		luz.ExpectText(text)
	}
	expectMembers(s, 2)
}

// One reader stops reading, and all the others have to wait for it.
//
//wirelab:es Un lector deja de leer, y todos los demás tienen que esperarlo.
//wirelab:points 3
//wirelab:hint Who holds the lock, or waits for room in a queue, while the slow one is being written to?
//wirelab:hint.es ¿Quién tiene el candado, o espera lugar en una cola, mientras se le escribe al lento?
func TestStalledReaderDelaysNobody(t *testing.T) {
	s := probe.Start(t)
	ana, luz, eva := connect(s, "ana"), connect(s, "luz"), connect(s, "eva")
	expectMembers(s, 3)

	luz.Stall()
	floodUntil(s, 2, ana, eva)
	word := probe.Word()
	ana.SendText(word)
	ana.ExpectText(word)
	eva.ExpectText(word)
}

// A reader that never reads again stays: it is still counted, or its connection is still open. Or it has missed
// something before it had to go.
//
//wirelab:es Un lector que no vuelve a leer se queda: se le sigue contando, o su conexión sigue abierta. O se perdió algo antes de tener que irse.
//wirelab:points 2
//wirelab:hint What does Broadcast do with a member whose queue is full? Closing its connection wakes up whoever writes to it.
//wirelab:hint.es ¿Qué hace Broadcast con un miembro cuya cola está llena? Cerrar su conexión despierta a quien le escribe.
func TestStalledReaderIsEvicted(t *testing.T) {
	s := probe.Start(t)
	ana, luz := connect(s, "ana"), connect(s, "luz")
	expectMembers(s, 2)

	luz.Stall()
	sent := floodUntil(s, 1, ana)
	expectMembers(s, 1)
	s.Eventually("luz's connection closed by the subject: one connection open, ana's",
		"la conexión de luz cerrada por el ejercicio: una sola abierta, la de ana",
		func() bool { return s.OpenConns() == 1 })

	luz.Resume()
	heard, _ := luz.Drain()
	if len(heard) > len(sent) {
		s.Failf("expected  at most the %d messages that were sent to luz\ngot       %d",
			"se esperaba  a lo sumo los %d mensajes enviados a luz\nllegó        %d", len(sent), len(heard))
	}
	for i, m := range heard {
		if m.Data != sent[i] {
			s.Failf("expected  message %d on luz to be %.20q, as it was sent\ngot       %.20q: what came before the eviction has a gap",
				"se esperaba  que el mensaje %d en luz fuera %.20q, como se envió\nllegó        %.20q: lo anterior a la expulsión tiene un hueco",
				i+1, sent[i], m.Data)
		}
	}
}

// Readers that have to be evicted keep a message from reaching all the others.
//
//wirelab:es Los lectores que hay que expulsar impiden que un mensaje llegue a todos los demás.
//wirelab:points 3
//wirelab:hint After dealing with a bad member, does the loop in Broadcast go on with the rest?
//wirelab:hint.es Después de ocuparse de un miembro malo, ¿sigue el bucle de Broadcast con el resto?
func TestBadPeersDoNotEndTheRound(t *testing.T) {
	s := probe.Start(t)
	var good []*probe.Conn
	for i := range 9 {
		c := connect(s, name(i))
		if i%2 == 1 {
			c.Stall()
		} else {
			good = append(good, c)
		}
	}
	expectMembers(s, 9)

	floodUntil(s, len(good), good...)
	expectMembers(s, len(good))
}
