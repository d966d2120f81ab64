package sandbox

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// LibBinds returns what a dynamic program (one with the race detector, or with cgo) needs to be loaded: its loader and
// libraries, read-only, at every path where a loader looks without /etc/ld.so.cache. It is empty for a static program.
// All programs that one linker made from the same packages need the same: ask once.
func LibBinds(program string) ([]Bind, error) {
	f, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("libraries of %q: %w", program, err)
	}
	defer f.Close()
	loader, err := interpreter(f)
	if err != nil {
		return nil, fmt.Errorf("libraries of %q: %w", program, err)
	}
	if loader == "" {
		return nil, nil
	}
	binds := []Bind{{Path: loader}}
	todo := []*elf.File{f}
	done := map[string]bool{filepath.Base(loader): true}
	for len(todo) > 0 {
		f, todo = todo[0], todo[1:]
		needed, err := f.ImportedLibraries()
		if err != nil {
			return nil, fmt.Errorf("libraries of %q: %w", program, err)
		}
		for _, name := range needed {
			if done[name] {
				continue
			}
			done[name] = true
			paths := findLibrary(f, name)
			if len(paths) == 0 {
				return nil, fmt.Errorf("libraries of %q: %q: %w", program, name, os.ErrNotExist)
			}
			for _, p := range paths {
				binds = append(binds, Bind{Path: p})
			}
			lib, err := elf.Open(paths[0])
			if err != nil {
				return nil, fmt.Errorf("library %q: %w", paths[0], err)
			}
			defer lib.Close()
			todo = append(todo, lib)
		}
	}
	return binds, nil
}

// interpreter returns the path of the loader that the program asks for, "" where it is static.
func interpreter(f *elf.File) (string, error) {
	i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
	if i < 0 {
		return "", nil
	}
	b, err := io.ReadAll(f.Progs[i].Open())
	if err != nil {
		return "", fmt.Errorf("name of the loader: %w", err)
	}
	return strings.TrimRight(string(b), "\x00"), nil
}

// findLibrary returns each path at which a loader would find the library, without looking into its cache. Loaders
// differ in the order and number of these directories, so all that have the file are given.
func findLibrary(f *elf.File, name string) []string {
	var paths []string
	for _, dir := range libraryDirs(f) {
		p := filepath.Join(dir, name)
		if lib, err := elf.Open(p); err == nil {
			if lib.Machine == f.Machine && lib.Class == f.Class && !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
			lib.Close()
		}
	}
	return paths
}

func libraryDirs(f *elf.File) []string {
	var dirs []string
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		runpaths, err := f.DynString(tag)
		if errors.Is(err, elf.ErrNoSymbols) || len(runpaths) == 0 {
			continue
		}
		for _, dir := range strings.Split(runpaths[0], ":") {
			if filepath.IsAbs(dir) { // $ORIGIN means nothing to a program that is executed from a descriptor
				dirs = append(dirs, dir)
			}
		}
	}
	if triplet := map[elf.Machine]string{elf.EM_X86_64: "x86_64-linux-gnu", elf.EM_AARCH64: "aarch64-linux-gnu"}[f.Machine]; triplet != "" {
		dirs = append(dirs, "/lib/"+triplet, "/usr/lib/"+triplet)
	}
	if f.Class == elf.ELFCLASS64 {
		dirs = append(dirs, "/lib64", "/usr/lib64")
	}
	return append(dirs, "/lib", "/usr/lib")
}
