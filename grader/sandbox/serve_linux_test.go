package sandbox

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// client returns an HTTP client whose every request goes to the Unix socket.
func client(t *testing.T, path string) *http.Client {
	t.Helper()
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func get(t *testing.T, c *http.Client, path string) string {
	t.Helper()
	r, err := c.Get("http://subject" + path)
	require.NoError(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func TestServe(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		f, path := listen(t)
		p, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"serve"}, Listeners: []*os.File{f}})
		require.NoError(t, err)
		assert.Equal(t, "hello", get(t, client(t, path), "/hello"))
		assert.Equal(t, "hello", get(t, client(t, path), "/hello"))

		n, err := p.Conns(path)
		require.NoError(t, err)
		assert.Equal(t, 2, n, "the listener is none of them")
		u, err := p.Usage()
		require.NoError(t, err)
		assert.Greater(t, u.RSS, int64(1<<20))
		assert.Less(t, u.RSS, int64(128<<20))
		assert.Greater(t, u.Threads, 1)
		select {
		case <-p.Done():
			t.Fatal("it ended by itself")
		default:
		}
		p.Kill()
		assert.True(t, p.Wait().Stopped)
	})
}

// A program with several listeners, and whose connections are which.
func TestServeAtSeveral(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		one, here := listen(t)
		two, there := listen(t)
		p, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"serve", "hola"}, Listeners: []*os.File{one, two}})
		require.NoError(t, err)
		assert.Equal(t, "hello", get(t, client(t, here), "/hello"))
		assert.Equal(t, "hola", get(t, client(t, there), "/hello"))
		assert.Equal(t, "hola", get(t, client(t, there), "/hello"))
		for range 2 {
			for path, want := range map[string]int{here: 1, there: 2, "/nowhere": 0} {
				n, err := p.Conns(path)
				require.NoError(t, err)
				assert.Equal(t, want, n, path)
			}
		}
		assert.False(t, p.Ending())
		p.Kill()
		p.Wait()
		assert.True(t, p.Ending())
		_, err = p.Conns(here)
		require.Error(t, err)

		_, err = b.Start(t.Context(), Command{Path: subject(), Listeners: []*os.File{one, two}, Limits: Limits{OpenFiles: minOpenFiles + 1}})
		require.ErrorContains(t, err, "limit of 9 open files: too few for 2 listeners")
	})
}

// Many at once, more than there are slots: each gets its own listener, and all of them answer.
func TestManyAtOnce(t *testing.T) {
	for name, f := range settings() {
		t.Run(name, func(t *testing.T) {
			b, err := open(t.Context(), Options{Slots: 12}, []fence{f})
			require.NoError(t, err)
			defer b.Close()
			var wg sync.WaitGroup
			for range 40 {
				f, path := listen(t)
				c := client(t, path)
				wg.Go(func() {
					p, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"serve"}, Listeners: []*os.File{f}})
					if !assert.NoError(t, err) {
						return
					}
					r, err := c.Get("http://subject/hello")
					if assert.NoError(t, err) {
						r.Body.Close()
						assert.Equal(t, 200, r.StatusCode)
					}
					p.Kill()
					assert.True(t, p.Wait().Stopped)
				})
			}
			wg.Wait()
			assert.LessOrEqual(t, len(b.all), 12)
		})
	}
}

func TestDial(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		if !b.fence.mayDial() {
			t.Skip(errNoDial)
		}
		sockets := make([]string, 2)
		for i := range sockets {
			f, path := listen(t)
			ln, err := net.FileListener(f)
			require.NoError(t, err)
			t.Cleanup(func() { ln.Close() })
			go func() {
				for {
					c, err := ln.Accept()
					if err != nil {
						return
					}
					fmt.Fprintf(c, "from socket %d", i)
					c.Close()
				}
			}()
			sockets[i] = path
		}
		c := Command{Path: subject(), Args: append([]string{"dial"}, sockets...), Profile: Dial, Binds: []Bind{{Path: sockets[0]}}}
		e := run(t, b, c)
		assert.Contains(t, string(e.Output), "heard: from socket 0")
		if b.fence.namespaces {
			assert.NotContains(t, string(e.Output), "from socket 1", "it was not given this one")
		}

		c.Profile = Serve
		e = run(t, b, c)
		assert.NotContains(t, string(e.Output), "heard:")
	})
}

func TestEnvironment(t *testing.T) {
	t.Setenv("WIRELAB_LEAK", "1")
	everySetting(t, func(t *testing.T, b *Box) {
		dir := publicDir(t)
		e := run(t, b, Command{Path: subject(), Args: []string{"env"}, Env: []string{"A=1"}, Dir: dir, Binds: []Bind{{Path: dir}}})
		host := "sandbox"
		if !b.fence.namespaces {
			var err error
			host, err = os.Hostname()
			require.NoError(t, err)
		}
		assert.Equal(t, fmt.Sprintf(`["A=1"] "subject.exe" %q %q`, dir, host), string(e.Output))
	})
}

func TestContextEndsProgram(t *testing.T) {
	b := openFor(t, candidates()[0])
	ctx, cancel := context.WithCancel(t.Context())
	p, err := b.Start(ctx, Command{Path: subject(), Args: []string{"hang"}})
	require.NoError(t, err)
	cancel()
	assert.True(t, p.Wait().Stopped)
	_, err = b.Start(ctx, Command{Path: subject(), Args: []string{"hang"}})
	assert.Error(t, err)
}

func TestCloseEndsPrograms(t *testing.T) {
	b, err := Open(t.Context(), Options{Slots: 2})
	require.NoError(t, err)
	var ps []*Process
	for range 2 {
		p, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"hang"}})
		require.NoError(t, err)
		ps = append(ps, p)
	}
	waiting, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = b.Start(waiting, Command{Path: subject(), Args: []string{"hang"}})
	require.ErrorIs(t, err, context.DeadlineExceeded, "both slots are taken")
	require.NoError(t, b.Close())
	for _, p := range ps {
		assert.True(t, p.Wait().Stopped)
	}
	_, err = b.Start(t.Context(), Command{Path: subject(), Args: []string{"hang"}})
	require.ErrorIs(t, err, ErrClosed)
	require.NoError(t, b.Close(), "closing twice")
}

func BenchmarkStart(b *testing.B) {
	for name, f := range settings() {
		b.Run(name, func(b *testing.B) {
			box, err := open(b.Context(), Options{}, []fence{f})
			require.NoError(b, err)
			defer box.Close()
			benchmarkStart(b, box)
		})
	}
	b.Run("off", func(b *testing.B) {
		box, err := Open(b.Context(), Options{Off: true})
		require.NoError(b, err)
		defer box.Close()
		benchmarkStart(b, box)
	})
}

func benchmarkStart(b *testing.B, box *Box) {
	for b.Loop() {
		p, err := box.Start(b.Context(), Command{Path: filepath.Clean(subject()), Args: []string{"exit", "0"}})
		require.NoError(b, err)
		require.Zero(b, p.Wait().Code)
	}
}
