package scaleredis

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
)

// redisEnv names a broker to test with, host:port of a Redis server, or "miniredis". Without it the tests use the
// redis-server that is installed here, or else miniredis, a server in this process that needs no installing.
const redisEnv = "WIRELAB_REDIS"

// broker is a Redis server behind a small proxy, so that a test can take it away and bring it back.
type broker struct {
	client *redis.Client // the test's own, past the proxy
	proxy  net.Listener

	network, addr string // of the server

	mu   sync.Mutex
	gone bool
	open []net.Conn
}

// startBroker starts what redisEnv says, for one test. Which it was, go test -v shows.
func startBroker(t *testing.T) *broker {
	t.Helper()
	b := &broker{}
	program, err := exec.LookPath("redis-server")
	switch named := os.Getenv(redisEnv); {
	case named != "" && named != "miniredis":
		t.Log("the broker is the Redis server at " + named)
		b.network, b.addr = "tcp", named
	case named == "miniredis", err != nil:
		t.Log("the broker is miniredis")
		b.network, b.addr = "tcp", miniredis.RunT(t).Addr()
	default:
		t.Log("the broker is " + program)
		b.network, b.addr = "unix", startRedis(t, program)
	}
	b.client = redis.NewClient(&redis.Options{Network: b.network, Addr: b.addr})
	t.Cleanup(func() { b.client.Close() })
	require.Eventually(t, func() bool { return b.client.Ping(t.Context()).Err() == nil }, 10*time.Second, 10*time.Millisecond,
		"no Redis server answers at %s", b.addr)

	b.proxy, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b.proxy = wiretest.Listen(t, b.proxy) // a failure shows what went over the wire
	t.Cleanup(func() { b.proxy.Close() })
	go b.serve()
	return b
}

// startRedis starts a server that keeps nothing, and returns the path of its Unix socket.
func startRedis(t *testing.T, program string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis") // the path of a socket must be short
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	cmd := exec.Command(program, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		assert.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // killed, as it should be
	})
	return socket
}

// serve passes connections on to the server until the test is over.
func (b *broker) serve() {
	for {
		conn, err := b.proxy.Accept()
		if err != nil {
			return
		}
		b.join(conn)
	}
}

func (b *broker) join(conn net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	server, err := net.Dial(b.network, b.addr)
	if err != nil || b.gone {
		conn.Close()
		return
	}
	b.open = append(b.open, conn, server)
	for from, to := range map[net.Conn]net.Conn{conn: server, server: conn} {
		go func() {
			_, _ = io.Copy(to, from) // until one of them is closed
			from.Close()
			to.Close()
		}()
	}
}

// goAway makes the server vanish for all who have come through the proxy.
func (b *broker) goAway() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = true
	for _, c := range b.open {
		c.Close()
	}
}

func (b *broker) comeBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = false
}

// subscribers is how many nodes are subscribed to the room, as the server counts them.
func (b *broker) subscribers(t *testing.T, room string) int {
	t.Helper()
	counts, err := b.client.PubSubNumSub(t.Context(), Channel(room)).Result()
	require.NoError(t, err)
	return int(counts[Channel(room)])
}
