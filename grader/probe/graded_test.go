package probe_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
	"wirelab/grader/subject"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// singled are victims that TestVictims does not run: each has a test of its own in this file.
func singled() map[string]victim {
	return map[string]victim{
		"graded": {test: func(s *probe.Subject) {
			c := s.WebSocket("/ws", probe.As("ana"))
			c.SendText("hello")
			c.ExpectText("hello")
			s.Get("/moved").ExpectStatus(302)
			s.Eventually("three connections, says the grader", "tres conexiones, dice el calificador", func() bool { return s.OpenConns() == 3 })
		}},
		"graded: cut": {test: func(s *probe.Subject) {
			c := s.WebSocket("/ws", probe.As("ana"))
			c.SendText("cut")
			c.ExpectText("last words")
			c.ExpectText("more")
		}},
		"peer": {subject: calls, test: func(s *probe.Subject) {
			p := s.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("42")) }), probe.As("shop"))
			s.Get("/?" + p.Query("/price"))
			s.Failf("no", "no")
		}},
		"wrong accept": {
			subject: upgradeWith(func(key string) string { return probe.Accept(key + " ") }, "", (*peer).wait),
			test:    func(s *probe.Subject) { s.WebSocket("/ws") },
		},
		"leaks a goroutine": {
			subject: func(http.ResponseWriter, *http.Request) { go func() { select {} }() },
			test:    func(s *probe.Subject) { s.Get("/") },
		},
		"leaks a connection": {
			subject: func(w http.ResponseWriter, _ *http.Request) { hijack(w).Write([]byte("taken")) },
			test: func(s *probe.Subject) {
				raw := s.Raw()
				raw.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
				raw.ReadUntil("taken") // or the server might never have seen this connection
			},
		},
	}
}

func TestGraded(t *testing.T) {
	t.Parallel()
	g := newFakeGrader(t, subject.State{Conns: 3})
	serve(t, g.subject, good())
	log, err := g.run(t, "graded", gradedEnv+"=1")
	require.NoError(t, err, "%s", log)
	got := g.result(t, log)
	require.True(t, got.Passed)
	require.True(t, got.Answered)
	require.Empty(t, got.Transcript, "a test that passed has nothing to show")
	require.True(t, got.Message.IsZero())
	require.True(t, got.Ended.IsZero())
	require.Equal(t, []string{"start", "state", "stop"}, g.calls)
}

// What a subject did to itself comes before what that looked like from outside.
func TestGradedSubjectThatEnds(t *testing.T) {
	t.Parallel()
	const cut = "\n\nexpected  text \"more\" on ana\ngot       the end of the connection"
	const race = "  write  lessons/16-hub/hub.go:12  in hub.add, goroutine 7"
	text := func(en, es string) lessons.Text { return lessons.Text{EN: en, ES: es} }
	for _, c := range []struct {
		name, victim string
		serves       bool
		state        subject.State
		en           string
		ended        string
	}{
		{
			"exits before it serves", "graded", false,
			subject.State{Text: text("the program exited with status 0", "el programa terminó con el código 0")},
			"the program exited with status 0 before answering", "the program exited with status 0 before answering",
		},
		{
			"panics before it serves", "graded", false,
			subject.State{Text: text("the program crashed\n  panic: boom", "el programa se cayó\n  panic: boom")},
			"the program crashed before answering\n  panic: boom", "the program crashed before answering\n  panic: boom",
		},
		{
			"dies in the middle", "graded: cut", true,
			subject.State{Text: text("the program crashed\n  panic: boom", "el programa se cayó\n  panic: boom")},
			"the program crashed\n  panic: boom" + cut, "the program crashed\n  panic: boom",
		},
		{
			"a data race", "graded: cut", true,
			subject.State{Race: text(race, "  escritura"), Text: text("exited with status 66", "terminó con el código 66")},
			"a data race: two goroutines use the same memory, and at least one writes\n" + race + cut,
			"a data race: two goroutines use the same memory, and at least one writes\n" + race,
		},
		{
			"a data race that no expectation sees", "graded", true,
			subject.State{Conns: 3, Race: text(race, "  escritura"), Text: text("exited with status 66", "terminó con el código 66")},
			"a data race: two goroutines use the same memory, and at least one writes\n" + race,
			"a data race: two goroutines use the same memory, and at least one writes\n" + race,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.state.Ended = true
			g := newFakeGrader(t, c.state)
			if c.serves {
				serve(t, g.subject, good())
			}
			log, err := g.run(t, c.victim, gradedEnv+"=1")
			require.Error(t, err, "%s", log)
			got := g.result(t, log)
			require.False(t, got.Passed)
			require.False(t, got.Bound)
			require.Equal(t, c.en, got.Message.EN)
			require.NotEmpty(t, got.Message.ES)
			require.Equal(t, c.ended, got.Ended.EN)
			require.Equal(t, c.serves, got.Answered)
		})
	}
}

