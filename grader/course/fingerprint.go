package course

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Fingerprint names the sources of packages of the course ("wirelab/grader/probe"), with or without their tests, of
// all packages of the course that they import, and the versions of all others: two equal ones compile to the same
// program. Files that sources embed are not looked at: notes are read by people.
func (c *Course) Fingerprint(tests bool, packages ...string) (string, error) {
	f := fingerprinter{root: c.Root, digests: map[string]string{}}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := f.add(filepath.Join(c.Root, name)); err != nil {
			return "", fmt.Errorf("fingerprint: %w", err)
		}
	}
	for _, p := range packages {
		if err := f.addPackage(p, tests); err != nil {
			return "", fmt.Errorf("fingerprint of %s: %w", p, err)
		}
	}
	return f.sum(), nil
}

type fingerprinter struct {
	root    string
	digests map[string]string // of files by path, and of packages that were seen, which have none
}

// add notes the content of a file.
func (f *fingerprinter) add(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	f.digests[path] = hex.EncodeToString(sum[:])
	return nil
}

// addPackage notes the sources of a package and goes on with what they import.
func (f *fingerprinter) addPackage(path string, tests bool) error {
	rel, ok := strings.CutPrefix(path, "wirelab/")
	if _, seen := f.digests[path]; !ok || seen {
		return nil
	}
	f.digests[path] = ""
	sources, err := filepath.Glob(filepath.Join(f.root, filepath.FromSlash(rel), "*.go"))
	if err != nil {
		return err
	}
	for _, src := range sources {
		if !IsSource(filepath.Base(src)) || !tests && strings.HasSuffix(src, "_test.go") {
			continue
		}
		if err := f.add(src); err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), src, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return fmt.Errorf("%s: %w", src, err)
			}
			if err := f.addPackage(imported, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fingerprinter) sum() string {
	var lines []string
	for path, digest := range f.digests {
		rel, err := filepath.Rel(f.root, path)
		if err != nil || digest == "" { // a package
			rel = path
		}
		lines = append(lines, filepath.ToSlash(rel)+" "+digest+"\n")
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}
