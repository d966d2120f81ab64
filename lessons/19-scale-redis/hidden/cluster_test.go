package hidden

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"wirelab/grader/probe"
)

// node is one subject, and its link to the broker.
type node struct {
	*probe.Subject
	link *link
}

// start returns two nodes of the service, a and b, with one broker between them.
func start(t *testing.T) (a, b node, middle *broker) {
	middle, err := openBroker(t) // before the subjects, so that it ends after them
	s := probe.Start(t)
	if err != nil {
		s.Latef("expected  a broker for the test\ngot       %v", "se esperaba  un broker para la prueba\nllegó        %v", err)
	}
	return newNode(t, s, "a", middle), newNode(t, s.Another(), "b", middle), middle
}

func newNode(t *testing.T, s *probe.Subject, name string, middle *broker) node {
	peer := s.Listen(probe.As(middle.name + " " + name))
	n := node{s, newLink(t, middle, peer)}
	s.EventStream("/broker?"+peer.Query(""), probe.Method(http.MethodPost), probe.As("node "+name)).ExpectStatus(http.StatusOK)
	return n
}

// member is a client that is in a room.
type member struct {
	*probe.Conn
	name  string
	taken []string // heard, and still to be judged by follow
}

// join opens a WebSocket to the node, as a member of the room.
func (n node) join(room, name string) *member {
	return &member{Conn: n.WebSocket("/ws?"+url.Values{"room": {room}}.Encode(), probe.As(name)), name: name}
}

// say sends a text that has never been said before, which all of the members must hear next.
func say(from *member, members ...*member) string {
	word := probe.Word()
	from.SendText(word)
	hear(word, members...)
	return word
}

// hear waits until each of the members has heard the text, as the next one.
func hear(text string, members ...*member) {
	for _, m := range members {
		m.ExpectText(text)
	}
}

// expectSubscriptions fails unless so many connections are subscribed to the room, at this moment.
func expectSubscriptions(s *probe.Subject, middle *broker, room string, want int) {
	if got := middle.subscriptions(s, room); got != want {
		s.Failf("expected  PUBSUB NUMSUB room:%[1]s to count %[2]d at the broker\ngot       %[3]d",
			"se esperaba  que PUBSUB NUMSUB room:%[1]s cuente %[2]d en el broker\nllegó        %[3]d", room, want, got)
	}
}

// awaitSubscriptions waits until so many connections are subscribed to the room.
func awaitSubscriptions(s *probe.Subject, middle *broker, room string, want int) {
	s.Eventually(fmt.Sprintf("PUBSUB NUMSUB room:%s to count %d at the broker", room, want),
		fmt.Sprintf("que PUBSUB NUMSUB room:%s cuente %d en el broker", room, want),
		func() bool { return middle.subscriptions(s, room) == want })
}

// speech is what one member has said, in that order.
type speech struct {
	texts []string
	whole bool // nothing of it may be missing
}

// together has all members talk at the same time, each of them n times.
func together(s *probe.Subject, n int, members ...*member) []speech {
	said := make([]speech, len(members))
	s.Together(len(members), func(i int) {
		said[i].whole = true
		for k := range n {
			text := fmt.Sprintf("%s %d %s", members[i].name, k+1, probe.Word())
			said[i].texts = append(said[i].texts, text)
			members[i].SendText(text)
		}
	})
	return said
}

// follow takes what the member hears until it has the last text of every speech. Each speech must be heard in its
// order, and nothing twice.
func follow(s *probe.Subject, m *member, said ...speech) {
	next := make([]int, len(said))
	for ended := 0; ended < len(said); {
		text := m.next()
		who, at := -1, -1
		for i, sp := range said {
			if k := slices.Index(sp.texts, text); k >= 0 {
				who, at = i, k
			}
		}
		switch {
		case who < 0 || at < next[who]:
			s.Failf("expected  %s to hear each message once, and those of one speaker in the order in which they were said\ngot       %q, again or too late",
				"se esperaba  que %s oiga cada mensaje una vez, y los de quien habla en el orden en que los dijo\nllegó        %q, otra vez o demasiado tarde", m.name, text)
		case said[who].whole && at > next[who]:
			s.Failf("expected  %s to hear %q\ngot       %q, which was said after it",
				"se esperaba  que %s oiga %q\nllegó        %q, que se dijo después", m.name, said[who].texts[next[who]], text)
		}
		if next[who] = at + 1; next[who] == len(said[who].texts) {
			ended++
		}
	}
}

// next is the next text that the member has heard.
func (m *member) next() string {
	if len(m.taken) > 0 {
		text := m.taken[0]
		m.taken = m.taken[1:]
		return text
	}
	return m.Next().Data
}

// reach has one member talk until another hears something of it, which lives on a node that has just found its broker
// again: then the next word must reach it as well. It returns all that was said; follow judges what was heard.
func reach(s *probe.Subject, from, to *member) (said []string) {
	var mu sync.Mutex
	reached := make(chan struct{})
	s.Together(2, func(i int) {
		if i == 1 {
			defer close(reached)
			for found := false; !found; {
				text := to.Next().Data
				to.taken = append(to.taken, text)
				mu.Lock()
				found = slices.Contains(said, text)
				mu.Unlock()
			}
			return
		}
		again := time.NewTicker(100 * time.Millisecond)
		defer again.Stop()
		for {
			word := probe.Word()
			mu.Lock()
			said = append(said, word)
			mu.Unlock()
			from.SendText(word)
			select {
			case <-reached:
				return
			case <-again.C:
			}
		}
	})
	last := probe.Word()
	from.SendText(last)
	return append(said, last)
}
