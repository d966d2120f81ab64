package exercise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/tap"
)

// lesson is a made-up one in a copy of the module that consists of what its program needs.
const lesson = "05-made-up"

// copyOf makes a working copy with one lesson.
func copyOf(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	here, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(here, name))
		require.NoError(t, err)
		put(t, root, name, string(text))
	}
	for _, dir := range []string{"site/exercise/host", "grader/guard", "grader/wire"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(here, dir))))
	}
	for name, text := range files {
		put(t, root, "lessons/"+lesson+"/"+name, text)
	}
	return root
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

const subject = `package madeup

import (
	"net/http"

	"github.com/gorilla/websocket"
)

func Subject() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /say", func(w http.ResponseWriter, r *http.Request) { Say(w) })
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		var up websocket.Upgrader
		if conn, err := up.Upgrade(w, r, nil); err == nil {
			defer conn.Close()
			conn.ReadMessage()
		}
	})
	return mux
}
`

func code(word string) string {
	return `package madeup

import (
	"fmt"
	"net/http"
)

func Say(w http.ResponseWriter) {
	fmt.Println("asked")
	fmt.Fprint(w, "` + word + `")
}
`
}

const visible = `package madeup

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestSays(t *testing.T) {
	srv := httptest.NewServer(Subject())
	defer srv.Close()
	res, err := http.Get(srv.URL + "/say")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(res.Body); string(text) != "two" {
		t.Errorf("it says %q", text)
	}
}

func TestQuiet(t *testing.T) {}
`

// desk is a Runner and what it has published last.
type desk struct {
	url    string
	mu     sync.Mutex
	states []State
	lines  []Line
	more   chan struct{}
}

func open(t *testing.T, root string) *desk {
	t.Helper()
	d := &desk{more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	r := New(ctx, Options{Root: root, Publish: func(topic string, data any) {
		d.mu.Lock()
		defer d.mu.Unlock()
		switch v := data.(type) {
		case State:
			assert.Equal(t, "exercise/"+lesson, topic)
			d.states = append(d.states, v)
		case Lines:
			assert.Equal(t, "log/"+lesson, topic)
			d.lines = append(d.lines, v.Lines...)
		}
		select {
		case d.more <- struct{}{}:
		default:
		}
	}})
	mux := http.NewServeMux()
	r.Routes(mux.Handle)
	srv := httptest.NewServer(mux)
	t.Cleanup(func() {
		srv.Close()
		cancel()
		r.Wait()
	})
	d.url = srv.URL + "/api/exercise/"
	return d
}

// until waits for a state that has not been seen before.
func (d *desk) until(t *testing.T, what string, is func(State) bool) State {
	t.Helper()
	limit := time.After(90 * time.Second) // a build on a busy machine
	for {
		d.mu.Lock()
		i := slices.IndexFunc(d.states, is)
		if i >= 0 {
			s := d.states[i]
			d.states = d.states[i+1:]
			d.mu.Unlock()
			return s
		}
		d.mu.Unlock()
		select {
		case <-d.more:
		case <-limit:
			require.Fail(t, "it did not come to this: "+what, "%+v", d.states)
		}
	}
}

func phase(p string) func(State) bool { return func(s State) bool { return s.Phase == p } }

func (d *desk) turn(t *testing.T, wish string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+lesson, bytes.NewReader([]byte(wish)))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text)
}

