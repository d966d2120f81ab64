package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
)

// served runs the command on the reference of 10-echo until the test ends, and returns where it says it listens.
func served(t *testing.T, flags ...string) *url.URL {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, append([]string{"serve", "10-echo", "--solution"}, flags...)...)
	cmd.Args[0] = "grader" // see TestMain
	cmd.Cancel = func() error {
		if cmd.Process.Signal(os.Interrupt) == nil {
			return nil
		}
		return cmd.Process.Kill() // a system without
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	said := regexp.MustCompile(`http://\S+`).FindString(line)
	require.NotEmpty(t, said, line)
	u, err := url.Parse(said)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", u.Port()))
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}, time.Minute, 20*time.Millisecond, "it listens")
	return u
}

// shakes asks the exercise for a WebSocket, says a word if it gets one, and returns the status.
func shakes(t *testing.T, u *url.URL, query string, header http.Header) int {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), fmt.Sprintf("ws://127.0.0.1:%s/ws%s", u.Port(), query), header)
	if err != nil {
		require.NotNil(t, res, "%v", err)
		return res.StatusCode
	}
	defer conn.Close()
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte("hola")))
	_, echo, err := conn.ReadMessage()
	require.NoError(t, err)
	assert.Equal(t, "hola", string(echo))
	return res.StatusCode
}

// On loopback every client talks to the exercise, whose own work the Origin is, but nobody under another name.
func TestServeOnLoopback(t *testing.T) {
	u := served(t, "--addr", "127.0.0.1:0")
	assert.Empty(t, u.RawQuery)
	assert.Equal(t, "127.0.0.1", u.Hostname())
	assert.NotEqual(t, "0", u.Port(), "the port that it has")
	assert.Equal(t, http.StatusSwitchingProtocols, shakes(t, u, "", nil))
	assert.Equal(t, http.StatusSwitchingProtocols, shakes(t, u, "", http.Header{"Origin": {strings.TrimSuffix(u.String(), "/")}}))
	assert.Equal(t, http.StatusForbidden, shakes(t, u, "", http.Header{"Origin": {"http://rebound.example"}}), "the exercise refuses it")
	assert.Equal(t, http.StatusMisdirectedRequest, shakes(t, u, "", http.Header{"Origin": {"http://rebound.example"}, "Host": {"rebound.example"}}))
}

// Elsewhere it takes the token, in the address or in the cookie that a browser gets for it.
func TestServeElsewhere(t *testing.T) {
	u := served(t, "--addr", "0.0.0.0:0")
	require.Contains(t, u.RawQuery, "wirelab=")
	assert.Equal(t, http.StatusForbidden, shakes(t, u, "", nil))
	assert.Equal(t, http.StatusForbidden, shakes(t, u, "?wirelab=guess", nil))
	assert.Equal(t, http.StatusSwitchingProtocols, shakes(t, u, "?"+u.RawQuery, nil))

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+u.Port()+"/?"+u.RawQuery, nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Len(t, res.Cookies(), 1)
	cookie := res.Cookies()[0]
	assert.Equal(t, http.StatusSwitchingProtocols, shakes(t, u, "", http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}))
}

// A port that is taken is said in the language that was asked for, and so is the way out.
func TestServeOnATakenPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	for lang, says := range map[string][2]string{
		"en": {"grader: cannot listen on", "hint: choose another address with --addr"},
		"es": {"grader: no se puede escuchar en", "pista: elige otra dirección con --addr"},
	} {
		var out, errs strings.Builder
		require.Equal(t, exitFailed, run([]string{"serve", "10", "--addr", ln.Addr().String(), "--lang", lang}, &out, &errs))
		assert.Contains(t, errs.String(), says[0])
		assert.Contains(t, errs.String(), says[1])
	}
}

// What git says stays git's, and the words around it are the reader's.
func TestCommitWithoutAFolder(t *testing.T) {
	var e *course.Error
	require.ErrorAs(t, commit(t.Context(), filepath.Join(t.TempDir(), "gone", "away")), &e)
	text, tip := e.In("es")
	assert.Contains(t, text, "pero git falló")
	assert.Contains(t, tip, "¿está instalado git?")
}
