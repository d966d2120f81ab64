package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A course of 50 pages with notes, in the folder that the site reads.
func fiftyPages(t *testing.T) {
	t.Helper()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	body, err := os.ReadFile("../lessons/10-echo/README.md")
	require.NoError(t, err)
	_, notes, _ := strings.Cut(string(body), "\n---\n")
	notes = strings.ReplaceAll(notes, "](echo.svg)", "](https://example.org/echo.svg)")
	notes = strings.ReplaceAll(notes, "![", "[")
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir(notesDir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(notesDir, "lessons.go"), []byte("package lessons\n"), 0o600))
	for i := range 25 { // in two languages
		number := 1 + i%24
		dir := filepath.Join(notesDir, fmt.Sprintf("%02d-lesson-%d", number, i))
		require.NoError(t, os.Mkdir(dir, 0o755))
		front := fmt.Sprintf("---\ntitle: Lesson %d\nsummary: S\nminutes: 30\nkind: server\nlibrary: std\nfiles: [a.go]\nreads: []\n---\n", i)
		for _, name := range []string{"README.md", "README.es.md"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(front+notes), 0o600))
		}
	}
}

// From the save of one page among 50 to its new text in the browser's hands: under 300 ms. A machine that is busy
// with something else may be late; one that is late every time is too slow.
func TestASavedPageIsOnTheScreenAtOnce(t *testing.T) {
	fiftyPages(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/stream?topic=pages", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusOK, res.StatusCode)
	told := bufio.NewScanner(res.Body)
	require.True(t, told.Scan(), "the stream is open")

	const page = "en/lessons/07-lesson-6.html"
	file := filepath.Join(notesDir, "07-lesson-6", "README.md")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	quickest := time.Hour
	for try := range 30 {
		mark := fmt.Sprintf("Saved for the %dth time.", try)
		begun := time.Now()
		require.NoError(t, os.WriteFile(file, fmt.Appendf(bytes.Clone(before), "\n%s\n", mark), 0o600))
		for told.Scan() && !strings.Contains(told.Text(), page) {
		}
		_, body := fetch(t, base+"/"+page)
		took := time.Since(begun)
		require.Contains(t, body, mark)
		quickest = min(quickest, took)
		if quickest < 300*time.Millisecond {
			break
		}
	}
	t.Logf("from save to screen: %s", quickest)
	assert.Less(t, quickest, 300*time.Millisecond)
}
