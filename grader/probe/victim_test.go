package probe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
	"wirelab/grader/subject"
	"wirelab/grader/wire"
)

// A victim is a hidden test that must fail, and the subject that it fails on. It runs in a process of its own, this
// very binary, and tells a fake grader what it found.
type victim struct {
	subject http.HandlerFunc
	test    func(s *probe.Subject)

	// For TestVictims.
	en, es string // the whole message; no message where the failure is not the probe's to report
	wrong  string // the transcript's wrong entry: kind, code if any, data; "" if none is wrong
	bound  bool   // it fails because something did not come in time
	slow   bool   // it takes its time: much has to come
}

// short is a bound for what never comes.
const short = 60 * time.Millisecond

const (
	victimEnv = "PROBE_TEST_VICTIM"
	gradedEnv = "PROBE_TEST_GRADED" // the victim's subject is the grader's
)

func TestMain(m *testing.M) {
	v, ok := named(os.Getenv(victimEnv))
	switch {
	case !ok:
		probe.Main(m, good)
	case os.Getenv(gradedEnv) != "":
		os.Exit(m.Run())
	default:
		probe.Main(m, func() http.Handler { return v.subject })
	}
}

func victims() map[string]victim {
	all := map[string]victim{}
	for _, some := range []map[string]victim{
		httpVictims(), eventVictims(), socketVictims(), ruleVictims(), floodVictims(), clientVictims(), otherVictims(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// named finds a victim, or one of those that have tests of their own.
func named(name string) (victim, bool) {
	all := singled()
	maps.Copy(all, victims())
	maps.Copy(all, sieges())
	v, ok := all[name]
	return v, ok
}

// TestVictim is what runs in the other process.
func TestVictim(t *testing.T) {
	v, ok := named(os.Getenv(victimEnv))
	if !ok {
		t.Skip("for a process of its own: see TestVictims")
	}
	v.test(probe.Start(t))
}

func TestVictims(t *testing.T) {
	for name, v := range victims() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newFakeGrader(t, subject.State{})
			log, err := g.run(t, name)
			require.Error(t, err, "it passed:\n%s", log)
			got := g.result(t, log)
			require.False(t, got.Passed)
			require.Equal(t, v.en, got.Message.EN)
			require.Equal(t, v.es, got.Message.ES)
			require.Equal(t, v.wrong, wrongEntry(got.Transcript), "%s", log)
			require.Equal(t, v.bound, got.Bound)
			require.True(t, v.slow || got.Seconds < probe.Bound.Seconds(), "a failure that is certain does not wait: %v s", got.Seconds)
			require.Contains(t, strings.ReplaceAll(log, "\n        ", "\n"), "\n"+v.en+"\n")
		})
	}
}

// wrongEntry describes the one entry at which the expectation broke.
func wrongEntry(transcript []wire.Entry) string {
	var found []string
	for _, e := range transcript {
		if e.Wrong {
			code := ""
			if e.Code != 0 {
				code = fmt.Sprintf(" %d", e.Code)
			}
			found = append(found, strings.TrimSpace(string(e.Kind)+code+" "+e.Data))
		}
	}
	return strings.Join(found, " AND ")
}

// fakeGrader is the grader's side of package subject. Its subject, if it has one, ends as state says.
type fakeGrader struct {
	socket  string
	subject string // path of the subject's socket
	state   subject.State

	mu      sync.Mutex
	results []subject.Result
	calls   []string
}

func newFakeGrader(t *testing.T, state subject.State) *fakeGrader {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") // t.TempDir has paths that are too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	g := &fakeGrader{socket: filepath.Join(dir, "g"), subject: filepath.Join(dir, "s"), state: state}
	mux := http.NewServeMux()
	reply := func(what string, v func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			g.mu.Lock()
			g.calls = append(g.calls, what)
			g.mu.Unlock()
			_ = json.NewEncoder(w).Encode(v())
		}
	}
	mux.HandleFunc("POST /subjects", reply("start", func() any { return subject.Started{ID: "7", Socket: g.subject} }))
	mux.HandleFunc("GET /subjects/7", reply("state", func() any { return g.state }))
	mux.HandleFunc("DELETE /subjects/7", reply("stop", func() any { return g.state }))
	mux.HandleFunc("POST /results", func(w http.ResponseWriter, r *http.Request) {
		var res subject.Result
		if json.NewDecoder(r.Body).Decode(&res) == nil {
			g.mu.Lock()
			g.results = append(g.results, res)
			g.mu.Unlock()
		}
		_, _ = w.Write([]byte("{}"))
	})
	serve(t, g.socket, mux)
	return g
}

func serve(t *testing.T, socket string, h http.Handler) {
	t.Helper()
	ln, err := net.Listen("unix", socket)
	require.NoError(t, err)
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(ln) }() // until it is closed
	t.Cleanup(func() { srv.Close() })
}

// run runs a victim to its end and returns what it printed.
func (g *fakeGrader) run(t *testing.T, name string, env ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.run=^TestVictim$", "-test.timeout=3m")
	cmd.Env = append(os.Environ(), append(env, victimEnv+"="+name, subject.Env+"="+g.socket)...)
	in, err := cmd.StdinPipe() // its end would be the grader's
	require.NoError(t, err)
	defer in.Close()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// result is the one result that was handed in.
func (g *fakeGrader) result(t *testing.T, log string) subject.Result {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	require.Len(t, g.results, 1, "%s", log)
	require.Equal(t, "TestVictim", g.results[0].Test)
	return g.results[0]
}
