package scaleredis

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// A Node knows nothing of WebSockets: it asks no more of a member than Send. So these tests need no connections, and
// their members are channels. The broker is real, or nearly so: see broker_test.go. Work through them from the top:
//
//	go test -failfast -race ./lessons/19-scale-redis

// Members of one node hear each other.
//
//wirelab:es Los miembros de un mismo nodo se oyen.
//wirelab:hint Rooms are a map from a name to members, as in lesson 16. Say hands the text to all in the room, before any broker.
//wirelab:hint.es Las salas son un mapa de un nombre a sus miembros, como en la lección 16. Say entrega el texto a la sala, antes que a ningún broker.
//wirelab:notes The API
func TestMembersOfOneNodeHearEachOther(t *testing.T) {
	n, room := startNode(t, startBroker(t)), newRoom()
	ana, luz := join(t, n, room), join(t, n, room)
	say(n, room, "hola")
	hear(t, luz, "hola", "luz is in the room. Start here: Join and Say in scaleredis.go")
	hear(t, ana, "hola", "nobody is left out, the speaker neither")
}

// Members of two nodes hear each other, once.
//
//wirelab:es Los miembros de dos nodos se oyen, una sola vez.
//wirelab:hint Put an ID of the node in front of what you publish. What comes back with your own ID has been heard here already.
//wirelab:hint.es Antepón a lo que publicas un ID del nodo. Lo que vuelve con tu propio ID aquí ya se ha oído.
//wirelab:notes A message on its way
func TestMembersOfTwoNodesHearEachOther(t *testing.T) {
	b, room := startBroker(t), newRoom()
	here, there := startNode(t, b), startNode(t, b)
	ana, eva := join(t, here, room), join(t, there, room)
	for i := range 3 {
		// If ana heard her own words once more, when they come back from the broker, she would do so before the answer.
		question, answer := fmt.Sprint("question ", i), fmt.Sprint("answer ", i)
		say(here, room, question)
		hear(t, eva, question, "it was said on the other node")
		hear(t, ana, question, "it was said on her own node")
		say(there, room, answer)
		hear(t, ana, answer, "she has heard herself already, once")
		hear(t, eva, answer, "it was said on her own node")
	}
}

// Who has joined misses nothing.
//
//wirelab:es Quien ha entrado no se pierde nada.
//wirelab:hint Redis confirms a subscription with a message of its own: *redis.Subscription. Join returns when that one has been received.
//wirelab:hint.es Redis confirma una suscripción con un mensaje propio: *redis.Subscription. Join retorna cuando se ha recibido ese.
//wirelab:notes The idea
func TestWhoHasJoinedMissesNothing(t *testing.T) {
	b := startBroker(t)
	here, there := startNode(t, b), startNode(t, b)
	for range 50 { // each in a fresh room: the subscription is new every time
		room := newRoom()
		ana := join(t, here, room)
		say(there, room, "welcome")
		hear(t, ana, "welcome", "Join has returned, so the node must be subscribed by now")
	}
}

// A room has one subscription, and only while somebody is in it.
//
//wirelab:es Una sala tiene una sola suscripción, y solo mientras haya alguien.
//wirelab:hint Count the members of the room: the first one subscribes, the last one unsubscribes.
//wirelab:hint.es Cuenta los miembros de la sala: el primero se suscribe, el último cancela la suscripción.
//wirelab:notes The idea
func TestARoomIsSubscribedToOnceAndNoLongerThanNeeded(t *testing.T) {
	b, room := startBroker(t), newRoom()
	n := startNode(t, b)
	leaveFirst := n.Join(room, make(member, 8))
	leaveSecond := n.Join(room, make(member, 8))
	require.Equal(t, 1, b.subscribers(t, room), "subscriptions of one node with two members in the room")
	leaveFirst()
	require.Equal(t, 1, b.subscribers(t, room), "subscriptions while a member is left")
	leaveSecond()
	require.Eventually(t, func() bool { return b.subscribers(t, room) == 0 }, soon, 5*time.Millisecond,
		"everybody has left, and the node is still subscribed")
}

// The broker goes, and the node goes on; it comes back, and so do the others.
//
//wirelab:es El broker se va y el nodo sigue; vuelve, y con él los demás.
//wirelab:hint An error of Receive is no reason to leave the loop; wait a moment and call it again. Only the context ends it.
//wirelab:hint.es Un error de Receive no es motivo para salir del bucle; espera un momento y llámala otra vez. Solo el contexto lo termina.
//wirelab:notes The idea
func TestTheBrokerGoesAndComesBack(t *testing.T) {
	b, room := startBroker(t), newRoom()
	here, there := startNode(t, b), startNode(t, b)
	ana, eva := join(t, here, room), join(t, there, room)

	b.goAway()
	require.Eventually(t, func() bool { return b.subscribers(t, room) == 0 }, soon, 5*time.Millisecond)
	say(here, room, "is anybody there?")
	hear(t, ana, "is anybody there?", "her own node needs no broker")
	luz := join(t, here, room)

	b.comeBack()
	require.Eventually(t, func() bool { return b.subscribers(t, room) == 2 }, soon, 5*time.Millisecond,
		"the broker is back, and not every node has subscribed again")
	said := sayUntilHeard(t, here, room, eva)
	say(there, room, "we hear you")
	for _, m := range []member{ana, luz} {
		for _, text := range said {
			hear(t, m, text, "it was said on her own node")
		}
		hear(t, m, "we hear you", "it was said on the other node, and nothing else was")
	}
}

// soon is how long a test waits for what should take a millisecond.
const soon = 3 * time.Second

// member is somebody in a room: what it hears can be received from it.
type member chan string

// Send is what the node calls. It does not wait; a member that is too far behind misses something.
func (m member) Send(text []byte) {
	select {
	case m <- string(text):
	default:
	}
}

// startNode starts a node that finds the broker behind its proxy.
func startNode(t *testing.T, b *broker) *Node {
	t.Helper()
	client := redis.NewClient(&redis.Options{
		Addr:        b.proxy.Addr().String(),
		DialTimeout: time.Second, DialerRetries: 1, MaxRetries: -1, // as subject.go has it
	})
	t.Cleanup(func() { client.Close() })
	return NewNode(t.Context(), client)
}

// newRoom returns the name of a room that nobody else is in, for the server may be in use.
func newRoom() string { return "test-" + rand.Text() }

// join brings a new member into the room, for as long as the test lasts.
func join(t *testing.T, n *Node, room string) member {
	t.Helper()
	m := make(member, 256)
	t.Cleanup(n.Join(room, m))
	return m
}

func say(n *Node, room, text string) { n.Say(room, []byte(text)) }

// hear waits until the member has heard the text, as the next one. The reason says why it should.
func hear(t *testing.T, m member, want, reason string) {
	t.Helper()
	select {
	case text := <-m:
		require.Equal(t, want, text, reason)
	case <-time.After(soon):
		require.FailNow(t, "nothing was heard", "%q should have been: %s", want, reason)
	}
}

// sayUntilHeard says one thing after the other until the member hears one of them, and returns them all. A node may
// take a moment to notice that the broker is back, and what is said meanwhile is lost to the others.
func sayUntilHeard(t *testing.T, n *Node, room string, m member) (said []string) {
	t.Helper()
	for i := range 50 {
		said = append(said, fmt.Sprint("can you hear me? ", i))
		say(n, room, said[i])
		select {
		case <-m:
			return said
		case <-time.After(soon / 50):
		}
	}
	require.FailNow(t, "the other node hears nothing any more")
	return nil
}
