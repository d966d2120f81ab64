package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// archivesEnv names a directory made by makeArchives, where the tests run as a user who cannot make it.
const archivesEnv = "WIRELAB_TEST_ARCHIVES"

const served = `package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
)

func main() {
	ln, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("compiled")) })
	http.HandleFunc("/race", func(w http.ResponseWriter, r *http.Request) {
		n, done := 0, make(chan bool)
		go func() { n++; done <- true }()
		n++
		<-done
	})
	s := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.DefaultServeMux}}
	s.Start()
	select {}
}
`

// makeArchives fills dir with the race-enabled archives of net/http, and an importcfg that names them.
func makeArchives(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-race", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}",
		"net/http", "net/http/httptest", "runtime/race")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	list, err := cmd.Output()
	require.NoError(t, err, "a C compiler is needed for the race detector")
	var cfg bytes.Buffer
	for line := range strings.Lines(string(list)) {
		name, export, _ := strings.Cut(strings.TrimSpace(line), " ")
		if export == "" {
			continue // unsafe
		}
		archive := filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".a")
		fmt.Fprintf(&cfg, "packagefile %s=%s\n", name, archive)
		copyFile(t, export, archive)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "importcfg"), cfg.Bytes(), 0o644))
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	src, err := os.Open(from)
	require.NoError(t, err)
	defer src.Close()
	syscall.ForkLock.RLock() // a child that is born now would hold the copy open, and nobody could execute it
	defer syscall.ForkLock.RUnlock()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(dst, src)
	require.NoError(t, err)
	require.NoError(t, dst.Close())
}

func archives(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv(archivesEnv); dir != "" {
		return dir
	}
	if _, err := exec.LookPath("gcc"); err != nil && os.Getenv("CI") == "" {
		t.Skip("no C compiler, so no race detector")
	}
	dir := publicDir(t)
	makeArchives(t, dir)
	return dir
}

// The Go compiler and linker run in the Tool profile, and what they make serves in the Serve profile.
func TestTool(t *testing.T) {
	std := archives(t)
	tools, err := exec.CommandContext(t.Context(), "go", "env", "GOTOOLDIR").Output()
	require.NoError(t, err)
	libgcc, err := exec.CommandContext(t.Context(), "gcc", "--print-libgcc-file-name").Output()
	require.NoError(t, err)
	gcc := strings.TrimSpace(string(libgcc))
	tool := func(name string) string { return filepath.Join(strings.TrimSpace(string(tools)), name) }
	everySetting(t, func(t *testing.T, b *Box) {
		src, out := publicDir(t), publicDir(t)
		require.NoError(t, os.WriteFile(filepath.Join(src, "main.go"), []byte(served), 0o644))
		cfg := filepath.Join(std, "importcfg")
		c := Command{
			Path: tool("compile"), Dir: src, Profile: Tool,
			Args:   []string{"-race", "-complete", "-p", "main", "-importcfg", cfg, "-o", out + "/main.a", "main.go"},
			Binds:  []Bind{{Path: src}, {Path: std}, {Path: out, Writable: true}},
			Limits: Limits{Memory: 512 << 20, FileSize: 64 << 20, Wall: time.Minute},
		}
		e := run(t, b, c)
		require.Equal(t, "exited with status 0", e.Text().EN, "%s", e.Output)

		c.Path = tool("link")
		c.Binds = append(c.Binds, Bind{Path: gcc})
		c.Args = []string{"-race", "-linkmode=internal", "-libgcc=" + gcc, "-w", "-importcfg", cfg, "-o", out + "/program", out + "/main.a"}
		e = run(t, b, c)
		require.Equal(t, "exited with status 0", e.Text().EN, "%s", e.Output)

		libs, err := LibBinds(out + "/program")
		require.NoError(t, err)
		assert.Greater(t, len(libs), 1, "the loader and the C library")
		f, path := listen(t)
		p, err := b.Start(t.Context(), Command{Path: out + "/program", Binds: libs, Listeners: []*os.File{f}})
		require.NoError(t, err)
		assert.Equal(t, "compiled", get(t, client(t, path), "/"), "%v", path)
		p.Kill()
		e = p.Wait()
		assert.Empty(t, string(e.Output))

		// The race detector is told what to do, and does it.
		f, path = listen(t)
		p, err = b.Start(t.Context(), Command{
			Path: out + "/program", Binds: libs, Listeners: []*os.File{f}, Env: []string{"GORACE=halt_on_error=1 exitcode=77 atexit_sleep_ms=0"},
		})
		require.NoError(t, err)
		if r, err := client(t, path).Get("http://subject/race"); err == nil {
			r.Body.Close()
		}
		e = p.Wait()
		assert.Equal(t, 77, e.Code, "%s: %s", e.Text().EN, e.Output)
		assert.Contains(t, string(e.Output), "WARNING: DATA RACE")

		// What a submission may do to the compiler: make it read, or write, elsewhere.
		require.NoError(t, os.WriteFile(filepath.Join(src, "main.go"), []byte("package main\n//line /etc/passwd:1\nfunc main() { x }"), 0o644))
		c.Path = tool("compile")
		c.Args = []string{"-p", "main", "-importcfg", cfg, "-o", src + "/main.a", "main.go", "/etc/passwd"}
		e = run(t, b, c)
		assert.NotZero(t, e.Code)
		assert.NotContains(t, string(e.Output), "root:x")
		assert.NoFileExists(t, src+"/main.a")
	})
}

func TestLibBindsOfStaticProgram(t *testing.T) {
	libs, err := LibBinds(subject())
	require.NoError(t, err)
	assert.Empty(t, libs)
	_, err = LibBinds("/etc/passwd")
	assert.ErrorContains(t, err, "/etc/passwd")
}
