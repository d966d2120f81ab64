package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"wirelab/grader/local"
	"wirelab/grader/sandbox"
)

// Program is a binary that serves the lessons it was linked from: its one argument is a lesson's ID.
type Program struct {
	Path  string
	Binds []sandbox.Bind // what it needs to start: the loader and the C library, if it was built with -race
}

// Link links the lessons of one student. Quiet ones share a program if they can, each other one gets its own. The map
// goes from the lesson's ID to its program.
func (b *Builder) Link(ctx context.Context, objects []*Object) (map[string]Program, map[string]*Failure, error) {
	programs, failures := map[string]Program{}, map[string]*Failure{}
	var quiet []*Object
	groups := [][]*Object{}
	for _, o := range objects {
		if o.Quiet {
			quiet = append(quiet, o)
		} else {
			groups = append(groups, []*Object{o})
		}
	}
	if len(quiet) > 0 {
		groups = append(groups, quiet)
	}
	for len(groups) > 0 {
		group := groups[0]
		groups = groups[1:]
		p, failure, err := b.link(ctx, group)
		if err != nil {
			return nil, nil, err
		}
		if failure != nil && len(group) > 1 { // one of them is why, and that is to cost the others nothing
			for _, o := range group {
				groups = append(groups, []*Object{o})
			}
			continue
		}
		for _, o := range group {
			if failure != nil {
				failures[o.Lesson] = failure
			} else {
				programs[o.Lesson] = p
			}
		}
	}
	return programs, failures, nil
}

func (b *Builder) link(ctx context.Context, objects []*Object) (Program, *Failure, error) {
	src, err := b.scratch("main")
	if err != nil {
		return Program{}, nil, err
	}
	defer os.RemoveAll(src)
	archives := map[string]string{}
	var dirs, ids []string
	for _, o := range objects {
		ids = append(ids, o.Lesson)
		archives["wirelab/lessons/"+o.Lesson] = o.archive
		dirs = append(dirs, filepath.Dir(o.archive))
	}
	if err := os.WriteFile(filepath.Join(src, "main.go"), local.MainFile(ids...), 0o644); err != nil {
		return Program{}, nil, err
	}
	main, failure, err := b.compile(ctx, src, "main", b.tools.importcfg([]string{harnessPath, "net/http"}, archives), []string{"main.go"}, dirs...)
	if failure != nil || err != nil {
		return Program{}, failure, err
	}
	defer os.RemoveAll(filepath.Dir(main))
	archives["main"] = main
	cfg := filepath.Join(src, "importcfg")
	if err := os.WriteFile(cfg, b.tools.importcfg(nil, archives), 0o644); err != nil {
		return Program{}, nil, err
	}
	out, err := b.scratch("bin")
	if err != nil {
		return Program{}, nil, err
	}
	bin := filepath.Join(out, "subject")
	args := append([]string{"-o", bin, "-importcfg", cfg, "-buildmode=exe", "-linkmode=internal", "-buildid=", "-s", "-w"}, b.tools.raceFlag()...)
	if b.tools.libgcc != "" {
		args = append(args, "-libgcc", b.tools.libgcc)
	}
	failure, err = b.tool(ctx, b.tools.link, append(args, main), src, out, append(dirs, filepath.Dir(main))...)
	if failure != nil || err != nil {
		return Program{}, failure, err
	}
	if err := os.Chmod(bin, 0o755); err != nil {
		return Program{}, nil, err
	}
	binds, err := sandbox.LibBinds(bin)
	if err != nil {
		return Program{}, nil, fmt.Errorf("libraries of the program: %w", err)
	}
	return Program{Path: bin, Binds: binds}, nil, nil
}

// Discard removes objects that have been linked.
func (b *Builder) Discard(objects []*Object) {
	for _, o := range objects {
		_ = os.RemoveAll(filepath.Dir(o.archive)) // what stays goes with the builder's folder
	}
}

// DiscardPrograms removes programs that have been run.
func (b *Builder) DiscardPrograms(programs map[string]Program) {
	for _, p := range programs {
		_ = os.RemoveAll(filepath.Dir(p.Path)) // likewise
	}
}
