package live

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
	"wirelab/lessons"
)

func classOf(students ...string) *Board {
	return NewBoard([]verdict.Lesson{{ID: "16-hub", Title: lessons.Text{EN: "A hub", ES: "Un hub"}, Tests: []verdict.Test{{Name: "TestA", Points: 4}}}}, students, "en")
}

func passed(id string) verdict.Student {
	return verdict.Student{ID: id, Lessons: []verdict.LessonResult{
		{ID: "16-hub", Status: verdict.Graded, Tests: []verdict.TestResult{{Name: "TestA", Outcome: verdict.Passed}}},
	}}
}

// look reads the stream of b from after the event called last; the function returns the next event as "type data", and
// "" when the stream has ended. It closes with the test.
func look(t *testing.T, b *Board, last string) (next func() (id, event string)) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(b.events))
	t.Cleanup(srv.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	require.NoError(t, err)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := srv.Client().Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return func() (id, event string) {
		kind := ""
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				id = value
			case "event":
				kind = value
			case "data":
				return id, kind + " " + value
			}
		}
		return "", ""
	}
}

// Five look on, one of whom never reads: publishing goes on, that one is dropped, the others get everything.
func TestWhoNeverReadsIsDroppedAndDelaysNobody(t *testing.T) {
	b := classOf("ana")
	idle, _ := b.join("")
	require.NotNil(t, idle)
	var readers []*viewer
	for range 4 {
		v, first := b.join("")
		require.Len(t, first, 1)
		readers = append(readers, v)
	}
	const events = 3 * maxQueue
	b.Begin(1, events, 0)
	for range events - 1 { // were publishing to wait for anybody, this would never end: nobody takes from idle's queue
		b.Tests(1)
		for _, v := range readers {
			<-v.queue
		}
	}
	n := 0
	for range idle.queue {
		n++
	}
	assert.Equal(t, maxQueue, n, "its queue was closed when it was full")
	assert.Len(t, b.viewers, 4)
	for _, v := range readers {
		e := <-v.queue
		assert.Contains(t, string(e.data), fmt.Sprintf(`"tests":%d,`, events-1))
	}
	b.leave(idle) // what its handler does when it notices; it must not hurt
}

// The same over connections: one viewer of five asks and never reads. What does not fit into its queue and the system's
// buffers waits for nobody, it is dropped, and the other four see the end.
func TestAConnectionThatIsNeverReadDelaysNobody(t *testing.T) {
	b := classOf("ana")
	idle := httptest.NewServer(http.HandlerFunc(b.events))
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", idle.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(); idle.Close() })
	_, err = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	var readers []func() (string, string)
	for range 4 {
		next := look(t, b, "")
		_, first := next()
		require.True(t, strings.HasPrefix(first, "snapshot "))
		readers = append(readers, next)
	}
	viewers := func() int {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.viewers)
	}
	require.Eventually(t, func() bool { return viewers() == 5 }, time.Minute, time.Millisecond)

	large := passed("ana")
	large.ID = strings.Repeat("a", 64<<10)
	for rounds := 0; viewers() == 5; rounds++ {
		require.Less(t, rounds, 10_000, "it takes everything")
		b.Student(large)
		for _, next := range readers { // a student is two events
			next()
			next()
		}
	}
	assert.Equal(t, 4, viewers())
	b.Done()
	for _, next := range readers {
		_, event := next()
		assert.Equal(t, "done true", event)
	}
}

func TestWhoComesBackGetsWhatWasMissed(t *testing.T) {
	b := classOf("ana", "luz")
	next := look(t, b, "")
	_, first := next()
	assert.Equal(t, `snapshot {"lessons":[{"id":"16-hub","title":"A hub","points":4}],"rows":[{"id":"ana","score":0,"cells":[]},{"id":"luz","score":0,"cells":[]}],`+
		`"count":{"students":0,"of":2,"tests":0,"of_tests":0,"left":-1},"done":false}`, first)
	b.Begin(2, 2, 0)
	last, event := next()
	assert.Equal(t, `progress {"students":0,"of":2,"tests":0,"of_tests":2,"left":-1}`, event)

	b.Tests(1)
	b.Student(passed("luz"))
	b.Done()
	again := look(t, b, last)
	for _, want := range []string{
		`progress {"students":0,"of":2,"tests":1,"of_tests":2,"left":-1}`,
		`student {"id":"luz","score":4,"cells":[{"status":"graded","name":"graded","score":4,"level":"s5"}]}`,
		`progress {"students":1,"of":2,"tests":1,"of_tests":2,"left":-1}`,
		`done true`,
	} {
		_, event := again()
		assert.Equal(t, want, event)
	}
	_, missed := b.join(fmt.Sprintf("%s-%d", b.epoch, b.next-1))
	assert.Empty(t, missed, "who has seen everything gets nothing twice")
}

