package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/lessons"
)

func hub() course.Lesson {
	return course.Lesson{Lesson: lessons.Lesson{ID: "16-hub", Library: "gorilla"}, Package: "hub"}
}

// one is a lesson of one file.
func one(src string) map[string][]byte { return map[string][]byte{"hub.go": []byte(src)} }

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string][]byte
		want  string // how the English text begins
	}{
		{"unsafe", one("package hub\n\nimport \"unsafe\"\n"), `hub.go:3: import "unsafe" is not allowed in this lesson: `},
		{"unsafe in a group, renamed", one("package hub\n\nimport (\n\t\"fmt\"\n\tu `unsafe`\n)\n"), `hub.go:5: import "unsafe"`},
		{"os", one("package hub; import . \"os\"\n"), `hub.go:1: import "os" is not allowed in this lesson: a lesson needs no files`},
		{"syscall", one("package hub\nimport _ \"syscall\"\n"), `hub.go:2: import "syscall"`},
		{"runtime hides races", one("package hub\nimport \"runtime\"\n"), `hub.go:2: import "runtime"`},
		{"reflect gives unsafe pointers", one("package hub\nimport \"reflect\"\n"), `hub.go:2: import "reflect"`},
		{"embed", one("package hub\nimport _ \"embed\"\n"), `hub.go:2: import "embed"`},
		{"plugin", one("package hub\nimport \"plugin\"\n"), `hub.go:2: import "plugin"`},
		{"testing flags", one("package hub\nimport \"testing\"\n"), `hub.go:2: import "testing" is not allowed in this lesson: it is for tests`},
		{"pprof", one("package hub\nimport _ \"net/http/pprof\"\n"), `hub.go:2: import "net/http/pprof"`},
		{"cgo", one("package hub\n\n// int x;\nimport \"C\"\n"), `hub.go:4: import "C" is not allowed in this lesson: a lesson uses no C`},
		{"the grader", one("package hub\nimport \"wirelab/grader/probe\"\n"), `hub.go:2: import "wirelab/grader/probe"`},
		{
			"another lesson's library", one("package hub\nimport \"github.com/coder/websocket\"\n"),
			`hub.go:2: import "github.com/coder/websocket" is not allowed in this lesson: its library is "gorilla"`,
		},
		{"an internal package of the library", one("package hub\nimport \"github.com/gorilla/websocket/internal/x\"\n"), `hub.go:2: import`},
		{"any other module", one("package hub\nimport \"github.com/evil/x\"\n"), `hub.go:2: import "github.com/evil/x"`},
		{"an import below an error", one("package hub\nimport \"unsafe\"\nfunc f( {\n"), `hub.go:2: import "unsafe"`},
		{"many errors below an import", one("package hub\nimport \"unsafe\"\n" + strings.Repeat("func ( {\n", 30)), `hub.go:2: import "unsafe"`},

		{"linkname into the harness", one("package hub\n\n//go:linkname x main.x\nfunc x()\n"), `hub.go:3: "//go:linkname x main.x" is not allowed: `},
		{"linkname inside a function", one("package hub\n\nfunc f() {\n\tg() //go:linkname x main.x\n}\n"), `hub.go:4: "//go:linkname`},
		{"linkname in a file that does not parse", one("package hub\nfunc f( {\n//go:linkname x main.x\n"), `hub.go:3: "//go:linkname`},
		{"norace", one("package hub\n\n//go:norace\nfunc f() {}\n"), `hub.go:3: "//go:norace" is not allowed: it would hide data races`},
		{"norace, Windows line ends", one("package hub\r\n\r\n//go:norace\r\nfunc f() {}\r\n"), `hub.go:3: "//go:norace" is not allowed`},
		{"nosplit", one("package hub\n//go:nosplit\nfunc f() {}\n"), `hub.go:2: "//go:nosplit"`},
		{"noescape", one("package hub\n//go:noescape\nfunc f()\n"), `hub.go:2: "//go:noescape"`},
		{"a directive yet to be invented", one("package hub\n//go:somethingnew\nfunc f() {}\n"), `hub.go:2: "//go:somethingnew"`},
		{"cgo_import_dynamic", one("package hub\n//go:cgo_import_dynamic puts puts \"libc.so.6\"\n"), `hub.go:2: "//go:cgo_import_dynamic`},
		{"cgo_ldflag", one("package hub\n//go:cgo_ldflag \"-Wl,x\"\n"), `hub.go:2: "//go:cgo_ldflag`},
		{"embed directive", one("package hub\n\n//go:embed secret\nvar s string\n"), `hub.go:3: "//go:embed secret" is not allowed: a lesson reads no files`},
		{"debug directive", one("//go:debug panicnil=1\npackage hub\n"), `hub.go:1: "//go:debug panicnil=1"`},
		{"build tag", one("//go:build wirelab_graded\n\npackage hub\n"), `hub.go:1: "//go:build wirelab_graded" is not allowed: every file`},
		{"old build tag", one("// Package.\n\n// +build ignore\n\npackage hub\n"), `hub.go:3: "// +build ignore"`},
		{"old build tag, no blanks", one("//+build linux\n\npackage hub\n"), `hub.go:1: "//+build linux"`},
		{"line directive", one("package hub\n\n//line subject.go:1\nfunc f() {}\n"), `hub.go:3: "//line subject.go:1"`},
		{"line directive of the other kind", one("package hub\n\nfunc f() { /*line subject.go:1:1*/ }\n"), `hub.go:3: "/*line subject.go:1:1*/"`},
		{"a line directive does not move what follows", one("//line hub.go:90\npackage hub\nimport \"os\"\n"), `hub.go:1: `},

		{"nested too deeply to be read", one("package hub\nvar x = " + strings.Repeat("(", 120_000) + "1" + strings.Repeat(")", 120_000) + "\n"), "hub.go: it is nested more deeply"},

		{"package of another name", one("package main\n"), `hub.go:1: package "main" must be package hub`},
		{"package of a test", one("// x\npackage hub_test\n"), `hub.go:2: package "hub_test" must be`},
		{"TestMain", one("package hub\n\nfunc TestMain() {}\n"), `hub.go:3: func "TestMain" is not allowed`},

		{"assembler", map[string][]byte{"hub.go": []byte("package hub\n"), "exit_amd64.s": nil}, "exit_amd64.s: a .s file is not allowed"},
		{"object file", map[string][]byte{"hub.syso": nil}, "hub.syso: a .syso file"},
		{"C", map[string][]byte{"x.c": nil}, "x.c: a .c file"},
		{"file for one system", map[string][]byte{"hub_windows.go": []byte("package hub\n")}, `hub_windows.go: a file name that ends in "_windows"`},
		{"file for one architecture", map[string][]byte{"hub_linux_arm64.go": []byte("package hub\n")}, `hub_linux_arm64.go: a file name that ends in "_arm64"`},

		{"the first of several, by file and line", map[string][]byte{
			"a.go": []byte("package hub\n\nimport \"fmt\"\nimport \"os\"\n//go:norace\n"),
			"b.go": []byte("package other\n"),
		}, `a.go:4: import "os"`},
		{
			"an offender is shown on one line, cut", one("package hub\nimport \"" + strings.Repeat("é", 300) + "\"\n"),
			`hub.go:2: import "` + strings.Repeat("é", 100) + `…" is`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, r := Check(hub(), tt.files)
			require.NotNil(t, r)
			assert.Equal(t, tt.want, r.Text.EN[:min(len(tt.want), len(r.Text.EN))])
			assert.True(t, strings.HasPrefix(r.Text.ES, r.File), "the Spanish text names the place too: %q", r.Text.ES)
			assert.NotContains(t, r.Text.EN+r.Text.ES, "\n")
			assert.NotEqual(t, r.Text.EN, r.Text.ES)
		})
	}
}

