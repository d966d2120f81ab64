package tap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"wirelab/grader/wire"
)

// site serves a Tap and keeps what it publishes.
type site struct {
	*httptest.Server
	mu   sync.Mutex
	rows []Row
	more chan struct{}
}

func serve(t *testing.T) *site {
	t.Helper()
	s := &site{more: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	New(t.Context(), func(name string, data any) {
		assert.Equal(t, "frames/session1", name)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.rows = append(s.rows, data.(Batch).Rows...)
		select {
		case s.more <- struct{}{}:
		default:
		}
	}).Routes(mux.Handle)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// until waits for a row and returns all that came up to it.
func (s *site) until(t *testing.T, is func(Row) bool) []Row {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		for i, r := range s.rows {
			if is(r) {
				all := s.rows[: i+1 : i+1]
				s.mu.Unlock()
				return all
			}
		}
		s.mu.Unlock()
		select {
		case <-s.more:
		case <-limit:
			require.Fail(t, "no such row", "%s", s.said())
		}
	}
}

func (s *site) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, r := range s.rows {
		fmt.Fprintln(&b, r.Line())
	}
	return b.String()
}

func kind(k string) func(Row) bool { return func(r Row) bool { return string(r.Kind) == k } }

// echo is a WebSocket server that sends everything back, and an event stream that counts on from where it was left.
func echo(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{Subprotocols: []string{"chat"}}
		conn, err := up.Upgrade(w, r, http.Header{"X-Saw": {r.Header.Get("X-Asked")}})
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for {
			kind, p, err := conn.ReadMessage()
			if err != nil || conn.WriteMessage(kind, p) != nil {
				return
			}
		}
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(w, ": hi\nretry: 100\n\nid: %s9\nevent: tick\ndata: %s\n\n", r.Header.Get("Last-Event-ID"), r.Method)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func (s *site) address(kind, conn, target string, more ...string) string {
	q := url.Values{"target": {target}, "conn": {conn}, "header": more}
	return strings.Replace(s.URL, "http", map[string]string{"ws": "ws", "http": "http"}[kind], 1) + "/api/tap/session1/" + kind + "?" + q.Encode()
}

func (s *site) dial(t *testing.T, conn, target string, more ...string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"chat"}, EnableCompression: true}
	c, _, err := d.DialContext(t.Context(), s.address("ws", conn, target, more...), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	return c
}

func (s *site) post(t *testing.T, path string, v any) (int, string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/tap/session1/"+path, bytes.NewReader(text))
	require.NoError(t, err)
	return s.do(t, r)
}

func (s *site) get(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	return s.do(t, r)
}

func (s *site) do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	res, err := s.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(answer)
}

func ws(srv *httptest.Server) string { return strings.Replace(srv.URL, "http", "ws", 1) + "/ws?x=1" }

func TestEveryFrameIsShownAsItPasses(t *testing.T) {
	s, target := serve(t), echo(t)
	c := s.dial(t, "ws1", ws(target), "X-Asked: yes")
	assert.Equal(t, "chat", c.Subprotocol())
	require.NoError(t, c.WriteMessage(websocket.TextMessage, []byte("¡hola!")))
	_, p, err := c.ReadMessage()
	require.NoError(t, err)
	assert.Equal(t, "¡hola!", string(p))
	require.NoError(t, c.WriteMessage(websocket.BinaryMessage, []byte{0, 1}))
	_, _, err = c.ReadMessage()
	require.NoError(t, err)
	status, words := s.post(t, "connections/ws1", act{Do: "frame", Opcode: 9, Payload: []byte("are you there")})
	require.Equal(t, http.StatusNoContent, status, words)
	s.until(t, kind("pong"))

	require.NoError(t, c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye")))
	_, _, err = c.ReadMessage()
	assert.True(t, websocket.IsCloseError(err, 1000), "%v", err)
	_ = c.Close()
	rows := append([]Row{}, s.until(t, kind("end"))...)

	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.TrimSpace(string(r.Dir)+" "+string(r.Kind)))
	}
	assert.Equal(t, []string{
		"open", "send request", "receive response", "send text", "receive text", "send binary", "receive binary",
		"send ping", "receive pong", "send close", "receive close",
	}, lines[:11], s.said())
	assert.Contains(t, rows[1].Data, "GET /ws?x=1 HTTP/1.1\n")
	assert.Contains(t, rows[1].Data, "X-Asked: yes")
	assert.NotContains(t, rows[1].Data, "Extensions", "compressed payloads could not be read")
	assert.Contains(t, rows[2].Data, "X-Saw: yes")
	assert.Equal(t, 101, rows[2].Code)
	assert.True(t, rows[3].Masked)
	assert.False(t, rows[4].Masked)
	assert.Equal(t, "8107", rows[4].Head)
	assert.Equal(t, "¡hola!", rows[4].Data)
	assert.Equal(t, "0001", rows[6].Data)
	assert.Equal(t, "injected", rows[7].Note)
	assert.Equal(t, "are you there", rows[8].Data)
	assert.Equal(t, 1000, rows[9].Code)
	assert.Equal(t, "bye", rows[9].Data)
	for i, r := range rows {
		assert.Equal(t, i+1, r.N)
		assert.Equal(t, "ws1", r.Conn)
	}
}

