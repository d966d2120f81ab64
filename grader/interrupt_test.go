package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

// Ctrl-C in the middle of a batch: what is done is reported, what is not says so, and nothing is left half written.
func TestInterruptedBatch(t *testing.T) {
	needsGrader(t)
	class, out := t.TempDir(), t.TempDir()
	for _, id := range []string{"castillo-vega-mariana", "ramirez-torres-diego"} { // the one fails at once, the other makes tests wait
		require.NoError(t, os.CopyFS(filepath.Join(class, id), os.DirFS(filepath.Join(classDir, id))))
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "batch", class, "--out", out, "--fresh", "--lesson", "01", "--lang", "es")
	cmd.Args[0] = "grader" // see TestMain
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	said := interrupt(t, cmd, "castillo-vega-mariana")
	assert.Contains(t, said, "pista: ejecuta el mismo comando sin --fresh: sigue donde se quedó")
	assert.Contains(t, said, "· leyendo las entregas")
	assert.NotContains(t, said, "ramirez-torres-diego: ", "it is not done")
	assert.Contains(t, stdout.String(), "estudiantes que faltan: 1 de")

	g := graded{out: out, stdout: stdout.String(), report: readReport(t, out)}
	assert.True(t, g.report.Interrupted)
	all := g.lessons()
	assert.Equal(t, verdict.Graded, all["castillo-vega-mariana/01-first-sse"].Status)
	cut := all["ramirez-torres-diego/01-first-sse"]
	assert.Equal(t, verdict.NotGradable, cut.Status)
	assert.Contains(t, cut.Message, "se interrumpió")
	for _, r := range cut.Tests {
		assert.Equal(t, verdict.NotRun, r.Status, r.Name)
	}
	assert.ElementsMatch(t, []string{
		"gradebook.csv", "index.html", "report.json",
		"students/castillo-vega-mariana.html", "students/castillo-vega-mariana.md", "students/ramirez-torres-diego.html", "students/ramirez-torres-diego.md",
	}, g.files(t))
	assert.NotEmpty(t, g.stdout, "the summary")
}

// interrupt runs a grader and does what Ctrl-C does once it says that somebody is done. It returns what was said.
func interrupt(t *testing.T, cmd *exec.Cmd, done string) string {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var said strings.Builder
	lines := bufio.NewScanner(io.TeeReader(stderr, &said))
	for lines.Scan() {
		if strings.Contains(lines.Text(), done) {
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
		}
	}
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit, "%s", &said)
	assert.Equal(t, exitFailed, exit.ExitCode(), "%s", &said)
	assert.Regexp(t, "grader: (interrupted|interrumpido)", said.String())
	return said.String()
}