func TestFailureInSpanish(t *testing.T) {
	t.Parallel()
	log, err := newFakeGrader(t, subject.State{}).run(t, "failf", subject.LangEnv+"=es")
	require.Error(t, err)
	require.Contains(t, log, "se esperaba  1\n")
	require.NotContains(t, log, "expected")
}

func TestWrongAccept(t *testing.T) {
	t.Parallel()
	g := newFakeGrader(t, subject.State{})
	log, err := g.run(t, "wrong accept")
	require.Error(t, err)
	got := g.result(t, log)
	require.Regexp(t, `^expected  Sec-WebSocket-Accept: (\S{28}) for the key (\S{24})\ngot       Sec-WebSocket-Accept: \S{28}$`, got.Message.EN)
	require.Equal(t, "response 101 101 Switching Protocols", wrongEntry(got.Transcript))
}

// Main looks for what the exercise leaves behind.
func TestLeaks(t *testing.T) {
	t.Parallel()
	t.Run("goroutine", func(t *testing.T) {
		t.Parallel()
		g := newFakeGrader(t, subject.State{})
		log, err := g.run(t, "leaks a goroutine")
		require.Error(t, err)
		require.Contains(t, log, "the exercise left goroutines behind")
		require.Contains(t, log, "graded_test.go")
		require.True(t, g.result(t, log).Passed, "the test itself could not know")
	})
	t.Run("connection", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("waits for the bound")
		}
		g := newFakeGrader(t, subject.State{})
		log, err := g.run(t, "leaks a connection")
		require.Error(t, err)
		got := g.result(t, log)
		require.True(t, got.Bound)
		require.Equal(t, "expected  every connection to be let go once the client is gone\ngot       1 still held by the subject", got.Message.EN)
		require.Equal(t, "se esperaba  que se suelte cada conexión cuando el cliente se va\nllegó        el ejercicio aún retiene 1", got.Message.ES)
	})
}

// The clients of libraries send and receive through a tap.
func TestTap(t *testing.T) {
	t.Parallel()
	g := newFakeGrader(t, subject.State{})
	log, err := g.run(t, "gorilla: what went over the wire")
	require.Error(t, err)
	type line struct {
		dir    wire.Dir
		kind   wire.Kind
		length int
		code   int
		data   string
	}
	var sent, received []line
	for _, e := range g.result(t, log).Transcript {
		require.Equal(t, "g", e.Conn)
		if e.Encoding == "hex" {
			e.Data = e.Data[:2]
		}
		l := line{e.Dir, e.Kind, e.Length, e.Code, e.Data}
		if e.Dir == wire.Send {
			require.Equal(t, e.Kind != wire.KindRequest, e.Masked)
			sent = append(sent, l)
		} else {
			received = append(received, l)
		}
	}
	require.Equal(t, []line{
		{wire.Send, wire.KindRequest, 0, 0, "GET /ws HTTP/1.1"},
		{wire.Send, wire.KindBinary, 5, 0, "hello"},
		{wire.Send, wire.KindPong, 1, 0, "p"},
		{wire.Send, wire.KindClose, 2, 1000, ""},
	}, sent)
	require.Equal(t, []line{
		{wire.Receive, wire.KindResponse, 0, 101, "101 Switching Protocols"},
		{wire.Receive, wire.KindPing, 1, 0, "p"},
		{wire.Receive, wire.KindText, 70_000, 0, "00"},
		{wire.Receive, wire.KindClose, 5, 1000, "bye"},
	}, received)
}