// A ping that is asked for while a frame is still passing, byte by byte, comes after it.
func TestAFrameOfTheTapStandsInsideNoOther(t *testing.T) {
	s := serve(t)
	server := make(chan net.Conn, 1)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := new(websocket.Upgrader).Upgrade(w, r, nil); err == nil {
			server <- conn.NetConn()
		}
	}))
	t.Cleanup(target.Close)
	status, words := s.post(t, "faults", Faults{Seed: 1, Dir: "send", Delay: 20, Split: "bytes"})
	require.Equal(t, http.StatusOK, status, words)
	c := s.dial(t, "ws1", ws(target))
	conn := <-server
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	require.NoError(t, c.WriteMessage(websocket.TextMessage, []byte("a word on its way")))
	first := make([]byte, 1)
	_, err := conn.Read(first)
	require.NoError(t, err)
	status, words = s.post(t, "connections/ws1", act{Do: "frame", Opcode: 9, Payload: []byte("ping")})
	require.Equal(t, http.StatusNoContent, status, words)

	received := io.MultiReader(bytes.NewReader(first), conn)
	for _, want := range []string{"a word on its way", "ping"} {
		f, err := wire.ReadFrame(received, maxFrame)
		require.NoError(t, err)
		assert.Equal(t, want, string(f.Payload))
	}
	rows := s.until(t, kind("ping"))
	assert.Equal(t, "a word on its way", rows[len(rows)-2].Data, "the log has them in the same order")
}

func TestAFrameOfTheTapGetsInBetweenTwo(t *testing.T) {
	near, far := net.Pipe()
	defer func() { _ = far.Close() }()
	c := &relay{quiet: true, upstream: near, sent: &frames{emit: func(Row) {}}}
	both := []byte("\x81\x83\x00\x00\x00\x00one\x81\x83\x00\x00\x00\x00two")
	assert.Equal(t, []int{9, 18}, c.feedSent(both))
	var wrote errgroup.Group
	wrote.Go(func() error {
		defer func() { _ = near.Close() }()
		if _, err := c.Write(both[:1]); err != nil {
			return err
		}
		if err := c.inject(act{Opcode: 9, Payload: []byte("!")}); err != nil {
			return err
		}
		_, err := c.Write(both[1:])
		return err
	})
	for _, want := range []string{"one", "!", "two"} {
		f, err := wire.ReadFrame(far, maxFrame)
		require.NoError(t, err)
		assert.Equal(t, want, string(f.Payload))
	}
	require.NoError(t, wrote.Wait())
}

func TestAnEventStreamIsShownAndCanBeDropped(t *testing.T) {
	s, target := serve(t), echo(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address("http", "es1", target.URL+"/events", "Last-Event-ID: 4"), nil)
	require.NoError(t, err)
	r.Header.Set("Last-Event-ID", "7") // what a browser sends when it comes back wins
	res, err := s.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	assert.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	rows := s.until(t, kind("event"))
	event := rows[len(rows)-1]
	assert.Equal(t, "tick", event.Event)
	assert.Equal(t, "79", event.EventID)
	assert.Equal(t, "GET", event.Data)
	assert.Equal(t, "100", rows[len(rows)-2].Data)
	assert.Equal(t, "hi", rows[len(rows)-3].Data)

	status, words := s.post(t, "connections/es1", act{Do: "drop"})
	require.Equal(t, http.StatusNoContent, status, words)
	_, err = io.ReadAll(res.Body)
	require.Error(t, err, "a dropped stream has no orderly end")
	s.until(t, kind("end"))
}

