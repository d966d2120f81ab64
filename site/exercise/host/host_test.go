package host

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain is the program of a student, if a test has started it as one.
func TestMain(m *testing.M) {
	if os.Getenv("WIRELAB_TEST_PROGRAM") == "" {
		os.Exit(m.Run())
	}
	Main(func() http.Handler {
		fmt.Println("the student's own words")
		return http.NotFoundHandler()
	})
}

func TestAProgramRunsUntilItsInputEnds(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "WIRELAB_TEST_PROGRAM=yes", AddrEnv+"=nonsense")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), Ready)
	require.True(t, ok, line)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
	r.Host = "rebound.example" // what a page on the network would have a browser ask
	res, err = http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusMisdirectedRequest, res.StatusCode)
	require.NoError(t, stdin.Close())
	require.NoError(t, cmd.Wait())
}

func TestWhoeverIsConnectedIsToldWhyItEnds(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		var up websocket.Upgrader
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _, _ = conn.ReadMessage()
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		_, _ = w.Write([]byte("data: last\n\n"))
	})
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		Serve(ln, mux, end)
		close(ended)
	}()

	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+ln.Addr().String()+"/ws", nil)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ln.Addr().String()+"/events", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	close(end)

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, _, err = conn.ReadMessage()
	assert.True(t, websocket.IsCloseError(err, serviceRestart), "%v", err)
	line, err := bufio.NewReader(res.Body).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "data: last\n", line)
	<-ended
}

func TestATakenPortIsNotInsistedOn(t *testing.T) {
	first, err := listen("")
	require.NoError(t, err)
	defer func() { _ = first.Close() }()
	second, err := listen(first.Addr().String())
	require.NoError(t, err)
	defer func() { _ = second.Close() }()
	assert.NotEqual(t, first.Addr().String(), second.Addr().String())
	assert.True(t, second.Addr().(*net.TCPAddr).IP.IsLoopback())
}
