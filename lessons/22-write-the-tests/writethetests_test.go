package writethetests

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// These tests test a test: they show your examiner some boards, and know what it should say of each. Take them in
// their order. They are yours to change, and here that is half of the work: every clause of the contract deserves a
// board that breaks it. Give testBoard one more knob, and see whether you catch it.

// A board that answers a pin with 200 instead of 201 is found out, and whoever reads the error need not look further.
//
//wirelab:es Se descubre un tablero que responde a un anuncio con 200 en vez de 201, y quien lee el error no tiene que buscar más.
//wirelab:hint POST a text to url + "/topics/" and a name of your own, and compare StatusCode with the one in the contract. fmt.Errorf with both numbers.
//wirelab:hint.es Haz POST de un texto a url + "/topics/" y un nombre tuyo, y compara StatusCode con el del contrato. fmt.Errorf con los dos números.
//wirelab:notes The contract
func TestFindsAWrongStatus(t *testing.T) {
	board := newTestBoard()
	board.pinned = http.StatusOK

	err := examine(t, board)
	require.Error(t, err, "Begin here: write Examine, in writethetests.go. Pin something, and look at the answer.")
	assert.ErrorContains(t, err, "201", "A telling error says what was expected …")
	assert.ErrorContains(t, err, "200", "… and what came instead.")
}

// A board that keeps the contract passes, today and tomorrow: an examination starts from nothing that an earlier one
// has left behind.
//
//wirelab:es Un tablero que cumple el contrato pasa, hoy y mañana: un examen no parte de nada que otro haya dejado.
//wirelab:hint Choose a new topic for each examination, at random. And check only what the contract says.
//wirelab:hint.es Elige un tema nuevo para cada examen, al azar. Y comprueba solo lo que dice el contrato.
//wirelab:notes The contract
func TestPassesTheRightBoard(t *testing.T) {
	board := newTestBoard()
	for range 3 {
		require.NoError(t, examine(t, board), "This board keeps the contract. A test that cries wolf is soon believed no more.")
	}
}

// A board that forgets the lines after the first is found out. Not by those who only ever pin "hello".
//
//wirelab:es Se descubre un tablero que olvida las líneas después de la primera.
//wirelab:hint Pin a text with a line break in it, and compare the whole Data of the event with it.
//wirelab:hint.es Fija un texto con un salto de línea y compáralo con todo el Data del evento.
//wirelab:notes To show that nothing comes
func TestFindsALostLine(t *testing.T) {
	board := newTestBoard()
	board.show = func(text string) string {
		first, _, _ := strings.Cut(text, "\n")
		return first
	}

	require.Error(t, examine(t, board))
}

// A board that takes a request and never answers cannot be waited for until it does.
//
//wirelab:es A un tablero que acepta una petición y nunca responde no se le puede esperar hasta que lo haga.
//wirelab:hint http.NewRequestWithContext for each request; client.Get and client.Post know of no context.
//wirelab:hint.es http.NewRequestWithContext en cada petición; client.Get y client.Post no saben de ningún contexto.
//wirelab:notes The API
func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	returned := make(chan error, 1)
	silent := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	go func() { returned <- Examine(ctx, silent.Client(), silent.URL) }()

	select {
	case err := <-returned:
		require.Error(t, err, "Nothing came of what the contract promises.")
	case <-time.After(patience):
		require.Fail(t, "Examine does not return", "Its context was done after 100 ms. Which request does not know of it?")
	}
}

// ReadEvent is given. This is what it makes of a stream.
func ExampleReadEvent() {
	stream := bufio.NewReader(strings.NewReader(": welcome\n\nid: 7\ndata: No ball games.\ndata: Thank you.\n\n"))
	event, err := ReadEvent(stream)
	fmt.Printf("%q %v\n", event, err)
	_, err = ReadEvent(stream)
	fmt.Println(err)
	// Output:
	// {"7" "No ball games.\nThank you."} <nil>
	// EOF
}

// patience is how long a test waits for what should come at once: a bound that nothing right ever reaches.
const patience = 5 * time.Second

// examine has the board examined, on a server of its own.
func examine(t *testing.T, board *testBoard) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	server := serve(t, board)
	return Examine(ctx, server.Client(), server.URL)
}

func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := wiretest.NewServer(t, h) // net/http/httptest, and a failure shows what went over the wire
	// Not server.Close: that waits for streams to end, and an examiner may have forgotten one.
	t.Cleanup(func() { _ = server.Config.Close() })
	return server
}

// testBoard is a notice board that keeps the contract, unless a test turns one of its knobs.
type testBoard struct {
	pinned int                      // status of the answer to a pin
	show   func(text string) string // how a text comes out

	mu     sync.Mutex
	last   int // ID of the last notice
	topics map[string]*testTopic
}

type testTopic struct {
	notices []testNotice
	streams []chan testNotice
}

type testNotice struct {
	id   int
	text string
}

func newTestBoard() *testBoard {
	return &testBoard{
		pinned: http.StatusCreated,
		show:   func(text string) string { return text },
		topics: map[string]*testTopic{},
	}
}

func (b *testBoard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic, ok := strings.CutPrefix(r.URL.Path, "/topics/")
	switch {
	case !ok:
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		b.pin(w, r, topic)
	case r.Method == http.MethodGet:
		b.stream(w, r, topic)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (b *testBoard) pin(w http.ResponseWriter, r *http.Request, name string) {
	text, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return
	case len(text) == 0:
		w.WriteHeader(http.StatusBadRequest)
		return
	case len(text) > 1000:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	notice := testNotice{b.last, string(text)}
	topic := b.topic(name)
	topic.notices = append(topic.notices, notice)
	for _, stream := range topic.streams {
		stream <- notice
	}
	w.WriteHeader(b.pinned)
	fmt.Fprint(w, notice.id)
}

func (b *testBoard) stream(w http.ResponseWriter, r *http.Request, name string) {
	notices := make(chan testNotice, 1000) // as many as a test may pin without reading
	missed := b.enter(name, notices, r.Header.Get("Last-Event-ID"))
	defer b.leave(name, notices)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	for _, notice := range missed {
		b.send(w, notice)
	}
	for {
		_ = http.NewResponseController(w).Flush() // who has left is noticed below
		select {
		case notice := <-notices:
			b.send(w, notice)
		case <-r.Context().Done():
			return
		}
	}
}

func (b *testBoard) send(w io.Writer, notice testNotice) {
	text := strings.ReplaceAll(b.show(notice.text), "\n", "\ndata: ")
	fmt.Fprintf(w, "id: %d\ndata: %s\n\n", notice.id, text)
}

// enter begins a stream, and returns what it has missed. Both in one step: nothing can come between them.
func (b *testBoard) enter(name string, notices chan testNotice, lastEventID string) (missed []testNotice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	topic := b.topic(name)
	topic.streams = append(topic.streams, notices)
	last, err := strconv.Atoi(lastEventID)
	if err != nil {
		return nil
	}
	for _, notice := range topic.notices {
		if notice.id > last {
			missed = append(missed, notice)
		}
	}
	return missed
}

func (b *testBoard) leave(name string, notices chan testNotice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	topic := b.topic(name)
	topic.streams = slices.DeleteFunc(topic.streams, func(c chan testNotice) bool { return c == notices })
}

// topic returns the topic of that name. The caller holds mu.
func (b *testBoard) topic(name string) *testTopic {
	if b.topics[name] == nil {
		b.topics[name] = &testTopic{}
	}
	return b.topics[name]
}