// Who asks for an event stream comes back after a connection that failed, not after an answer.
func TestAnEventStreamThatIsNotThereIsNoAnswer(t *testing.T) {
	s := serve(t)
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(silent.Close)
	for name, address := range map[string]string{"nobody": "http://" + nobody(t) + "/events", "silent": silent.URL} {
		for accept, want := range map[string]int{"text/event-stream": 0, "*/*": http.StatusBadGateway} {
			t.Run(name+" "+accept, func(t *testing.T) {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address("http", name, address), nil)
				require.NoError(t, err)
				r.Header.Set("Accept", accept)
				res, err := s.Client().Do(r)
				if want == 0 {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				defer func() { _ = res.Body.Close() }()
				assert.Equal(t, want, res.StatusCode)
				assert.Equal(t, "true", res.Header.Get("Wirelab-Refused"))
			})
		}
		s.until(t, func(r Row) bool { return r.Conn == name && r.Kind == wire.KindEnd })
	}
}

// nobody is an address on which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	return ln.Addr().String()
}

func TestAnyRequestCanBeSent(t *testing.T) {
	s, target := serve(t), echo(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address("http", "r1", target.URL+"/none"), strings.NewReader("a body"))
	require.NoError(t, err)
	res, err := s.Client().Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
	said := s.until(t, kind("end"))
	assert.Equal(t, "a body", said[2].Data)
	assert.Equal(t, 404, said[3].Code)
	assert.Equal(t, "404 page not found", said[4].Data)
}

func TestAHostIsSentInThePlaceOfTheTargets(t *testing.T) {
	s := serve(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	t.Cleanup(target.Close)
	status, body := s.get(t, s.address("http", "r1", target.URL, "host: evil.example"))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "evil.example", body)
	rows := s.until(t, kind("request"))
	assert.Equal(t, 1, strings.Count(rows[len(rows)-1].Data, "Host: "), rows[len(rows)-1].Data)
}

// A browser that the server leads on stays on the tap, for as long as it stays on that server.
func TestARedirectLeadsThroughTheTap(t *testing.T) {
	s := serve(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/there", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.RawQuery, r.Header.Get("X-Asked"))
	})
	mux.HandleFunc("/absolute", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/there?x=1", http.StatusSeeOther)
	})
	mux.HandleFunc("/relative", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "there?x=1", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/there", http.StatusFound)
	})
	mux.HandleFunc("/made", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/there")
		w.WriteHeader(http.StatusCreated)
	})
	target := httptest.NewServer(mux)
	t.Cleanup(target.Close)
	for path, want := range map[string]string{"/absolute": "GET x=1 yes", "/relative": "POST x=1 yes"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address("http", path[1:], target.URL+path, "X-Asked: yes"), strings.NewReader("body"))
		require.NoError(t, err)
		_, body := s.do(t, r)
		assert.Equal(t, want, body, path)
		rows := s.until(t, func(r Row) bool { return r.Conn == path[1:] && r.Kind == wire.KindResponse })
		assert.Contains(t, rows[len(rows)-1].Data, map[string]string{"/absolute": "Location: " + target.URL + "/there?x=1", "/relative": "Location: /there?x=1"}[path])
		s.until(t, func(r Row) bool { return r.Conn == path[1:] && r.Data == want })
	}
	for path, want := range map[string]string{"/away": "http://127.0.0.1:1/there", "/made": "/there"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address("http", path[1:], target.URL+path), nil)
		require.NoError(t, err)
		res, err := s.Client().Transport.RoundTrip(r) // not followed
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, want, res.Header.Get("Location"), path)
	}
}