func TestPasses(t *testing.T) {
	for name, src := range map[string]string{
		"the lesson's library":         "package hub\nimport \"github.com/gorilla/websocket\"\nvar _ websocket.Upgrader\n",
		"directives inside strings":    "package hub\n\nvar s = `\n//go:linkname a b\n/*line x:1*/\n`\nvar u = \"//go:norace\"\n",
		"prose about directives":       "package hub\n\n// The line //go:norace hides races; lines // +build too.\nfunc f() {}\n",
		"harmless directives":          "package hub\n\n//go:generate stringer\n\n//go:noinline\nfunc f() {}\n",
		"a build tag below the clause": "package hub\n\n// +build is history.\nfunc f() {}\n",
		"a method of that name":        "package hub\n\ntype t int\n\nfunc (t) TestMain() {}\n",
		"errors are the compiler's":    "package hub\nfunc f( {\n",
		"no Go at all":                 "hello\n",
		"nothing":                      "",
		"an import that is no string":  "package hub\nimport fmt\n",
		"another tool's directive":     "package hub\n\n//nolint:all\nfunc f() {}\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := one(src)
			clean, r := Check(hub(), files)
			require.Nil(t, r)
			assert.Equal(t, files, clean.Files)
		})
	}
	t.Run("a name that is a system's alone", func(t *testing.T) {
		_, r := Check(hub(), map[string][]byte{"linux.go": []byte("package hub\n"), "js_hub.go": []byte("package hub\n")})
		assert.Nil(t, r)
	})
}

