package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// Ctrl-C ends a batch with reports about what is done, and the next one goes on as if nothing had been; of a regrade it
// leaves everything as it was.
func TestInterruptedBatchGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("grades two students")
	}
	needsGrader(t)
	const quick, slow = "castillo-vega-mariana", "ramirez-torres-diego"
	b := newResumed(t, quick, slow)
	interrupt(t, b.batch(t.Context(), t), quick)
	require.True(t, readReport(t, b.out).Interrupted)
	found := b.records(t)
	require.NotEmpty(t, found)
	require.True(t, b.run(t, time.Hour))
	got := b.result(t)
	require.False(t, readReport(t, b.out).Interrupted)
	for key := range found {
		require.Equal(t, 1, b.records(t)[key], "verdict %s was found out again", key)
	}
	require.NoError(t, os.RemoveAll(b.out))
	require.True(t, b.run(t, time.Hour)) // all that it reports is known, and nobody disturbs it
	requireSame(t, b.result(t), got)

	file := filepath.Join(b.out, "report.json")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	interrupt(t, b.grader(t.Context(), t, "regrade", slow), quick)
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
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
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	cmd := b.batch(ctx, t)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run() // killed with SIGKILL when ctx ends
	if ctx.Err() != nil {
		return false
	}
	require.NoError(t, err, "%s", &said)
	return true
}

// batch is the command that run runs.
func (b resumed) batch(ctx context.Context, t *testing.T, flags ...string) *exec.Cmd {
	t.Helper()
	return b.grader(ctx, t, append([]string{"batch", b.class, "--lesson", "01,10", "--lang", "en"}, flags...)...)
}

// grader is a command about the batch's folder.
func (b resumed) grader(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, self, append(args, "--out", b.out)...)
	cmd.Args[0] = "grader" // see TestMain
	cmd.Env = append(os.Environ(), "WIRELAB_CACHE="+b.cache)
	return cmd
}

// forget makes the grader begin anew.
func (b resumed) forget(t *testing.T) {
	t.Helper()
	require.NoError(t, os.RemoveAll(b.verdicts))
	require.NoError(t, os.RemoveAll(b.out))
}

// result is what is in the reports, but for what differs in each run.
func (b resumed) result(t *testing.T) string {
	t.Helper()
	g := graded{out: b.out, report: readReport(t, b.out)}
	var all strings.Builder
	for _, s := range g.report.Students {
		for _, l := range s.Lessons {
			all.WriteString(s.ID + " " + constant(l))
		}
	}
	for _, name := range g.files(t) {
		text, err := os.ReadFile(filepath.Join(b.out, name))
		require.NoError(t, err)
		all.WriteString(name + "\n")
		if filepath.Ext(name) != ".json" {
			all.WriteString(moment.ReplaceAllString(string(text), "…"))
		}
	}
	return all.String()
}

// moment is what differs in the pages of each run, as it does in the report: what went over the wire, what a program
// said, payloads, times, and what ran again since the machine was busy.
var moment = regexp.MustCompile(strings.Join([]string{
	`(?s)<figure class="wire">.*?</figure>`, `<pre class="said".*?</pre>`, "```+text\n.*?\n```+",
	`&#34;(\\.|[^\\])*?&#34;`, ` <span>[0-9.]+ s</span>`, `(,| <span>| <em>) ?run again, since the machine was busy the first time(</span>|</em>)?`,
}, "|"))

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
