package hidden

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wirelab/grader/probe"
)

// As the notes say.
const (
	outboxSize  = 1024
	joinTimeout = 5 * time.Second
)

// What is said on one node does not reach everybody in the room, or does not arrive as it was said: members of one
// room hear each other, whichever node they are on, and also when two of them say the same.
//
//wirelab:es Lo que se dice en un nodo no les llega a todos los de la sala, o no llega tal como se dijo: los miembros de una sala se oyen estén en el nodo que estén, también cuando dos dicen lo mismo.
//wirelab:points 2
//wirelab:hint What does a node publish, and what does it do with what comes in from the broker's channel?
//wirelab:hint.es ¿Qué publica un nodo, y qué hace con lo que le llega por el canal del broker?
func TestRoomsSpanNodes(t *testing.T) {
	a, b, _ := start(t)
	room := probe.Word()
	ana, luz, eva := a.join(room, "ana"), a.join(room, "luz"), b.join(room, "eva")
	for _, text := range []string{probe.Word(), probe.Text(300), "two words: " + probe.Word(), "\n" + probe.Word(), probe.Text(20_000)} {
		ana.SendText(text)
		hear(text, ana, luz, eva)
		eva.SendText(text) // the same, and yet another message
		hear(text, ana, luz, eva)
	}
	last := probe.Word()
	eva.SendText(last)
	eva.Drop() // what has been said is said, even if whoever said it has gone
	hear(last, ana, luz)
}

// Somebody hears a message twice: from their own node, and once more when it comes back from the broker.
//
//wirelab:es Alguien oye un mensaje dos veces: de su propio nodo, y otra vez cuando vuelve del broker.
//wirelab:points 3
//wirelab:hint The broker sends a message to everybody who is subscribed, the node that published it included. How can that node tell its own messages?
//wirelab:hint.es El broker envía un mensaje a todos los suscritos, también al nodo que lo publicó. ¿Cómo puede ese nodo reconocer los suyos?
func TestNobodyHearsTwice(t *testing.T) {
	a, b, _ := start(t)
	room := probe.Word()
	ana, luz := a.join(room, "ana"), a.join(room, "luz")
	eva, sol := b.join(room, "eva"), b.join(room, "sol")
	for range 5 {
		// A copy that comes back to ana's node does so before anything that eva says after having heard it.
		say(ana, ana, luz, eva, sol)
		say(eva, eva, sol, ana, luz)
	}
}

// A message is heard in a room where it was not said.
//
//wirelab:es Un mensaje se oye en una sala en la que no se dijo.
//wirelab:points 2
//wirelab:hint A message from the broker comes with its channel. Which members do you hand it to? And can two rooms end up in one channel?
//wirelab:hint.es Un mensaje del broker trae su canal. ¿A qué miembros se lo entregas? ¿Y pueden dos salas acabar en un mismo canal?
func TestRoomsDoNotMix(t *testing.T) {
	a, b, _ := start(t)
	base := probe.Word()
	rooms := []string{base, base + "2", base + "*", base + "?", "[" + base + "]", strings.ToUpper(base), base + " " + base, "*" + base}
	var here, there []*member
	for i, room := range rooms {
		here = append(here, a.join(room, fmt.Sprint("ana", i)))
		there = append(there, b.join(room, fmt.Sprint("eva", i)))
	}
	for range 2 { // what has gone astray comes before the second round
		for i := range rooms {
			say(here[i], here[i], there[i])
		}
		for i := range rooms {
			say(there[i], there[i], here[i])
		}
	}
}

// When several people talk at once, some of it is lost, or arrives in another order than it was said in.
//
//wirelab:es Cuando varios hablan a la vez, algo se pierde, o llega en otro orden del que se dijo.
//wirelab:points 3
//wirelab:hint Between Say and the broker, can the second message of a member overtake its first? Two goroutines that publish can.
//wirelab:hint.es Entre Say y el broker, ¿puede el segundo mensaje de un miembro adelantar al primero? Dos goroutines que publican sí pueden.
func TestOrderOfEachSpeaker(t *testing.T) {
	a, b, _ := start(t)
	room := probe.Word()
	members := []*member{a.join(room, "ana"), a.join(room, "luz"), b.join(room, "eva"), b.join(room, "sol")}
	for range 4 {
		said := together(a.Subject, 60, members...)
		for _, m := range members {
			follow(a.Subject, m, said...)
		}
	}
	say(members[0], members...) // nothing is left over
	say(members[2], members...)
}

