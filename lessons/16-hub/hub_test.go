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
)

// The tests below talk to the hub as browsers would: over a real connection, through Subject. Work through them
// from the top; -failfast stops at the first one that fails, and -race finds what only happens now and then:
//
//	go test -failfast -race ./lessons/16-hub

func TestWhoConnectsIsAMember(t *testing.T) {
	srv := serve(t)
	connect(t, srv)
	waitForMembers(t, srv, 1, "one connection is open. Start here: Serve in hub.go makes it a member")
	connect(t, srv)
	waitForMembers(t, srv, 2, "a second connection is open")
}

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
	srv := httptest.NewServer(Subject())
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
