package build

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/local"
	"wirelab/grader/policy"
)

// toolchain is the installed Go and the compiled packages that lessons may use.
type toolchain struct {
	root     string            // of the course: where the go command runs
	version  string            // see Version
	race     bool              //
	compile  string            // path of the compiler
	link     string            // path of the linker
	pkg      string            // folder with the archives
	archives map[string]string // import path → archive below pkg
	content  map[string]string // import path → name of the archive in the go command's cache, which goes by what it holds
	libgcc   string            // support library that the race detector's runtime needs; "" without it
}

// harnessPath is the package that a student's program starts in.
const harnessPath = "wirelab/grader/harness"

func newToolchain(ctx context.Context, c *course.Course, pkg string) (toolchain, error) {
	t := toolchain{root: c.Root, pkg: pkg, archives: map[string]string{}, content: map[string]string{}}
	env, err := t.goCommand(ctx, "env", "GOTOOLDIR")
	if err != nil {
		return t, err
	}
	dir := strings.TrimSpace(string(env))
	if t.version, err = Version(ctx); err != nil {
		return t, err
	}
	t.compile, t.link = filepath.Join(dir, "compile"), filepath.Join(dir, "link")
	cc := local.CompilerC(ctx)
	t.race = cc != ""

	want := []string{harnessPath}
	for _, l := range c.Lessons {
		want = append(want, policy.Imports(l.Library)...)
	}
	if t.race {
		want = append(want, "runtime/race")
	}
	slices.Sort(want)
	args := append([]string{"list", "-export", "-deps", "-f", "{{with .Export}}{{$.ImportPath}}\t{{.}}{{end}}"}, t.raceFlag()...)
	list, err := t.goCommand(ctx, append(args, slices.Compact(want)...)...)
	if err != nil {
		return t, err
	}
	if err := os.MkdirAll(pkg, 0o755); err != nil {
		return t, err
	}
	if t.race {
		if err := t.findLibgcc(ctx, cc); err != nil {
			return t, err
		}
	}
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		path, export, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			continue
		}
		archive := filepath.Join(pkg, fmt.Sprintf("%d.a", len(t.archives)))
		if err := place(export, archive); err != nil {
			return t, err
		}
		t.archives[path], t.content[path] = archive, filepath.Base(export)
	}
	return t, lines.Err()
}

// Version names the installed Go and what it compiles for: "go1.26.8 linux/amd64".
func Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "version").Output()
	if err != nil {
		return "", fmt.Errorf("go version: %w", err)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(out), "go version ")), nil
}

// HasRace reports whether programs can be built with the race detector here: it needs a C compiler.
func HasRace(ctx context.Context) bool { return local.CompilerC(ctx) != "" }

// findLibgcc puts the C compiler's support library beside the packages: the linker would ask the compiler for it,
// and cannot from inside the sandbox.
func (t *toolchain) findLibgcc(ctx context.Context, cc string) error {
	out, err := exec.CommandContext(ctx, cc, "-print-libgcc-file-name").Output()
	if err != nil {
		return fmt.Errorf("%s: where is libgcc: %w", cc, err)
	}
	t.libgcc = filepath.Join(t.pkg, "libgcc.a")
	return place(strings.TrimSpace(string(out)), t.libgcc)
}

// place puts a copy of the archive where the sandbox may see it: the go command's cache holds more than that. It is
// never a link, which would lead back into that cache.
func place(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

func (t toolchain) raceFlag() []string {
	if t.race {
		return []string{"-race"}
	}
	return nil
}

// goCommand runs the go command in the course and returns what it prints.
func (t toolchain) goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = t.root
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	if t.race {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// importcfg is what the compiler or linker is told of where packages are: those named, or all for none.
func (t toolchain) importcfg(paths []string, more map[string]string) []byte {
	var b bytes.Buffer
	line := func(path, archive string) { fmt.Fprintf(&b, "packagefile %s=%s\n", path, archive) }
	if paths == nil {
		for path, archive := range t.archives {
			line(path, archive)
		}
	}
	for _, path := range paths {
		if archive, ok := t.archives[path]; ok {
			line(path, archive)
		}
	}
	for path, archive := range more {
		line(path, archive)
	}
	return b.Bytes()
}