// A member is let in before the node's subscription stands, and misses what is said right after it has come.
//
//wirelab:es Un miembro entra antes de que la suscripción del nodo esté en pie, y se pierde lo que se dice apenas llega.
//wirelab:points 3
//wirelab:hint Subscribe only sends the request. What does the broker send back when it has been dealt with, and who in your code waits for that?
//wirelab:hint.es Subscribe solo envía la petición. ¿Qué responde el broker cuando ya la atendió, y quién en tu código espera esa respuesta?
func TestJoinedMeansSubscribed(t *testing.T) {
	a, b, middle := start(t)
	for range 2 {
		room := probe.Word()
		eva := b.join(room, "eva")
		a.link.holdSubscribe()
		var ana *member
		var joined atomic.Bool
		a.Together(2, func(i int) {
			if i == 0 {
				ana = a.join(room, "ana")
				joined.Store(true)
				return
			}
			defer a.link.pass()
			a.Eventually("a request to subscribe, at the broker", "una petición de suscripción, en el broker",
				func() bool { return joined.Load() || a.link.wasAsked() })
			begin := time.Now()
			for asked := 0; asked < 20 && time.Since(begin) < time.Second; asked++ { // as long as answers take, and then some
				if joined.Load() {
					a.Failf("expected  the handshake to be answered once the broker has confirmed the subscription\ngot       101, and the request to subscribe has not even reached the broker",
						"se esperaba  que el saludo se responda cuando el broker haya confirmado la suscripción\nllegó        101, y la petición de suscripción ni siquiera ha llegado al broker")
				}
				a.Get("/").ExpectStatus(http.StatusNotFound)
			}
		})
		expectSubscriptions(a.Subject, middle, room, 2)
		say(eva, eva, ana)
	}
}

// A node subscribes to a room more than once, for example for each of its members. The broker then sends it
// everything as many times.
//
//wirelab:es Un nodo se suscribe a una sala más de una vez, por ejemplo por cada miembro. Entonces el broker le envía todo otras tantas veces.
//wirelab:points 2
//wirelab:hint Who subscribes: the member who comes, or the room with its first member? And who knows whether there is a first one?
//wirelab:hint.es ¿Quién se suscribe: el miembro que llega, o la sala con su primer miembro? ¿Y quién sabe si ya hay un primero?
func TestOneSubscriptionForEachRoom(t *testing.T) {
	a, b, middle := start(t)
	const members = 12
	for round := range 2 {
		room, other := probe.Word(), probe.Word()
		all := make([]*member, members)
		a.Together(members, func(i int) { all[i] = a.join(room, fmt.Sprintf("ana%d.%d", round+1, i)) })
		expectSubscriptions(a.Subject, middle, room, 1)
		eva := b.join(room, fmt.Sprintf("eva%d", round+1))
		b.join(other, fmt.Sprintf("sol%d", round+1))
		expectSubscriptions(a.Subject, middle, room, 2)
		expectSubscriptions(a.Subject, middle, other, 1)
		all = append(all, eva)
		say(eva, all...)
		say(all[0], all...)
	}
}

// The last member has left a room, and the node is still subscribed to it; or it is subscribed no more, and there are
// members left.
//
//wirelab:es El último miembro dejó una sala y el nodo sigue suscrito a ella; o ya no lo está, y aún quedan miembros.
//wirelab:points 3
//wirelab:hint What does leave do for the last member, and what for all the others? Under which lock is it decided who is the last?
//wirelab:hint.es ¿Qué hace leave con el último miembro, y qué con los demás? ¿Bajo qué candado se decide quién es el último?
func TestEmptyRoomIsUnsubscribed(t *testing.T) {
	a, b, middle := start(t)
	room := probe.Word()
	eva := b.join(room, "eva")
	for range 3 {
		ana, luz := a.join(room, "ana"), a.join(room, "luz")
		say(eva, eva, ana, luz)
		luz.Close()
		for range 20 { // the node takes a moment to see that luz has left
			say(eva, eva, ana)
		}
		say(ana, eva, ana)
		expectSubscriptions(a.Subject, middle, room, 2)
		ana.Drop()
		awaitSubscriptions(a.Subject, middle, room, 1)
	}

	const visitors, visits = 6, 8
	a.Together(visitors, func(i int) {
		for range visits {
			c := a.join(room, fmt.Sprint("visitor", i+1))
			c.Drop()
		}
	})
	awaitSubscriptions(a.Subject, middle, room, 1)
	ana := a.join(room, "ana")
	say(eva, eva, ana)
	say(ana, eva, ana)
	ana.Close()
	eva.Close()
	awaitSubscriptions(a.Subject, middle, room, 0)
}

// The broker is gone, and members of one node no longer hear each other, or cannot even come in. For what they say
// among themselves they need no broker.
//
//wirelab:es El broker no está, y los miembros de un mismo nodo ya no se oyen entre sí, o ni siquiera pueden entrar. Para hablar entre ellos no lo necesitan.
//wirelab:points 3
//wirelab:hint Which way does a message take from one member to another on the same node? And what does Join do when it cannot subscribe?
//wirelab:hint.es ¿Qué camino recorre un mensaje entre dos miembros del mismo nodo? ¿Y qué hace Join cuando no puede suscribirse?
func TestLocalChatWithoutBroker(t *testing.T) {
	a, _, _ := start(t)
	room := probe.Word()
	ana, luz := a.join(room, "ana"), a.join(room, "luz")
	say(ana, ana, luz)
	a.link.cut()
	for range 20 {
		say(ana, ana, luz)
		say(luz, ana, luz)
	}
	eva := a.join(room, "eva")
	say(eva, ana, luz, eva)
	fresh := probe.Word()
	sol, leo := a.join(fresh, "sol"), a.join(fresh, "leo")
	say(sol, sol, leo)
	say(leo, sol, leo)
	say(ana, ana, luz, eva)
}

