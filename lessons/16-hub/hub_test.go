package hub

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// The tests below talk to the hub as browsers would: over a real connection, through Subject. Work through them
// from the top; -failfast stops at the first one that fails, and -race finds what only happens now and then:
//
//	go test -failfast -race ./lessons/16-hub

// Whoever connects is a member.
//
//wirelab:es Quien se conecta es miembro.
//wirelab:hint A map of connections in Hub, a mutex beside it. Serve adds conn, and then stays: as long as it has not returned, conn is in.
//wirelab:hint.es Un mapa de conexiones en Hub y un mutex al lado. Serve agrega conn y se queda: mientras no retorne, conn está dentro.
//wirelab:notes The API
func TestWhoConnectsIsAMember(t *testing.T) {
	srv := serve(t)
	connect(t, srv)
	waitForMembers(t, srv, 1, "one connection is open. Start here: Serve in hub.go makes it a member")
	connect(t, srv)
	waitForMembers(t, srv, 2, "a second connection is open")
}

// What one says, all hear, once, and the speaker too.
//
//wirelab:es Lo que dice uno lo oyen todos, una vez, y quien habló también.
//wirelab:hint In Serve: read in a loop, and give each message to Broadcast. In Broadcast: one message into the queue of each member.
//wirelab:hint.es En Serve: lee en un bucle y dale cada mensaje a Broadcast. En Broadcast: un mensaje a la cola de cada miembro.
//wirelab:notes A message on its way
func TestEverybodyHearsWhatOneSays(t *testing.T) {
	srv := serve(t)
	ana, luz, eva := connect(t, srv), connect(t, srv), connect(t, srv)
	waitForMembers(t, srv, 3, "three connections are open")

	say(t, ana, "hola")
	assert.Equal(t, "hola", hear(t, luz), "what luz hears when ana speaks")
	assert.Equal(t, "hola", hear(t, eva), "what eva hears when ana speaks")
	assert.Equal(t, "hola", hear(t, ana), "what ana hears of herself: members hear themselves, too")

	// Had anyone heard it twice, the second "hola" would come before this.
	say(t, luz, "adiós")
	for _, member := range []*websocket.Conn{ana, luz, eva} {
		assert.Equal(t, "adiós", hear(t, member))
	}
}

// Whoever leaves is no longer a member, with a goodbye or without.
//
//wirelab:es Quien se va deja de ser miembro, con despedida o sin ella.
//wirelab:hint When ReadMessage returns an error, take the member out of the map and close the connection: a defer does both.
//wirelab:hint.es Cuando ReadMessage devuelve un error, saca al miembro del mapa y cierra la conexión: un defer hace las dos cosas.
//wirelab:notes The idea
func TestWhoLeavesIsNoLongerAMember(t *testing.T) {
	srv := serve(t)
	ana, luz, eva := connect(t, srv), connect(t, srv), connect(t, srv)
	waitForMembers(t, srv, 3, "three connections are open")

	// Luz says goodbye as RFC 6455 wants it, with a close frame, and waits for the answer.
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	require.NoError(t, luz.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(soon)))
	_, _, err := luz.ReadMessage()
	assert.True(t, websocket.IsCloseError(err, websocket.CloseNormalClosure), "the goodbye is answered; got %v", err)
	waitForMembers(t, srv, 2, "luz has said goodbye")

	// Eva just vanishes: a tab closed, a train in a tunnel.
	require.NoError(t, eva.NetConn().Close())
	waitForMembers(t, srv, 1, "eva's connection is gone")

	say(t, ana, "is anybody there?")
	assert.Equal(t, "is anybody there?", hear(t, ana))
}