func TestFaultsAreTheSameForTheSameSeed(t *testing.T) {
	pieces := func(seed uint64) []int {
		var sizes []int
		m := &mangler{ctx: t.Context(), dir: "send", faults: func() Faults { return Faults{Seed: seed, Split: "random"} }, number: 3}
		m.to = writerFunc(func(p []byte) { sizes = append(sizes, len(p)) })
		require.NoError(t, m.write(make([]byte, 500), nil))
		return sizes
	}
	assert.Equal(t, pieces(1), pieces(1))
	assert.NotEqual(t, pieces(1), pieces(2))
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

func TestACutComesWhereItWasAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		faults Faults
		want   string
	}{
		"nothing":           {Faults{}, "abcdefgh"},
		"bytes":             {Faults{CutBytes: 5}, "abcde"},
		"bytes, one by one": {Faults{CutBytes: 5, Split: "bytes"}, "abcde"},
		"frames":            {Faults{CutFrames: 2}, "abcdef"},
		"other direction":   {Faults{CutBytes: 5, Dir: "receive"}, "abcdefgh"},
	} {
		var got bytes.Buffer
		m := &mangler{ctx: t.Context(), dir: "send", faults: func() Faults { return c.faults }, to: &got}
		err := m.write([]byte("abcd"), []int{3})
		if err == nil {
			err = m.write([]byte("efgh"), []int{2, 4})
		}
		assert.Equal(t, c.want, got.String(), name)
		if len(c.want) < 8 {
			require.ErrorIs(t, err, errCut, name)
		} else {
			require.NoError(t, err, name)
		}
	}
}

func TestAConnectionIsCutAfterSomeFrames(t *testing.T) {
	s, target := serve(t), echo(t)
	status, words := s.post(t, "faults", Faults{CutFrames: 1, Dir: "receive", Split: "bytes", Delay: 1, Seed: 7})
	require.Equal(t, http.StatusOK, status, words)
	c := s.dial(t, "ws1", ws(target))
	require.NoError(t, c.WriteMessage(websocket.TextMessage, []byte("one")))
	_, p, err := c.ReadMessage()
	require.NoError(t, err)
	assert.Equal(t, "one", string(p))
	_, _, err = c.ReadMessage()
	require.Error(t, err)
	s.until(t, kind("end"))
	for _, wrong := range []Faults{{Delay: -1}, {Split: "never"}, {Dir: "up"}, {CutBytes: -1}} {
		status, _ := s.post(t, "faults", wrong)
		assert.Equal(t, http.StatusBadRequest, status, "%+v", wrong)
	}
}

func TestOnlyThisMachineIsATarget(t *testing.T) {
	for address, ok := range map[string]bool{
		"ws://127.0.0.1:80/x": true, "ws://localhost:1": true, "ws://[::1]:8080/ws": true, "ws://LOCALHOST/": true,
		"ws://example.org/": false, "ws://192.0.2.1/": false, "ws://127.0.0.1.example.org/": false, "wss://127.0.0.1/": false,
		"http://127.0.0.1/": false, "ws://u:p@127.0.0.1/": false, "127.0.0.1": false, "ws://0.0.0.0:1/": false, "ws://%zz": false,
	} {
		_, err := target(address, "ws")
		assert.Equal(t, ok, err == nil, "%s: %v", address, err)
	}
}