// The given files share a package with the student's, which must not reach into them.
func TestGivenFilesAreLeftAlone(t *testing.T) {
	c, err := course.Find(".")
	require.NoError(t, err)
	l := c.Lessons[0]
	require.Equal(t, "01-first-sse", l.ID)
	for src, want := range map[string]string{
		"var x *subjectFeed":                                                 `x.go:3: "subjectFeed" belongs to the file that you were given`,
		"func (f *subjectFeed) Len() int { return 0 }":                       `x.go:3: "subjectFeed"`,
		"func f(v any) {\n\tswitch v.(type) {\n\tcase *subjectFeed:\n\t}\n}": `x.go:5: "subjectFeed"`,
		"type Feed = *subjectFeed":                                           `x.go:3: "subjectFeed"`,
		"var again = Subject()":                                              `x.go:3: "Subject"`,
		"func len(any) int { return 0 }":                                     `x.go:3: "len" is a name of Go's own, and the file that you were given needs it`,
		"const true = false":                                                 `x.go:3: "true" is a name`,
		"type string []byte":                                                 `x.go:3: "string"`,

		"const n = subjectBacklog":                                                   "", // it cannot be changed
		"func f(subjectFeed int) int { return subjectFeed }":                         "",
		"type t struct{ subjectFeed, len int }\n\nvar x = t{subjectFeed: 1, len: 2}": "",
		"func (t t) len() int { return t.Subject }\n\ntype t struct{ Subject int }":  "",
		"func min(a, b int) int { return a }":                                        "", // the given file has no use for it
	} {
		clean, r := Check(l, map[string][]byte{"x.go": []byte("package firstsse\n\n" + src + "\n")})
		if want == "" {
			assert.Nil(t, r, src)
			assert.NotNil(t, clean.Files)
			continue
		}
		if assert.NotNil(t, r, src) {
			assert.Equal(t, want, r.Text.EN[:min(len(want), len(r.Text.EN))])
		}
	}
}

func TestImports(t *testing.T) {
	std := Imports("std")
	assert.Contains(t, std, "net/http")
	for _, p := range []string{"os", "os/exec", "syscall", "unsafe", "reflect", "runtime", "runtime/debug", "testing", "C", "embed"} {
		assert.NotContains(t, Imports("any"), p)
	}
	assert.Equal(t, std, Imports("unheard of"))
	assert.Subset(t, Imports("coder"), append(std, "github.com/coder/websocket", "github.com/coder/websocket/wsjson"))
	assert.NotContains(t, Imports("coder"), "github.com/gorilla/websocket")
	for _, library := range []string{"coder", "gorilla", "go-redis"} {
		assert.Subset(t, Imports("any"), Imports(library))
	}
}

// The course's own files are what honest work looks like.
func TestTheCoursePasses(t *testing.T) {
	c, err := course.Find(".")
	require.NoError(t, err)
	for _, l := range c.Lessons {
		for name, files := range map[string]func() (map[string][]byte, error){"starter": l.Starter, "reference": l.Reference} {
			src, err := files()
			require.NoError(t, err)
			clean, r := Check(l, src)
			if assert.Nil(t, r, "%s %s", l.ID, name) {
				assert.True(t, clean.Quiet, "%s %s", l.ID, name)
			}
		}
	}
}

// Hostile source costs time in proportion to its size: each of these is as large as intake lets pass.
func TestHostileSource(t *testing.T) {
	const size, bound = 256 << 10, 30 * time.Second
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail
	}
	// Each type is twice as large as the one before, or another name of it; a value of each is asked for.
	doubled, renamed := "package hub\ntype t0 struct{}\n", "package hub\ntype t0 []int\n"
	for i := 1; len(doubled) < size/2; i++ {
		doubled += fmt.Sprintf("type t%d struct{ a, b t%d }\n", i, i-1)
		renamed += fmt.Sprintf("type t%d t%d\nvar _ = t%d{1}\n", i, i-1, i)
	}
	for name, src := range map[string]string{
		"parentheses":      fill("package hub\nvar x = ", "(", ""),
		"conversions":      fill("package hub\nvar x = ", "int(1+", "1"),
		"closed ones":      "package hub\nvar x = " + strings.Repeat("int(1+", 30_000) + "1" + strings.Repeat(")", 30_000),
		"brackets":         fill("package hub\nvar x ", "[1]", "int"),
		"braces":           fill("package hub\nvar x = [][]int", "{", ""),
		"a long sum":       fill("package hub\nvar x = 1", "+1", "\n"),
		"many imports":     fill("package hub\n", "import \"os\"\n", ""),
		"many directives":  fill("package hub\n", "//go:norace\n", ""),
		"one long comment": fill("package hub\n/*", "go:norace ", "*/"),
		"an open comment":  fill("package hub\n/*", "x", ""),
		"an open string":   fill("package hub\nvar s = `", "x", ""),
		"generics":         fill("package hub\nvar x ", "T[", "int"),
		"a pattern":        fill("package hub\nimport \"regexp\"\nvar x = regexp.MustCompile(`", "(a{1000})", "`)\n"),
		"doubled types":    fill(doubled, "var _ = t99{}\n", ""),
		"renamed types":    renamed,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, _ = Check(hub(), one(src))
			assert.Less(t, time.Since(start), bound)
		})
	}
}
