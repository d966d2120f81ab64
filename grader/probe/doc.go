// Package probe is what hidden tests are written with. It starts a fresh subject (the student's exercise, as an
// http.Handler) for a test, dials it in every way that a lesson needs, waits for what must come over the wire,
// and keeps the transcript of it, so that a failure shows what really happened.
//
// A hidden test never imports the exercise. Where the subject runs is not its business: in this process behind
// an httptest.Server for whoever writes lessons, or in the grader's sandbox for a class.
//
//	package hidden
//
//	import (
//		"testing"
//
//		"wirelab/grader/probe"
//	)
//
//	// Somebody in the room, or the sender, does not receive what one says.
//	//
//	//wirelab:es Alguien de la sala, o quien habla, no recibe lo que se dice.
//	//wirelab:points 2
//	//wirelab:hint Who do you range over when a message arrives?
//	//wirelab:hint.es ¿Qué recorres cuando llega un mensaje?
//	func TestEverybodyReceives(t *testing.T) {
//		s := probe.Start(t)
//		ana := s.WebSocket("/ws", probe.As("ana"))
//		luz := s.WebSocket("/ws", probe.As("luz"))
//		s.Eventually("both to be members", "que las dos sean miembros", func() bool {
//			return s.Get("/members").Body == "2" // a handshake is answered a moment before
//		})
//		hello := probe.Word()
//		ana.SendText(hello)
//		luz.ExpectText(hello)
//		ana.ExpectText(hello)
//	}
//
// # What a lesson needs
//
//   - A server: [Subject.Get], [Subject.Do], [Subject.EventStream], [Subject.WebSocket]; [Subject.Gorilla] and
//     [Subject.Coder] where one client might hide a fault; [Subject.Raw] for what no client sends; [Conn.Stall] and
//     [Conn.Drop] for peers that behave badly; [Subject.OpenConns] and [Subject.Eventually] for what is let go.
//   - Bytes: a codec answers requests, so [Subject.Do] is enough; send many vectors in one.
//   - A client, or an examiner: [Subject.Serve] and [Subject.Listen] run the server that it is to talk to, and
//     [Peer.Query] tells it where that is. Nothing else can be reached from the sandbox.
//   - Several nodes: [Subject.Another] starts one more subject in the same test; a broker is a [Peer], too.
//   - Several clients at once: [Subject.Together], so that a failure in one of them stops the test.
//
// Payloads come from [Word], [Text], [Bytes] and [Int]: no exercise can know them beforehand.
//
// # Waiting
//
// Every Expect waits for an event, never for time to pass: it returns as soon as the event is there (met), fails
// as soon as something else is there or the connection has ended (unmeetable), and fails at its bound (unmet):
// [Subject.Bound], or what [Subject.Within] says. There is no sleep. "Nothing more arrives" is proven by an event that
// would have to come after it.
//
// # Failing
//
// A test fails through the probe only, never through t.Error or an assertion library, so that each failure has
// an expected, a got, and the last lines of the transcript, and can be read in English and Spanish.
//
// # Two runs
//
// [Main] in a lesson's hidden/main_test.go runs the tests against the exercise in the same process. With the
// build tag wirelab_graded that file is left out, the tests import nothing of the lesson, and the subject is
// the one that the grader starts.
//
// Graded, the tests of a lesson share a process at first, and [Subject.Bound] is shorter: a test that fails there runs
// again with a process for each of its subjects. None has to say so. One that cannot share ([Subject.Stop]) ends there when it
// comes to that.
package probe
