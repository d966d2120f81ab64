package hidden

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"wirelab/grader/probe"
)

const (
	queueSize = 64                          // as the notes say
	floodSize = 32 << 10                    // bytes in a message of a flood
	tooMany   = queueSize + 4<<20/floodSize // more than a queue and the kernel together hold for one stalled reader
)

// connect opens a WebSocket to the room of a hub.
func connect(s *probe.Subject, name string) *probe.Conn { return s.WebSocket("/ws", probe.As(name)) }

// name is that of the i-th member, for the transcript.
func name(i int) string {
	return []string{"ana", "luz", "eva", "sol", "leo", "gil", "mar", "paz", "rui", "ivo"}[i]
}

// broadcast sends text to all members from outside of the hub.
func broadcast(s *probe.Subject, text string) {
	s.Do(http.MethodPost, "/broadcast", []byte(text)).ExpectStatus(http.StatusNoContent)
}

// flood broadcasts n messages that fill buffers, waits until each of conns has them, and returns them. So those who
// read are never behind by more than n, however slow this machine is.
func flood(s *probe.Subject, n int, conns ...*probe.Conn) (sent []string) {
	for range n {
		text := probe.Word() + strings.Repeat(" .", floodSize/2)
		broadcast(s, text)
		sent = append(sent, text)
	}
	for _, c := range conns {
		for _, text := range sent {
			c.ExpectText(text)
		}
	}
	return sent
}

// floodUntil floods until the hub counts so many members, or until no stalled member can have room left, and returns
// what it sent. All of conns have received all of it.
func floodUntil(s *probe.Subject, members int, conns ...*probe.Conn) (sent []string) {
	client := newClient(s)
	for len(sent) < tooMany {
		sent = append(sent, flood(s, 4, conns...)...)
		if now, err := ask(client, s.URL("/members")); err == nil && now == fmt.Sprint(members) {
			break
		}
	}
	return sent
}

// visit joins, says something, waits until it comes back, and leaves again.
func visit(s *probe.Subject, name, word string, politely bool) {
	c := connect(s, name)
	c.SendText(word)
	for c.Next().Data != word {
	}
	if politely {
		c.Close()
	} else {
		c.Drop()
	}
}

// hear returns the next n messages of the connection.
func hear(c *probe.Conn, n int) (texts []string) {
	for range n {
		texts = append(texts, c.Next().Data)
	}
	return texts
}

// expectMembers waits until the hub says that it has so many members. Only a new answer is put into the
// transcript. It fails at once when the hub has closed a connection that it would need for that number.
func expectMembers(s *probe.Subject, want int) {
	client := newClient(s)
	shown := ""
	s.Eventually(fmt.Sprintf("GET /members to answer %d", want), fmt.Sprintf("que GET /members responda %d", want), func() bool {
		now, err := ask(client, s.URL("/members"))
		if os.IsTimeout(err) {
			return false
		}
		if err != nil || now != shown {
			r := s.Get("/members")
			r.ExpectStatus(http.StatusOK)
			shown = r.Body
		}
		if shown == fmt.Sprint(want) {
			return true
		}
		if s.OpenConns() < want {
			s.Failf("expected  GET /members to answer %d\ngot       %s: the subject has closed a connection that it should keep",
				"se esperaba  que GET /members responda %d\nllegó        %s: el ejercicio cerró una conexión que debía conservar", want, shown)
		}
		return false
	})
}

// newClient returns a client whose requests are not in the transcript, which would hold little else.
func newClient(s *probe.Subject) *http.Client {
	client := s.Client()
	client.Timeout = s.Bound()
	return client
}

func ask(client *http.Client, url string) (string, error) {
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64))
	return string(body), err
}

// expectSame fails unless both heard the same messages in the same order.
func expectSame(s *probe.Subject, who string, want, got []string) {
	for i := range want {
		if got[i] != want[i] {
			s.Failf("expected  %q as message %d on %s\ngot       %q", "se esperaba  %q como mensaje %d en %s\nllegó        %q",
				want[i], i+1, who, got[i])
		}
	}
}

// expectInOrder fails unless all of own are in heard, in their order.
func expectInOrder(s *probe.Subject, own, heard []string) {
	last := -1
	for _, text := range own {
		at := slices.Index(heard, text)
		if at <= last {
			s.Failf("expected  to hear what a member says in the order in which it was said\ngot       %q too early, or never",
				"se esperaba  oír lo que dice un miembro en el orden en que lo dijo\nllegó        %q demasiado pronto, o nunca", text)
		}
		last = at
	}
}
