package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goPackage is what the go command says of a package of this module.
type goPackage struct {
	ImportPath, Dir, Name  string
	GoFiles, TestGoFiles   []string
	XTestGoFiles, CgoFiles []string
	Imports                []string
	TestImports            []string
}

func tree(t *testing.T) (root string, all []goPackage) {
	t.Helper()
	wd, err := os.Getwd()
	require.NoError(t, err)
	root = filepath.Dir(wd)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := dec.Decode(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.Greater(t, len(all), 10)
	return root, all
}

func TestTopLevelFolders(t *testing.T) {
	root, _ := tree(t)
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && e.Name() != "out" {
			assert.Contains(t, []string{"lessons", "solutions", "grader", "site"}, e.Name(), "no other folder at the top")
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		if strings.Contains(p.ImportPath, "/solutions/") {
			continue // the lesson's own comment, in what a student writes
		}
		commented := false
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles) {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			require.NoError(t, err)
			commented = commented || f.Doc != nil
		}
		assert.True(t, commented, "%s has no package comment", p.ImportPath)
	}
}

// forbidden names imports that some packages may not have, and why.
var forbidden = []struct {
	in      func(path string) bool
	imports func(imported string) bool
	why     string
}{
	{
		in:      func(p string) bool { return !strings.HasPrefix(p, "wirelab/grader/sandbox") },
		imports: prefixed("github.com/elastic/go-seccomp-bpf", "github.com/landlock-lsm/", "golang.org/x/sys/unix", "kernel.org/"),
		why:     "only grader/sandbox knows namespaces, seccomp and landlock",
	},
	{
		in: func(p string) bool { return p == "wirelab/lessons" },
		imports: func(i string) bool {
			return !isStandard(i) && i != "go.yaml.in/yaml/v3"
		},
		why: "the catalog stays light",
	},
	{
		in: func(p string) bool { return isLesson(p) },
		imports: func(i string) bool {
			return !isStandard(i) && !prefixed("github.com/gorilla/websocket", "github.com/coder/websocket", "github.com/redis/go-redis/v9")(i)
		},
		why: "a student's go test should download little",
	},
}

func prefixed(prefixes ...string) func(string) bool {
	return func(s string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
	}
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "wirelab"
}

func isLesson(path string) bool {
	return (strings.HasPrefix(path, "wirelab/lessons/") || strings.HasPrefix(path, "wirelab/solutions/")) && !strings.HasSuffix(path, "/hidden")
}

func TestForbiddenImports(t *testing.T) {
	_, all := tree(t)
	for _, p := range all {
		for _, rule := range forbidden {
			if !rule.in(p.ImportPath) {
				continue
			}
			for _, i := range p.Imports {
				assert.False(t, rule.imports(i), "%s imports %s: %s", p.ImportPath, i, rule.why)
			}
		}
	}
}

// Hidden tests fail through the probe, so that every failure shows the wire in both languages, and wait for
// events, never for time to pass.
func TestHiddenTestsKeepTheRules(t *testing.T) {
	_, all := tree(t)
	seen := 0
	for _, p := range all {
		if !strings.HasSuffix(p.ImportPath, "/hidden") {
			continue
		}
		seen++
		for _, name := range p.TestGoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			require.NoError(t, err)
			for _, i := range f.Imports {
				assert.NotContains(t, i.Path.Value, "testify", "%s/%s", p.ImportPath, name)
				if name != "main_test.go" {
					assert.NotContains(t, i.Path.Value, "wirelab/lessons", "%s/%s: a hidden test never imports the exercise", p.ImportPath, name)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok {
						call := x.Name + "." + s.Sel.Name
						assert.NotContains(t, []string{"t.Error", "t.Errorf", "t.Fatal", "t.Fatalf", "t.Skip", "t.Skipf", "time.Sleep"}, call, "%s/%s", p.ImportPath, name)
					}
				}
				return true
			})
		}
	}
	assert.Positive(t, seen)
}

func TestNoTestSleeps(t *testing.T) {
	root, _ := tree(t)
	for _, top := range []string{"grader", "site", "lessons", "solutions"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if strings.HasSuffix(path, "_test.go") && filepath.Base(path) != "tree_test.go" {
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.NotContains(t, string(text), "time.Sleep(", "%s waits for time to pass, not for an event", path)
			}
			return nil
		})
		require.NoError(t, err)
	}
}
