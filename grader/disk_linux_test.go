package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// disks is a script of five batches over one class, whose disks are small, or read-only. It leaves what each printed, its
// status, and the verdicts that were kept by then.
const disks = `set -u
batch() {
	"$BIN/grader" batch "$CLASS" --out "$2" --lesson 01,10 --lang en --sandbox off >"$LEFT/$1.said" 2>&1
	echo "$?" >"$LEFT/$1.status"
	mkdir "$LEFT/$1" && cp "$WIRELAB_CACHE/verdicts/"* "$LEFT/$1/"
}
mount -t tmpfs -o size=8k none "$WIRELAB_CACHE/verdicts" || exit 77
batch full "$OUT/1"
mount -o remount,size=1m "$WIRELAB_CACHE/verdicts"
batch room "$OUT/2"
mkdir "$OUT/3" "$OUT/4"
mount -t tmpfs -o size=8k none "$OUT/3"
batch full-out "$OUT/3"
mount -o remount,size=8m "$OUT/3"
batch room-out "$OUT/3"
cp "$OUT/3/gradebook.csv" "$LEFT/"
mount -t tmpfs -o ro none "$OUT/4"
batch read-only-out "$OUT/4"
mount -o remount,ro "$WIRELAB_CACHE/verdicts"
echo >>"$CLASS/volkov-artem/10-echo/echo.go"
batch read-only-verdicts "$OUT/2"
exit 0
`

// A full disk and a read-only one are said so, with what to do, and nothing that was written is lost: with room again
// the batch goes on.
func TestDisksThatAreFullOrReadOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("grades a small class")
	}
	needsGrader(t)
	b := newResumed(t, "garcia-lopez-ana", "oconnor-saoirse", "volkov-artem", "kowalska-zofia", "castillo-vega-mariana")
	bin, left := t.TempDir(), t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(bin, "grader"))) // see TestMain
	require.NoError(t, os.Mkdir(b.verdicts, 0o700))
	args := []string{"-m", "sh", "-c", disks}
	if os.Geteuid() != 0 {
		args[0] = "-rm"
	}
	cmd := exec.CommandContext(t.Context(), "unshare", args...)
	cmd.Env = append(os.Environ(), "BIN="+bin, "CLASS="+b.class, "OUT="+b.out, "LEFT="+left, "WIRELAB_CACHE="+b.cache)
	if out, err := cmd.CombinedOutput(); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "nobody may mount a disk here: %v: %s", err, out)
		t.Skipf("nobody may mount a disk here: %v: %s", err, out)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(left, name))
		require.NoError(t, err)
		return string(text)
	}
	kept := func(name string) map[string]int { return resumed{verdicts: filepath.Join(left, name)}.records(t) }
	requireSaid := func(name, status string, parts ...string) {
		t.Helper()
		said := read(name + ".said")
		require.Equal(t, status+"\n", read(name+".status"), "%s", said)
		for _, part := range parts {
			require.Contains(t, said, part)
		}
	}

	requireSaid("full", "1", "grader: store: ", "no space left on device\n", "\nhint: what was graded until now is kept: make room")
	requireSaid("room", "0")
	assert.Less(t, len(kept("full")), 10)
	for key := range kept("full") {
		assert.Equal(t, 1, kept("room")[key], "lost, or found out again")
	}
	assert.Len(t, kept("room"), 10)

	requireSaid("full-out", "1", "grader: the reports: write ", "no space left on device\n", "\nhint: every verdict is kept")
	requireSaid("room-out", "0")
	assert.Equal(t, 5, strings.Count(read("gradebook.csv"), "\n")-1, "a line for each student")
	requireSaid("read-only-out", "1", "grader: reports: ", "read-only file system\n", "\nhint: choose a folder that you may write: --out")
	assert.NotContains(t, read("read-only-out.said"), "compiling", "it is known before the work")
	requireSaid("read-only-verdicts", "1", "grader: store: ", "read-only file system\n", "\nhint: ")
	assert.Equal(t, kept("room"), kept("read-only-verdicts"))
}
