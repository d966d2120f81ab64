package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/cache"
)

// killsEnv says at how many random moments the grader is killed. A hundred take minutes:
//
//	WIRELAB_KILLS=100 go test -run TestKilledBatchGoesOn -timeout 1h ./grader
const killsEnv = "WIRELAB_KILLS"

// Whenever the grader is killed, and however often, the next batch goes on: nothing that was found out is lost or found
// out again, and in the end the report is that of a batch which nobody disturbed.
func TestKilledBatchGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("grades a small class, again and again")
	}
	needsGrader(t)
	kills := 10
	if n, err := strconv.Atoi(os.Getenv(killsEnv)); err == nil {
		kills = n
	}
	b := newResumed(t, "garcia-lopez-ana", "oconnor-saoirse", "volkov-artem", "kowalska-zofia", "castillo-vega-mariana")
	require.NoError(t, os.CopyFS(filepath.Join(b.class, "twin"), os.DirFS(filepath.Join(classDir, "garcia-lopez-ana"))))
	begin := time.Now()
	require.True(t, b.run(t, time.Hour))
	undisturbed := time.Since(begin)
	want, records := b.result(t), b.records(t)
	require.Len(t, records, 10, "of twelve lessons, two were handed in twice")

	for killed := 0; killed < kills; {
		b.forget(t)
		for before := 0; ; {
			ended := b.run(t, rand.N(undisturbed))
			now := len(b.records(t))
			require.GreaterOrEqual(t, now, before)
			before = now
			if ended {
				break
			}
			killed++
		}
		requireSame(t, want, b.result(t))
		for key, times := range b.records(t) {
			require.Equal(t, 1, times, "verdict %s was found out again", key)
		}
	}
	t.Logf("killed at %d random moments", kills)
}

// A second batch over the same class grades nothing; what has changed is graded, and nothing else.
func TestSecondBatchGradesWhatHasChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("grades a small class")
	}
	needsGrader(t)
	b := newResumed(t, "garcia-lopez-ana", "volkov-artem")
	require.True(t, b.run(t, time.Hour))
	first, records := b.result(t), len(b.records(t))
	require.True(t, b.run(t, time.Hour))
	requireSame(t, first, b.result(t))
	require.Len(t, b.records(t), records)

	changed := filepath.Join(b.class, "volkov-artem", "10-echo", "echo.go")
	source, err := os.ReadFile(changed)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(changed, append(source, "\n// Handed in once more.\n"...), 0o644))
	require.True(t, b.run(t, time.Hour))
	requireSame(t, first, b.result(t))
	require.Len(t, b.records(t), records+1)
}

// resumed is a batch that is run again and again, in a process of its own.
type resumed struct {
	class, out, cache, verdicts string
}

func newResumed(t *testing.T, students ...string) resumed {
	t.Helper()
	b := resumed{class: t.TempDir(), out: t.TempDir(), cache: t.TempDir()}
	b.verdicts = filepath.Join(b.cache, "verdicts")
	hidden, err := cache.Open("hidden") // nothing is killed or lost while hidden tests compile
	require.NoError(t, err)
	require.NoError(t, os.Symlink(hidden.Path(), filepath.Join(b.cache, "hidden")))
	for _, id := range students {
		require.NoError(t, os.CopyFS(filepath.Join(b.class, id), os.DirFS(filepath.Join(classDir, id))))
	}
	return b
}

// run runs the batch until it ends or for so long, whichever comes first, and reports which it was.
func (b resumed) run(t *testing.T, d time.Duration) (ended bool) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "batch", b.class, "--out", b.out, "--lesson", "01,10", "--lang", "en")
	cmd.Args[0] = "grader" // see TestMain
	cmd.Env = append(os.Environ(), "WIRELAB_CACHE="+b.cache)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run() // killed with SIGKILL when ctx ends
	if ctx.Err() != nil {
		return false
	}
	require.NoError(t, err, "%s", &said)
	return true
}

// forget makes the grader begin anew.
func (b resumed) forget(t *testing.T) {
	t.Helper()
	require.NoError(t, os.RemoveAll(b.verdicts))
	require.NoError(t, os.RemoveAll(b.out))
}

// result is what is in the report, but for what differs in each run.
func (b resumed) result(t *testing.T) string {
	t.Helper()
	g := graded{out: b.out, report: readReport(t, b.out)}
	var all strings.Builder
	for _, s := range g.report.Students {
		for _, l := range s.Lessons {
			all.WriteString(s.ID + " " + constant(l))
		}
	}
	return all.String() + strings.Join(g.files(t), "\n")
}

// requireSame compares line by line, for whoever reads the failure.
func requireSame(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	require.Len(t, g, len(w))
	for i := range w {
		require.Equal(t, w[i], g[i])
	}
}

// records counts how often each verdict was written.
func (b resumed) records(t *testing.T) map[string]int {
	t.Helper()
	journals, err := filepath.Glob(filepath.Join(b.verdicts, "*"))
	require.NoError(t, err)
	all := map[string]int{}
	for _, path := range journals {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if key, _, ok := strings.Cut(line, " "); ok && strings.HasSuffix(line, "\n") {
				all[key]++
			}
		}
	}
	return all
}