// A broker that no longer answers, but is still connected, slows down those who talk on one node.
//
//wirelab:es Un broker que ya no responde, pero sigue conectado, frena a quienes hablan en un mismo nodo.
//wirelab:points 3
//wirelab:hint A publish may take as long as the client's timeout. Who waits for it, with which lock, and what happens to message OutboxSize + 1?
//wirelab:hint.es Publicar puede durar hasta que se agote el plazo del cliente. ¿Quién espera, con qué candado, y qué pasa con el mensaje OutboxSize + 1?
func TestHangingBrokerDelaysNobody(t *testing.T) {
	a, _, _ := start(t)
	room := probe.Word()
	ana, luz := a.join(room, "ana"), a.join(room, "luz")
	say(ana, ana, luz)
	a.link.freeze()
	const newcomers = 6
	a.Together(newcomers+1, func(i int) {
		if i > 0 {
			node{a.Within(joinTimeout + probe.Bound), a.link}.join(probe.Word(), fmt.Sprint("newcomer", i)) // waits for the broker
			return
		}
		for said := 0; said < outboxSize+200; said += 50 {
			begin := time.Now()
			var words []string
			for range 50 {
				words = append(words, probe.Word())
				ana.SendText(words[len(words)-1])
			}
			for _, word := range words {
				hear(word, ana, luz)
				if waited := time.Since(begin); waited > probe.Bound {
					a.Latef("expected  members of one node to hear each other at once, whatever the broker does\ngot       %d messages in %s",
						"se esperaba  que los miembros de un mismo nodo se oigan enseguida, haga lo que haga el broker\nllegó        %d mensajes en %s",
						slices.Index(words, word)+1, waited.Round(time.Second))
				}
			}
		}
	})
}

// The broker went away and came back, and the nodes do not hear each other as before: nothing gets through any more,
// or it comes twice, or in disorder.
//
//wirelab:es El broker se fue y volvió, y los nodos no se oyen como antes: ya no pasa nada, o llega dos veces, o en desorden.
//wirelab:points 4
//wirelab:hint What does the loop that receives do after an error? Receive of a redis.PubSub connects and subscribes again by itself, when it is called again.
//wirelab:hint.es ¿Qué hace después de un error el bucle que recibe? Receive de redis.PubSub se conecta y se suscribe de nuevo por sí solo, si se le vuelve a llamar.
func TestBrokerComesBack(t *testing.T) {
	a, b, middle := start(t)
	room := probe.Word()
	ana, luz, eva := a.join(room, "ana"), a.join(room, "luz"), b.join(room, "eva")
	for range 2 {
		say(ana, ana, luz, eva)
		say(eva, ana, luz, eva)
		a.link.cut()
		b.link.cut()
		awaitSubscriptions(a.Subject, middle, room, 0)
		var ofAna, ofEva []string // said while the broker was away: it may come late to the others, or not at all
		for range 3 {
			ofAna = append(ofAna, say(ana, ana, luz))
			ofEva = append(ofEva, say(eva, eva))
		}
		a.link.mend()
		b.link.mend()
		awaitSubscriptions(a.Subject, middle, room, 2)
		moreOfAna, moreOfEva := reach(a.Subject, ana, eva), reach(a.Subject, eva, ana)
		for _, m := range []*member{ana, luz} {
			follow(a.Subject, m, speech{moreOfAna, true}, speech{append(ofEva, moreOfEva...), false})
		}
		follow(a.Subject, eva, speech{moreOfEva, true}, speech{append(ofAna, moreOfAna...), false})

		said := together(a.Subject, 30, ana, luz, eva)
		for _, m := range []*member{ana, luz, eva} {
			follow(a.Subject, m, said...)
		}
	}
	say(ana, ana, luz, eva) // nothing is left over
	say(eva, ana, luz, eva)
}

// The broker's answer to a message got lost, and the message was published again: others hear it twice.
//
//wirelab:es La respuesta del broker a un mensaje se perdió y el mensaje se publicó otra vez: los demás lo oyen dos veces.
//wirelab:points 2
//wirelab:hint An error from Publish does not say that the broker never got the message. How often do you try?
//wirelab:hint.es Un error de Publish no dice que el broker nunca recibió el mensaje. ¿Cuántas veces lo intentas?
func TestLostAnswerDoublesNothing(t *testing.T) {
	a, b, _ := start(t)
	room := probe.Word()
	ana, eva := a.join(room, "ana"), b.join(room, "eva")
	say(ana, ana, eva)
	for range 3 {
		a.link.loseAnswer()
		say(ana, ana, eva)
		said := reach(a.Subject, ana, eva)
		follow(a.Subject, ana, speech{said, true})
		follow(a.Subject, eva, speech{said, false})
		say(eva, eva, ana)
	}
}
