package harness

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// modeEnv makes the test binary a program of lessons.
const modeEnv = "HARNESS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(modeEnv) == "" {
		os.Exit(m.Run())
	}
	Main(map[string]func() http.Handler{
		"10-echo": func() http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, "echo of ", r.URL.Path, ", the server is ", r.Context().Value(http.ServerContextKey))
			})
		},
	})
}

func program(t *testing.T, listen string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), modeEnv+"=1", ListenEnv+"="+listen)
	return cmd
}

func TestProgramThatCannotServe(t *testing.T) {
	for name, c := range map[string]struct {
		listen string
		args   []string
		says   string
	}{
		"no lesson":             {"tcp:127.0.0.1:0", nil, "harness: usage: "},
		"two lessons":           {"tcp:127.0.0.1:0", []string{"10-echo", "16-hub"}, "harness: usage: "},
		"another lesson":        {"tcp:127.0.0.1:0", []string{"16-hub"}, `harness: no lesson "16-hub" in this program`},
		"nowhere to listen":     {"unix:/does/not/exist", []string{"10-echo"}, "harness: listen: "},
		"others could ask":      {"tcp:0.0.0.0:0", []string{"10-echo"}, "harness: listen: others reach "},
		"nothing was handed in": {"", []string{"10-echo"}, "harness: listen: "},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := program(t, c.listen, c.args...).CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 2, exit.ExitCode())
			require.Contains(t, string(out), c.says)
		})
	}
}

func TestProgramServesItsLesson(t *testing.T) {
	dir, err := os.MkdirTemp("", "h") // t.TempDir has paths that are too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	cmd := program(t, "unix:"+socket, "10-echo")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // killed with the test's context

	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	var body []byte
	require.Eventually(t, func() bool {
		resp, err := client.Get("http://subject/ws")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, err = io.ReadAll(resp.Body)
		return err == nil
	}, 20*time.Second, 20*time.Millisecond, "the program listens")
	require.Equal(t, "echo of /ws, the server is <nil>", string(body))
}