// A whole afternoon with one exercise: run it, break it, mend it, stop it.
func TestAnExerciseFollowsItsFiles(t *testing.T) {
	root := copyOf(t, map[string]string{"subject.go": subject, "code.go": code("one")})
	d := open(t, root)
	require.Equal(t, http.StatusOK, d.turn(t, `{"run": true}`))
	d.until(t, "is built", phase(Building))
	require.Equal(t, http.StatusOK, d.turn(t, `{"tests": false}`), "another wish delays a build, it does not end it")
	s := d.until(t, "runs", phase(Running))
	assert.Equal(t, 1, s.Builds)
	assert.Equal(t, []Path{{"GET", "/say"}, {"", "/ws"}}, s.Paths)
	_, text := get(t, "http://"+s.Address+"/say")
	assert.Equal(t, "one", text)

	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.Address+"/ws", nil)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()

	put(t, root, "lessons/"+lesson+"/code.go", strings.Replace(code("two"), `"two"`, `two`, 1))
	s = d.until(t, "does not compile", phase(Broken))
	require.Len(t, s.Errors, 1, "%+v", s)
	assert.Equal(t, Place{"lessons/" + lesson + "/code.go", 10, 16, "undefined: two"}, s.Errors[0])
	_, text = get(t, "http://"+s.Address+"/say")
	assert.Equal(t, "one", text, "the program of before runs on")

	before := s.Address
	put(t, root, "lessons/"+lesson+"/code.go", code("two"))
	s = d.until(t, "runs again", phase(Running))
	assert.Equal(t, before, s.Address, "clients come back to the same address")
	assert.Equal(t, 2, s.Builds)
	_, text = get(t, "http://"+s.Address+"/say")
	assert.Equal(t, "two", text)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, _, err = conn.ReadMessage()
	assert.True(t, websocket.IsCloseError(err, 1012), "who was connected is told: %v", err)

	require.Equal(t, http.StatusOK, d.turn(t, `{"run": false}`))
	s = d.until(t, "is off", phase(Off))
	assert.Empty(t, s.Address)
	_, text = get(t, d.url+lesson)
	var full State
	require.NoError(t, json.Unmarshal([]byte(text), &full))
	assert.Contains(t, fmt.Sprint(full.Log), "asked")
	assert.NotContains(t, text, "listens on", "the line for the site is not the program's")
}

func TestVisibleTestsTellWhatWentOver(t *testing.T) {
	root := copyOf(t, map[string]string{"subject.go": subject, "code.go": code("one"), "code_test.go": visible})
	d := open(t, root)
	require.Equal(t, http.StatusOK, d.turn(t, `{"tests": true}`))
	s := d.until(t, "has been tested", func(s State) bool { return s.Tests.Phase == Ended })
	require.Len(t, s.Tests.Tests, 2)
	failed := s.Tests.Tests[0]
	assert.Equal(t, "fail", failed.Status)
	assert.Equal(t, &Place{File: "lessons/" + lesson + "/code_test.go", Line: 18, Text: ""}, failed.Place)
	assert.Contains(t, failed.Output, `it says "one"`)
	assert.Equal(t, "pass", s.Tests.Tests[1].Status)
	assert.False(t, s.Tests.Tests[1].Transcript)
	require.True(t, failed.Transcript)
	status, text := get(t, d.url+lesson+"/transcripts/TestSays")
	require.Equal(t, http.StatusOK, status)
	var rows []tap.Row
	require.NoError(t, json.Unmarshal([]byte(text), &rows))
	require.Len(t, rows, 3)
	assert.Contains(t, rows[0].Data, "GET /say HTTP/1.1")
	assert.Equal(t, 200, rows[1].Code)
	assert.Equal(t, "one", rows[2].Data)

	put(t, root, "lessons/"+lesson+"/code.go", code("two"))
	s = d.until(t, "is green", func(s State) bool { return s.Tests.Phase == Ended })
	assert.Equal(t, "pass", s.Tests.Tests[0].Status)

	put(t, root, "lessons/"+lesson+"/code.go", "package madeup\n")
	s = d.until(t, "does not compile", func(s State) bool { return s.Tests.Phase == Broken })
	require.NotEmpty(t, s.Tests.Errors)
	assert.Equal(t, "undefined: Say", s.Tests.Errors[0].Text)
}

// Tests that are wanted once run once, a build before them or not, and nothing old is said of them meanwhile.
func TestTestsThatAreWantedOnce(t *testing.T) {
	root := copyOf(t, map[string]string{"subject.go": subject, "code.go": code("two"), "code_test.go": visible})
	d := open(t, root)
	require.Equal(t, http.StatusOK, d.turn(t, `{"run": true, "once": true}`))
	over := func(s State) bool { return s.Tests.Phase == Ended }
	s := d.until(t, "is green", over)
	assert.Len(t, s.Tests.Tests, 2)
	assert.False(t, s.Tests.On)
	require.Equal(t, http.StatusOK, d.turn(t, `{"run": true}`))
	d.until(t, "builds", phase(Building))
	require.Equal(t, http.StatusOK, d.turn(t, `{"once": true}`))
	var now State
	_, text := get(t, d.url+lesson)
	require.NoError(t, json.Unmarshal([]byte(text), &now))
	assert.Equal(t, []any{Building, Running}, []any{now.Phase, now.Tests.Phase})
	assert.Empty(t, now.Tests.Tests)
	s = d.until(t, "is tested again", func(s State) bool { return over(s) && s.Builds == 2 })
	assert.False(t, s.Tests.On)

	put(t, root, "lessons/"+lesson+"/code.go", code("one"))
	s = d.until(t, "runs again", func(s State) bool { return s.Phase == Running && s.Builds == 3 })
	assert.Equal(t, Ended, s.Tests.Phase, "a save tests nothing")

	// Switched off meanwhile, the program takes no test with it.
	require.Equal(t, http.StatusOK, d.turn(t, `{"run": false, "once": true}`))
	s = d.until(t, "fails", func(s State) bool { return over(s) && s.Phase == Off })
	assert.Equal(t, "fail", s.Tests.Tests[0].Status)
}

