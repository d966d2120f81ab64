package main

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serving starts the site with args and returns the first lines that it prints, up to its address, and that
// address. The site ends with the test.
func serving(t *testing.T, args ...string) (printed, base string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, args, write, write)
		_ = write.Close() // never fails
	}()
	t.Cleanup(func() {
		cancel()
		assert.Zero(t, <-code)
	})
	address := regexp.MustCompile(`Wirelab: (http://\S+)/\n`)
	buf := make([]byte, 4096)
	for {
		n, err := read.Read(buf)
		require.NoError(t, err, printed)
		printed += string(buf[:n])
		if m := address.FindStringSubmatch(printed); m != nil {
			go func() { _, _ = io.Copy(io.Discard, read) }() // whatever it still has to say
			return printed, m[1]
		}
	}
}

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(b)
}

func TestServeSaysWhereAndHowFast(t *testing.T) {
	printed, base := serving(t, "--addr", "127.0.0.1:0")
	assert.Regexp(t, `^\d+ pages rendered in \d+(\.\d+)?m?s\n`, printed)
	assert.NotContains(t, printed, "taken")
	status, body := fetch(t, base+"/es/")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `<html lang="es">`)
}

func TestServeSaysThatItTookAnotherPort(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, ln.Close()) }()
	printed, base := serving(t, "--addr", ln.Addr().String())
	assert.Contains(t, printed, ln.Addr().String()+" is taken")
	status, _ := fetch(t, base+"/en/")
	assert.Equal(t, http.StatusOK, status)
}

func TestBuildWritesWhatIsServed(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public", "course")
	var printed bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"build", "--out", out}, &printed, &printed), "%s", &printed)
	assert.Contains(t, printed.String(), "files in "+out)

	_, base := serving(t, "--addr", "127.0.0.1:0")
	files := 0
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		files++
		name, err := filepath.Rel(out, path)
		require.NoError(t, err)
		if name == "index.html" {
			return nil // a server answers with a redirect
		}
		written, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NotRegexp(t, `(href|src)="/`, string(written), "%s leads out of a subfolder", name)
		status, served := fetch(t, base+"/"+filepath.ToSlash(name))
		assert.Equal(t, http.StatusOK, status, name)
		assert.Equal(t, string(written), served, name)
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, files, 12)
}

// In the repository the notes on disk are shown, and again when they change.
func TestNotesOnDiskAreShownAsTheyChange(t *testing.T) {
	notes := func(title string) []byte {
		return []byte("---\ntitle: " + title + "\nsummary: S\nminutes: 30\nkind: server\nlibrary: std\nfiles: [a.go]\nreads: []\n---\n## Idea\n")
	}
	t.Chdir(t.TempDir())
	dir := filepath.Join(notesDir, "02-x")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(notesDir, "lessons.go"), []byte("package lessons\n"), 0o600))
	for _, name := range []string{"README.md", "README.es.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), notes("Before"), 0o600))
	}
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"--addr", "127.0.0.1:0"}, write, write)
		_ = write.Close() // never fails
	}()
	next := lines(t, read)
	next("pages rendered")
	base := strings.TrimSuffix(strings.TrimPrefix(next("Wirelab: "), "Wirelab: "), "/")
	_, body := fetch(t, base+"/en/lessons/02-x.html")
	assert.Contains(t, body, "Before")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("nothing between dashes"), 0o600))
	next("error: 02-x/README.md")
	_, body = fetch(t, base+"/en/lessons/02-x.html")
	assert.Contains(t, body, "Before", "a mistake leaves the page as it was")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), notes("After"), 0o600))
	next("pages rendered")
	cancel()
	go func() { _, _ = io.Copy(io.Discard, read) }()
	assert.Zero(t, <-ended)
}

// lines returns a function that reads on to the next line with the given beginning or part.
func lines(t *testing.T, r io.Reader) func(part string) string {
	var pending string
	buf := make([]byte, 4096)
	return func(part string) string {
		t.Helper()
		for {
			if line, rest, ok := strings.Cut(pending, "\n"); ok {
				pending = rest
				if strings.Contains(line, part) {
					return line
				}
				continue
			}
			n, err := r.Read(buf)
			require.NoError(t, err)
			pending += string(buf[:n])
		}
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"build"}, {"--nonsense"}, {"build", "--out", "x", "y"}, {"sing"}} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, 2, run(t.Context(), args, &stdout, &stderr), "%q", args)
		assert.Contains(t, stderr.String(), "error: ", "%q", args)
		assert.Contains(t, stderr.String(), "hint: ", "%q", args)
		assert.Empty(t, stdout.String(), "%q", args)
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), []string{"build", "--out", file}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "error: build: ")
	assert.Equal(t, 1, run(t.Context(), []string{"--addr", "0.0.0.0:0"}, &stdout, &stderr))
	assert.Contains(t, stderr.String(), "not on loopback")
}
