package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"wirelab/grader/course"
	"wirelab/grader/policy"
	"wirelab/grader/sandbox"
	"wirelab/lessons"
)

// Object is a compiled lesson.
type Object struct {
	Lesson  string // its ID
	Quiet   bool   // its initialisation does nothing that another lesson could feel
	archive string
}

// Compile compiles one lesson: the submitted files, which policy must have let through, and the given ones. What was
// compiled before is not compiled again, if there is a cache.
func (b *Builder) Compile(ctx context.Context, l course.Lesson, files map[string][]byte, quiet bool) (*Object, *Failure, error) {
	given, err := l.Given()
	if err != nil {
		return nil, nil, err
	}
	all := maps.Clone(files)
	maps.Copy(all, given) // a given file wins over a submitted one
	build := func(ctx context.Context) (string, *Failure, error) { return b.compileLesson(ctx, l, all) }
	var archive string
	var failure *Failure
	if b.objects == nil {
		archive, failure, err = build(ctx)
	} else {
		archive, failure, err = b.kept(ctx, l, all, build)
	}
	if failure != nil || err != nil {
		return nil, failure, err
	}
	return &Object{Lesson: l.ID, Quiet: quiet, archive: archive}, nil, nil
}

func (b *Builder) compileLesson(ctx context.Context, l course.Lesson, files map[string][]byte) (string, *Failure, error) {
	src, err := b.scratch("src-" + l.ID)
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(src)
	var names []string
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(src, name), text, 0o644); err != nil {
			return "", nil, err
		}
		if name[0] == '-' { // as a flag does
			name = "./" + name
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return b.compile(ctx, src, "wirelab/lessons/"+l.ID, b.tools.importcfg(policy.Imports(l.Library), nil), names)
}

// compileFlags are given to the compiler whatever it compiles.
var compileFlags = []string{"-complete", "-pack", "-c=2", "-lang=go1.26"}

// compile runs the compiler on the named files of the folder src and returns the archive. Paths in the program
// (in panics, in race reports) are those of the course. dirs are folders of archives beside the packages'.
func (b *Builder) compile(ctx context.Context, src, path string, importcfg []byte, names []string, dirs ...string) (string, *Failure, error) {
	cfg := filepath.Join(src, "importcfg")
	if err := os.WriteFile(cfg, importcfg, 0o644); err != nil {
		return "", nil, err
	}
	out, err := b.scratch("obj")
	if err != nil {
		return "", nil, err
	}
	archive := filepath.Join(out, "lesson.a")
	args := slices.Concat(
		[]string{"-p", path, "-o", archive, "-importcfg", cfg, "-trimpath", src + "=>" + strings.TrimPrefix(path, "wirelab/")},
		compileFlags, b.tools.raceFlag(), names,
	)
	failure, err := b.tool(ctx, b.tools.compile, args, src, out, dirs...)
	if failure != nil || err != nil {
		return "", failure, err
	}
	return archive, nil, nil
}

// tool runs the compiler or the linker in the sandbox: it reads the packages and the folder src, and writes to
// the folder out, nothing else. If it fails the folder out is gone: what a killed tool has written can be large.
func (b *Builder) tool(ctx context.Context, path string, args []string, src, out string, more ...string) (failure *Failure, err error) {
	defer func() {
		if failure != nil || err != nil {
			err = errors.Join(err, os.RemoveAll(out))
		}
	}()
	binds := []sandbox.Bind{
		{Path: b.tools.pkg},
		{Path: src},
		{Path: out, Writable: true},
	}
	for _, dir := range more {
		binds = append(binds, sandbox.Bind{Path: dir})
	}
	p, err := b.box.Start(ctx, sandbox.Command{
		Path: path, Args: args, Dir: src, Profile: sandbox.Tool, Binds: binds,
		Env:    []string{"GOMAXPROCS=2", "GOMEMLIMIT=384MiB", "TMPDIR=" + out},
		Limits: sandbox.Limits{Memory: maxMemory, CPU: maxCPU, Wall: maxWall, Processes: 64, FileSize: maxFile, OpenFiles: 1024, Output: 1 << 20},
		Keep:   maxWords,
	})
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	exit := p.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case exit.Limit != "":
		why := exit.Text()
		return &Failure{Text: lessons.Text{
			EN: "the compiler " + why.EN + "; honest work needs a tenth of that",
			ES: "el compilador " + why.ES + "; un trabajo honesto necesita la décima parte",
		}}, nil
	case exit.Code != 0 || exit.Signal != "":
		words := strings.ReplaceAll(string(exit.Output), src+"/", "")
		words = strings.TrimSpace(strings.ReplaceAll("\n"+words, "\n./", "\n"))
		if strings.Contains(words, syscall.EFBIG.Error()) {
			return &Failure{Text: lessons.Text{
				EN: fmt.Sprintf("compiled, it would be larger than %d MiB; honest work needs a tenth of that", maxFile>>20),
				ES: fmt.Sprintf("compilado, ocuparía más de %d MiB; un trabajo honesto necesita la décima parte", maxFile>>20),
			}}, nil
		}
		if err := noRoom(words); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if words == "" {
			return nil, fmt.Errorf("%s: %s", filepath.Base(path), exit.Text().EN)
		}
		return &Failure{Compiler: true, Text: lessons.Text{EN: words, ES: words}}, nil
	}
	return nil, checkOutput(out)
}

// noRoom is the disk's error, if that is why the compiler or the linker could not write: nobody's work is to blame for it.
// What they say about the work names a file and a line, and may quote the work.
func noRoom(words string) error {
	if sourceLine.MatchString(words) {
		return nil
	}
	for _, err := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
		if strings.Contains(words+"\n", ": "+err.Error()+"\n") {
			return err
		}
	}
	return nil
}

var sourceLine = regexp.MustCompile(`\.go:\d+`)

// checkOutput makes sure that nothing but plain files came out: what wrote there had untrusted input.
func checkOutput(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			return errors.New("the compiler left something that is not a file: " + e.Name())
		}
	}
	return os.Chmod(out, 0o755)
}