const endless = `package madeup

import (
	"net"
	"testing"
)

func TestHangs(t *testing.T) {
	if _, err := net.Dial("tcp", "%s"); err != nil {
		t.Fatal(err)
	}
	for {
	}
}
`

// A test in an endless loop ends with the save after it, and does not keep a core busy behind somebody's back.
func TestASaveEndsTheTestsBefore(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	root := copyOf(t, map[string]string{"subject.go": subject, "code.go": code("two"), "code_test.go": fmt.Sprintf(endless, ln.Addr())})
	d := open(t, root)
	require.Equal(t, http.StatusOK, d.turn(t, `{"tests": true}`))
	conn, err := ln.Accept()
	require.NoError(t, err)
	defer conn.Close()
	put(t, root, "lessons/"+lesson+"/code_test.go", visible)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(30*time.Second)))
	_, err = conn.Read(make([]byte, 1))
	var late net.Error
	require.False(t, errors.As(err, &late) && late.Timeout(), "its process goes on")
	d.until(t, "is green", func(s State) bool {
		return s.Tests.Phase == Ended && len(s.Tests.Tests) == 2 && s.Tests.Tests[0].Status == "pass"
	})
}

func TestWhatIsNoLessonIsRefused(t *testing.T) {
	d := open(t, copyOf(t, nil))
	for _, id := range []string{"99-none", "nonsense", "..%2f.."} {
		status, _ := get(t, d.url+id)
		assert.Equal(t, http.StatusNotFound, status, id)
	}
	none := open(t, "")
	status, text := get(t, none.url+lesson)
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, text, "no working copy")
}

func TestARaceIsReadable(t *testing.T) {
	text, err := os.ReadFile("../../grader/run/testdata/race.txt")
	require.NoError(t, err)
	var races []Race
	l := newLog(func([]Line, int) {}, func(report []string) { races = append(races, parseRace(report, "/copy")) })
	w := l.writer("stderr")
	for i := range text { // in pieces
		_, _ = w.Write(text[i : i+1])
	}
	require.Len(t, races, 1)
	two := races[0].Accesses
	require.Len(t, two, 2)
	assert.Equal(t, "read", two[0].What)
	assert.Equal(t, "goroutine 10", two[0].By)
	assert.Equal(t, Place{File: "lessons/16-hub/hub.go", Line: 4, Text: "16-hub.(*Hub).add()"}, two[0].Stack[0])
	assert.Equal(t, "previous write", two[1].What)
	assert.Equal(t, "main goroutine", two[1].By)
	assert.Equal(t, 12, two[1].Stack[1].Line)
	require.Len(t, two[0].Begun, 1)
}

func TestAProgramInALoopDoesNotFillMemory(t *testing.T) {
	var published atomic.Int64
	l := newLog(func(lines []Line, _ int) { published.Add(int64(len(lines))) }, nil)
	w := l.writer("stdout")
	long := strings.Repeat("x", 3*maxLine) + "\n"
	for range 4 * maxLines {
		_, _ = io.WriteString(w, long)
	}
	l.flush()
	assert.LessOrEqual(t, len(l.last()), 2*maxLines)
	assert.Len(t, l.last()[0].Text, maxLine)
	assert.Positive(t, published.Load())
}

func TestWhatTheCompilerSays(t *testing.T) {
	places, rest := parseErrors("# wirelab/lessons/10-echo\nlessons/10-echo/echo.go:3:5: cannot use x\n\thave a\n\twant b\n./main.go:1: short\nsomething else\n")
	assert.Equal(t, []Place{
		{"lessons/10-echo/echo.go", 3, 5, "cannot use x\nhave a\nwant b"},
		{"main.go", 1, 0, "short"},
	}, places)
	assert.Equal(t, "something else", rest)
}
