package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The attacks are files that show what a submission may try, one each; testdata/README.md says how they are written.
const attacksDir = "testdata/attacks"

// attempts is what a submission may try, by section. Each has an attack that covers it.
func attempts() map[string][]string {
	return map[string][]string{
		"forging": {
			"init that calls os.Exit(0)", "init that calls syscall.Exit(0)",
			"printing results to stdout, stderr, every open descriptor",
			"its own TestMain, _test.go files", "testing flags put into os.Args",
			"reading hidden tests by path, through .., /proc", "reading hidden tests by embed",
			"reading hidden tests by a symbolic link", "reading hidden tests by a hard link",
			"go:linkname into the harness", "unsafe", "assembler", ".syso", "cgo", "go:cgo_import_dynamic",
			"its own go.mod, replace, vendor, go.work, overlay", "build tags that swap files",
			"replacing the given subject.go",
			"swapping http.DefaultTransport, http.DefaultClient, http.DefaultServeMux",
			"telling the checker's clients from others", "replaying the answers of the visible tests",
			"go:norace", "setting GORACE",
		},
		"getting out": {
			"read /etc/passwd", "read another submission", "write anywhere",
			"connect to the host's loopback", "connect to an abstract socket", "connect to the network",
			"turn the inherited listener into a client socket", "fork bomb", "setsid daemon that outlives its test",
			"kill another process", "ptrace another process", "renice another process", "mount", "new namespaces",
			"io_uring, bpf, keyctl, userfaultfd", "signal or stop the grader", "fill the disk",
			"survive the grader's own SIGKILL",
		},
		"time": {
			"spin on all cores", "allocate 4 GiB", "shared memory past the limit", "1 GiB of stdout", "1,000,000 goroutines",
			"accept and never answer", "answer one byte a second", "an endless event stream",
			"a WebSocket frame that claims 2^63 bytes", "deadlock in init",
			"panic in init of one lesson while the others are fine", "sleeping past every deadline",
		},
		"intake": {
			"a zip with ../ paths", "a zip with absolute paths", "a zip with symbolic links", "a zip of 10 GiB of zeros",
			"a zip of 1,000,000 entries", "a zip with a password", "a zip with a cut-off end",
			"a zip with names in CP437, Latin-1 or with control characters", "a zip with two entries of one name",
			"Windows line ends, a BOM", "UTF-16", "a folder without read permission", "a FIFO", "a socket", "a device",
			"a file of 100 MiB", "an empty folder", "a student's name that is a path", "a student's name that is a formula",
			"a student's name that is HTML", "two students of one name", "a submission that changes while it is read",
		},
		"build": {
			"nested struct aliases", "constants doubled to 256 MiB", "generics 18 levels deep", "a million parentheses",
			"a 256 MiB initialised array", "import cycles", "a package clause of another name", "no Go file at all",
			"Go of a newer version",
		},
	}
}

// attack is one file of testdata/attacks.
type attack struct {
	name  string // of the file, without its ending
	about string
	head  map[string][]string
	files map[string]string // by path within the submission, as they stand in the file
}

// keys are those that the head of an attack may have.
func keys() []string {
	return []string{
		"covers", "student", "with", "make", "status", "passes", "message", "mensaje", "note", "output", "never", "never.html",
		"door", "door.message", "door.output", "bare", "visible",
	}
}

func (a attack) first(key, otherwise string) string {
	if v := a.head[key]; len(v) > 0 {
		return v[0]
	}
	return otherwise
}

// students are the names under which it is handed in.
func (a attack) students() []string {
	if names := a.head["student"]; len(names) > 0 {
		return names
	}
	return []string{a.name}
}

func readAttacks(t *testing.T) []attack {
	t.Helper()
	paths, err := filepath.Glob(attacksDir + "/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var all []attack
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		a, err := parseAttack(text)
		require.NoError(t, err, path)
		a.name = strings.TrimSuffix(filepath.Base(path), ".txtar")
		all = append(all, a)
	}
	return all
}

// parseAttack reads what it is about, an empty line, lines "key: value", and the files.
func parseAttack(text []byte) (attack, error) {
	archive := txtar.Parse(text)
	about, head, ok := strings.Cut(string(archive.Comment), "\n\n")
	if !ok {
		return attack{}, fmt.Errorf("no empty line between what it is about and its head")
	}
	a := attack{about: about, head: map[string][]string{}, files: map[string]string{}}
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok || !slices.Contains(keys(), key) {
			return attack{}, fmt.Errorf("head: %q is no \"key: value\" of %v", line, keys())
		}
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		a.head[key] = append(a.head[key], value)
	}
	for _, f := range archive.Files {
		a.files[f.Name] = string(f.Data)
	}
	return a, nil
}

// repeated is text that would not read well written out: $REPEAT{100000 (}.
var repeated = regexp.MustCompile(`\$REPEAT\{(\d+) ([^}]*)\}`)

// source is a file's text as it is handed in; names are those of the witnesses.
func source(text string, names map[string]string) string {
	for name, value := range names {
		text = strings.ReplaceAll(text, "$"+name, value)
	}
	return repeated.ReplaceAllStringFunc(text, func(all string) string {
		parts := repeated.FindStringSubmatch(all)
		n, err := strconv.Atoi(parts[1])
		if err != nil {
			return all
		}
		return strings.Repeat(parts[2], n)
	})
}

func TestEveryLineHasItsAttack(t *testing.T) {
	covered := map[string][]string{}
	for _, a := range readAttacks(t) {
		assert.NotEmpty(t, a.head["covers"], "%s covers nothing", a.name)
		assert.Regexp(t, `^[A-Z"].*[.!:]$`, strings.ReplaceAll(a.about, "\n", " "), "%s: what it is about", a.name)
		for _, line := range a.head["covers"] {
			covered[line] = append(covered[line], a.name)
		}
	}
	for section, all := range attempts() {
		for _, line := range all {
			line = section + ": " + line
			assert.NotEmpty(t, covered[line], "nothing covers %q", line)
			delete(covered, line)
		}
	}
	assert.Empty(t, slices.Collect(maps.Keys(covered)), "no such lines")
}