// Someone who does not read keeps nobody waiting, and is let go in the end.
//
//wirelab:es Alguien que no lee no hace esperar a nadie, y al final se le deja ir.
//wirelab:hint Each member has a buffered channel and a goroutine that writes from it. Broadcast sends with a select that has a default.
//wirelab:hint.es Cada miembro tiene un canal con búfer y una goroutine que escribe desde él. Broadcast envía con un select que tiene default.
//wirelab:notes The idea
func TestASlowReaderDoesNotKeepTheOthersWaiting(t *testing.T) {
	srv := serve(t)
	ana := connect(t, srv)
	connect(t, srv) // this one never reads
	waitForMembers(t, srv, 2, "two connections are open")

	// At first the kernel keeps for the slow reader what the hub writes: a few MiB. This is more than it takes.
	padding := strings.Repeat(".", 32<<10)
	for i := range 1000 {
		want := fmt.Sprint(i, padding)
		broadcast(t, srv, want)
		require.True(t, want == hear(t, ana), "ana hears broadcast %d", i) // not Equal, which would print it all
	}
	waitForMembers(t, srv, 1, "the slow reader was more than QueueSize messages behind: the hub must let it go")
}

// Members come and go while others talk, and nothing is lost.
//
//wirelab:es Hay quien entra y sale mientras otros hablan, y no se pierde nada.
//wirelab:hint Run it with -race. Every access to the map stands between Lock and Unlock, and so does whatever closes a queue.
//wirelab:hint.es Ejecútala con -race. Todo acceso al mapa va entre Lock y Unlock, y también lo que cierra una cola.
//wirelab:notes The idea
func TestMembersComeAndGoWhileOthersTalk(t *testing.T) {
	srv := serve(t)
	ana := connect(t, srv)
	waitForMembers(t, srv, 1, "one connection is open")

	var visitors sync.WaitGroup
	for range 8 {
		visitors.Go(func() {
			for range 10 {
				visitor, _, err := websocket.DefaultDialer.DialContext(t.Context(), address(srv), nil)
				if assert.NoError(t, err) {
					visitor.Close()
				}
			}
		})
	}
	for i := range 100 {
		want := fmt.Sprint("message ", i)
		broadcast(t, srv, want)
		require.Equal(t, want, hear(t, ana))
	}
	visitors.Wait()
	waitForMembers(t, srv, 1, "all visitors have left")
}

// soon is how long a test waits for what should take a millisecond.
const soon = 2 * time.Second

// serve starts the exercise on a port of its own.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	srv := wiretest.NewServer(t, Subject()) // net/http/httptest, and a failure shows what went over the wire
	t.Cleanup(srv.Close)
	return srv
}

// address is where srv takes WebSocket connections.
func address(srv *httptest.Server) string {
	return "ws" + strings.TrimPrefix(srv.URL, "http") + "/ws"
}

// connect opens a WebSocket to the hub, and cuts it when the test is over.
func connect(t *testing.T, srv *httptest.Server) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), address(srv), nil)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func say(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(text)))
}

// hear returns the next message of conn. It fails the test if none comes.
func hear(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(soon)))
	kind, text, err := conn.ReadMessage()
	require.NoError(t, err, "no message came")
	require.Equal(t, websocket.TextMessage, kind, "text stays text")
	return string(text)
}

// broadcast sends text to all members from outside.
func broadcast(t *testing.T, srv *httptest.Server, text string) {
	t.Helper()
	resp, err := http.Post(srv.URL+"/broadcast", "text/plain", strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
}

// waitForMembers waits until the hub counts want members: a connection is open to its client a moment before
// Serve sees it. The reason says why there should be so many.
func waitForMembers(t *testing.T, srv *httptest.Server, want int, reason string) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	end := time.Now().Add(soon)
	for {
		got := members(t, srv)
		if got == fmt.Sprint(want) {
			return
		}
		if time.Now().After(end) {
			require.Failf(t, "wrong number of members", "want %d, got %s: %s", want, got, reason)
		}
		<-look.C
	}
}

// members returns what the hub says of their number.
func members(t *testing.T, srv *httptest.Server) string {
	t.Helper()
	resp, err := http.Get(srv.URL + "/members")
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}
