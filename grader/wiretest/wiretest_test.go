package wiretest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// student is a test that somebody wrote: it fails if told so, and keeps what was printed.
type student struct {
	testing.TB
	name     string
	fails    bool
	out      bytes.Buffer
	cleanups []func()
	ctx      context.Context
	end      context.CancelFunc
}

func newStudent(t *testing.T, name string) *student {
	t.Setenv("WIRELAB_LANG", "en")
	s := &student{TB: t, name: name, fails: true}
	s.ctx, s.end = context.WithCancel(t.Context())
	t.Cleanup(s.end)
	return s
}

func (s *student) Name() string             { return s.name }
func (s *student) Failed() bool             { return s.fails }
func (s *student) Output() io.Writer        { return &s.out }
func (s *student) Context() context.Context { return s.ctx }
func (s *student) Cleanup(f func())         { s.cleanups = append(s.cleanups, f) }

// done ends the test, and returns what it printed, without the times.
func (s *student) done() string {
	s.end()
	for i := range s.cleanups {
		s.cleanups[len(s.cleanups)-1-i]()
	}
	var lines []string
	for line := range strings.Lines(s.out.String()) {
		if at := strings.Index(line, "s  conn"); at > 0 {
			line = line[at+3:]
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

func TestWebSocket(t *testing.T) {
	s := newStudent(t, "TestX")
	server := NewServer(s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if !assert.NoError(t, err) {
			return
		}
		defer conn.Close()
		_, text, err := conn.ReadMessage()
		assert.NoError(t, err)
		assert.NoError(t, conn.WriteMessage(websocket.BinaryMessage, append(text, 0xFF)))
		assert.NoError(t, conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "that was all")))
	}))
	defer server.Close()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/ws", nil)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte("hola")))
	_, _, err = conn.ReadMessage()
	require.NoError(t, err)
	_, _, err = conn.ReadMessage()
	require.Error(t, err)
	require.Equal(t, strings.TrimSpace(`
On the wire (↑ the client, ↓ the server):
conn1 ↑ request 0 GET /ws
conn1 ↓ response 0 101 Switching Protocols
conn1 ↑ text 4 "hola"
conn1 ↓ binary 5 0x686f6c61ff
conn1 ↓ close 1000 14 "that was all"`), strings.Join(strings.Split(s.done(), "\n")[:6], "\n"))
}

func TestEventStream(t *testing.T) {
	s := newStudent(t, "TestX")
	server := NewServer(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, part := range []string{": hi\n\n", "id: 7\nevent: go", "al\ndata: 1–0\n\n", "dat: none\n\n", "data: never end"} {
			fmt.Fprint(w, part)
			assert.NoError(t, http.NewResponseController(w).Flush())
		}
	}))
	defer server.Close()
	res, err := http.Get(server.URL)
	require.NoError(t, err)
	_, err = io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, strings.TrimSpace(`
On the wire (↑ the client, ↓ the server):
conn1 ↑ request 0 GET /
conn1 ↓ response 0 200 OK ⏎ Content-Type: text/event-stream
conn1 ↓ comment 2 "hi"
conn1 ↓ event goal 5 "1–0" id="7"
conn1 ↓ bytes 11 "dat: none\n\n"
conn1 ↓ bytes 15 "data: never end"`), s.done())
}

// A test that asks again and again shows the question once.
func TestRepeatedExchanges(t *testing.T) {
	s := newStudent(t, "TestX")
	server := NewServer(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "0") }))
	defer server.Close()
	for range 50 {
		res, err := http.Post(server.URL+"/members", "text/plain", strings.NewReader("how many?"))
		require.NoError(t, err)
		_, err = io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
	}
	got := s.done()
	require.Contains(t, got, "POST /members")
	require.Contains(t, got, `conn1 ↑ bytes 9 "how many?"`)
	require.Contains(t, got, "… and 49 times again, the last 4 lines")
	require.Equal(t, 1, strings.Count(got, "/members"))
}

// What is no HTTP is shown as it is; in a bubble of synctest over a pipe as well.
func TestRawOverAPipe(t *testing.T) {
	s := newStudent(t, "TestX")
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		ln := Listen(s, &oneConn{conn: server})
		conn, err := ln.Accept()
		require.NoError(t, err)
		go func() { _, _ = client.Write([]byte("*1\r\n$4\r\nPING\r\n")) }()
		_, err = io.ReadFull(conn, make([]byte, 14))
		require.NoError(t, err)
		require.NoError(t, client.Close())
		_, err = conn.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
	})
	require.Equal(t, "On the wire (↑ the client, ↓ the server):\n"+`conn1 ↑ bytes 14 "*1\r\n$4\r\nPING\r\n"`+"\nconn1 ↑ end 0 the client has closed the connection", s.done())
}

type oneConn struct {
	net.Listener
	conn net.Conn
}

func (l *oneConn) Accept() (net.Conn, error) { return l.conn, nil }

func TestSaysNothingOfWhatPasses(t *testing.T) {
	s := newStudent(t, "TestX")
	s.fails = false
	server := NewServer(s, http.NotFoundHandler())
	defer server.Close()
	res, err := http.Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Empty(t, s.done())
}

func TestSaysWhereToRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "16-hub")
	require.NoError(t, os.Mkdir(dir, 0o755))
	for name, text := range map[string]string{
		"README.md":    "## The idea\n\n## The API\r\n",
		"README.es.md": "## La idea\n\n## La API\n",
		"hub_test.go":  "//wirelab:notes The idea\n\nfunc TestX(t *testing.T) {}\n\n// It.\n//\n//wirelab:notes The API\r\nfunc TestY(t *testing.T) {\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	t.Chdir(dir)
	for test, want := range map[string]string{
		"TestX": "", "TestZ": "",
		"TestY/sub": `To read: "The API" in lessons/16-hub/README.md. A hint: go run ./grader watch, then h.`,
	} {
		s := newStudent(t, test)
		Notes(s)
		require.Equal(t, want, s.done(), test)
	}
	s := newStudent(t, "TestY")
	t.Setenv("WIRELAB_LANG", "es")
	Notes(s)
	require.Equal(t, `Para leer: "La API" en lessons/16-hub/README.es.md. Una pista: go run ./grader watch, y después h.`, s.done())
	s = newStudent(t, "TestY")
	t.Setenv("WIRELAB_WATCH", "1")
	Notes(s)
	require.Equal(t, `To read: "The API" in lessons/16-hub/README.md.`, s.done(), "watch has the hint itself")
}