func TestARefusalIsInThePagesLanguage(t *testing.T) {
	s := serve(t)
	address := nobody(t)
	for language, want := range map[string][]string{
		"es":             {"nadie escucha en " + address, "no está en loopback", "debe ser Nombre: valor"},
		"es-MX,en;q=0.5": {"nadie escucha", "no está", "debe ser"},
		"en":             {"nobody listens at " + address, "not on loopback", "want Name: value"},
		"de":             {"nobody listens", "not on", "want Name"},
		"":               {"nobody listens", "not on", "want Name"},
	} {
		for i, at := range []string{
			s.address("http", "r1", "http://"+address), s.address("http", "r1", "http://example.org/"), s.address("http", "r1", "http://"+address, "nonsense"),
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
			require.NoError(t, err)
			r.Header.Set("Accept-Language", language)
			_, words := s.do(t, r)
			assert.Contains(t, words, want[i], language)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/tap/session1/connections/ws7", strings.NewReader(`{"do": "drop"}`))
	require.NoError(t, err)
	r.Header.Set("Accept-Language", "es")
	status, words := s.do(t, r)
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, words, `la conexión "ws7" no está abierta`)
}

func TestHeadersThatMakeTheConnectionStay(t *testing.T) {
	h := http.Header{"Origin": {"http://x"}}
	require.NoError(t, addHeaders(h, []string{"Cookie: a=b", "origin:"}))
	assert.Equal(t, http.Header{"Cookie": {"a=b"}}, h)
	for _, line := range []string{"Upgrade: no", "sec-websocket-key: x", "nonsense", "a b: c", "X: a\r\nY: b", "Content-Length: 1"} {
		require.Error(t, addHeaders(h, []string{line}), line)
	}
}

func TestARefusedConnectionIsExplained(t *testing.T) {
	s, target := serve(t), echo(t)
	http1 := strings.Replace(target.URL, "http", "ws", 1)
	for address, want := range map[string]string{
		ws(target):             "origin",
		http1 + "/none":        "not-found",
		http1 + "/events":      "",
		target.URL + "/events": "cors",
		target.URL + "/none":   "not-found",
		"ws://" + nobody(t):    "nobody-listens",
		"ws://example.org/":    "not-loopback",
	} {
		if want == "" {
			want = "no-websocket"
		}
		status, words := s.post(t, "explain", question{Target: address, Origin: "http://127.0.0.1:8013"})
		require.Equal(t, http.StatusOK, status, words)
		var e Explanation
		require.NoError(t, json.Unmarshal([]byte(words), &e))
		assert.Equal(t, want, e.Why, "%s: %+v", address, e)
	}
}

func TestFramesAreDecodedInPiecesOfAnySize(t *testing.T) {
	sent := append([]byte("\x81\x05Hello\x01\x03Hel\x80\x02lo\x89\x00"), 0x88, 0x02, 3, 0xe9)
	for size := 1; size <= len(sent); size++ {
		var rows []Row
		d := &frames{dir: "receive", emit: func(r Row) { rows = append(rows, r) }}
		total := 0
		for at := 0; at < len(sent); at += size {
			total += len(d.feed(sent[at:min(at+size, len(sent))]))
		}
		require.Equal(t, 5, total)
		require.Len(t, rows, 5)
		assert.Equal(t, "Hello", rows[0].Data)
		assert.False(t, *rows[1].Fin)
		assert.True(t, *rows[2].Fin)
		assert.Equal(t, 1001, rows[4].Code)
		assert.Empty(t, d.buf)
	}
}

func TestALongFrameIsPassedOver(t *testing.T) {
	var rows []Row
	d := &frames{dir: "receive", emit: func(r Row) { rows = append(rows, r) }}
	d.feed([]byte{0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0}) // 2 MiB
	piece := make([]byte, 64<<10)
	for range 32 {
		d.feed(piece)
		assert.LessOrEqual(t, cap(d.buf), 3<<20)
	}
	d.feed([]byte("\x81\x02ok"))
	require.Len(t, rows, 2)
	assert.Equal(t, 2<<20, rows[0].Length)
	assert.True(t, rows[0].Cut)
	assert.LessOrEqual(t, len(rows[0].Data), 2*maxData)
	assert.Equal(t, "ok", rows[1].Data)
}

func TestARecordedConversationBecomesRows(t *testing.T) {
	begun := time.Unix(1000, 0)
	at := func(ms int) time.Time { return begun.Add(time.Duration(ms) * time.Millisecond) }
	rows := Transcript([]Piece{
		{at(0), "c1", "send", []byte("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n")},
		{at(1), "c1", "receive", []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")},
		{at(2), "c1", "send", []byte("\x81\x82\x00\x00\x00\x00hi")},
		{at(4), "c2", "send", []byte("GET /live HTTP/1.1\r\nHost: x\r\n\r\n")},
		{at(3), "c1", "receive", []byte("\x81\x02")},
		{at(5), "c1", "receive", []byte("hi")},
		{at(6), "c2", "receive", []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: x\n\r\n")},
		{at(7), "c2", "receive", []byte("1\r\n\n\r\n")},
	}, begun)
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%.3f %s %s %s", r.At, r.Conn, r.Dir, r.Kind))
	}
	assert.Equal(t, []string{
		"0.000 c1 send request", "0.001 c1 receive response", "0.002 c1 send text", "0.004 c2 send request",
		"0.005 c1 receive text", "0.006 c2 receive response", "0.007 c2 receive event",
	}, lines)
	require.NotPanics(t, func() { Transcript([]Piece{{at(0), "c", "send", []byte("\x00nonsense")}}, begun) })
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x05Hello\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 3)
	f.Fuzz(func(t *testing.T, p []byte, size int) {
		d := &frames{emit: func(r Row) {
			if len(r.Data) > 2*maxData {
				t.Fatal(len(r.Data))
			}
		}}
		size = max(size, 1)
		for len(p) > 0 {
			n := min(size, len(p))
			d.feed(p[:n])
			p = p[n:]
		}
	})
}