// A log that reaches not far enough, another batch, an ID that nobody gave: all that is the case, at once.
func TestWhoWasAwayTooLongGetsASnapshot(t *testing.T) {
	b := classOf("ana")
	b.Begin(1, 5*maxLog, 0)
	for range 4 * maxLog {
		b.Tests(1)
	}
	assert.LessOrEqual(t, len(b.log), 2*maxLog)
	_, within := b.join(fmt.Sprintf("%s-%d", b.epoch, b.next-1-maxLog))
	require.Len(t, within, maxLog)
	assert.Equal(t, b.next-maxLog, within[0].n)
	for _, id := range []string{fmt.Sprintf("%s-%d", b.epoch, b.next-2-maxLog), "other-5", b.epoch + "-999999", b.epoch + "--1", "x", b.epoch + "-"} {
		_, first := b.join(id)
		require.Len(t, first, 1, id)
		assert.Equal(t, "snapshot", first[0].kind, id)
		assert.Equal(t, b.next-1, first[0].n)
	}
}

func TestThereIsAnEndToViewers(t *testing.T) {
	b := classOf()
	for range maxViewers {
		v, _ := b.join("")
		require.NotNil(t, v)
	}
	w := httptest.NewRecorder()
	b.events(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/events", nil))
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.Equal(t, "10", w.Header().Get("Retry-After"))
}

func TestTimeLeft(t *testing.T) {
	assert.Equal(t, -1, Left(time.Minute, 0, 10))
	assert.Equal(t, -1, Left(time.Millisecond, 5, 10), "nobody can tell yet")
	assert.Equal(t, 90, Left(30*time.Second, 25, 100))
	assert.Equal(t, 0, Left(30*time.Second, 100, 100))
	assert.Equal(t, 0, Left(0, 0, 0), "nothing is to be done")
}

// What was graded before took no time now: 10 of the other 30 in half a minute leave a minute, whatever was known.
func TestTimeLeftOfAResumedBatch(t *testing.T) {
	b := classOf("ana")
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	b.now = func() time.Time { return at }
	b.Begin(30, 300, 270)
	assert.Equal(t, Count{Of: 30, Tests: 270, OfTests: 300, Left: -1}, b.snapshot.Count)
	at = at.Add(30 * time.Second)
	b.Tests(10)
	assert.Equal(t, Count{Of: 30, Tests: 280, OfTests: 300, Left: 60}, b.snapshot.Count)
	b.Tests(20)
	assert.Equal(t, Count{Of: 30, Tests: 300, OfTests: 300, Left: 0}, b.snapshot.Count)
}

// ask asks a server on addr for a path.
func ask(t *testing.T, s *Server, path string, change func(*http.Request)) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.ln.Addr().String()+path, nil)
	require.NoError(t, err)
	if change != nil {
		change(r)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res
}

func served(t *testing.T, addr string) *Server {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"index.html", "report.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}
	s, err := Listen(t.Context(), addr)
	require.NoError(t, err)
	require.NoError(t, s.Serve(t.Context(), classOf("ana"), dir))
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestOnlyThisMachineAndThisPage(t *testing.T) {
	s := served(t, "127.0.0.1:0")
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for _, c := range []struct {
		path   string
		change func(*http.Request)
		want   int
	}{
		{"/", nil, http.StatusOK},
		{"/", host("localhost:8014"), http.StatusOK},
		{"/events", host("rebound.example:8014"), http.StatusMisdirectedRequest},
		{"/", host("127.0.0.1.example"), http.StatusMisdirectedRequest},
		{"/events", header("Origin", "http://evil.example"), http.StatusForbidden},
		{"/events", header("Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		{"/report/index.html", nil, http.StatusMovedPermanently}, // to /report/
		{"/report/", nil, http.StatusOK},
		{"/report/report.json", nil, http.StatusNotFound},
		{"/report/..%2f..%2fetc/passwd", nil, http.StatusNotFound},
		{"/else", nil, http.StatusNotFound},
	} {
		assert.Equal(t, c.want, ask(t, s, c.path, c.change).StatusCode, "%s", c.path)
	}
	policy := ask(t, s, "/", nil).Header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "script-src 'sha256-")
	assert.NotContains(t, policy, "unsafe")
}

func TestElsewhereItTakesTheToken(t *testing.T) {
	s := served(t, "0.0.0.0:0")
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, ask(t, s, "/", nil).StatusCode)
	assert.Equal(t, http.StatusForbidden, ask(t, s, "/events?wirelab=guessed", nil).StatusCode)
	in := ask(t, s, "/?"+u.RawQuery, func(r *http.Request) { r.Header.Set("Accept", "text/html") })
	assert.Equal(t, http.StatusSeeOther, in.StatusCode)
	assert.Equal(t, "/", in.Header.Get("Location"), "the token leaves the address")
	require.Len(t, in.Cookies(), 1)
	assert.True(t, in.Cookies()[0].HttpOnly)
	assert.Equal(t, http.StatusOK, ask(t, s, "/", func(r *http.Request) { r.AddCookie(in.Cookies()[0]) }).StatusCode)
}

func TestAnAddressThatIsTaken(t *testing.T) {
	s := served(t, "127.0.0.1:0")
	_, err := Listen(t.Context(), s.ln.Addr().String())
	assert.ErrorContains(t, err, s.ln.Addr().String())
}

func TestBoardHasTheOrderOfTheReport(t *testing.T) {
	b := classOf("Zoë", "Núñez", "Çelik")
	require.Equal(t, []string{"Çelik", "Núñez", "Zoë"}, []string{b.snapshot.Rows[0].ID, b.snapshot.Rows[1].ID, b.snapshot.Rows[2].ID})
}
