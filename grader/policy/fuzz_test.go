package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a file holds, the scanner ends, says what it says on one line that a terminal can show, and lets nothing
// pass that Go's own parser finds there and the package forbids.
func FuzzCheck(f *testing.F) {
	for _, src := range []string{
		"", "package hub\n", "package hub\n\nimport \"fmt\"\n\nfunc init() { fmt.Println(1) }\n", "package hub\nimport \"unsafe\"\n",
		"package hub\nimport . \"os\"\nvar x = Exit\n", "package hub\n//go:linkname x main.x\nfunc x()\n", "package hub\n/*line x:1:1*/\n",
		"//go:build x\n\npackage hub\n", "package main\n", "package hub\nfunc f( {\n//go:norace\n", "\ufeffpackage hub\r\nimport \"C\"\r\n",
		"package hub\nvar s = `\n//go:norace\n`\n", "package hub\nconst c = \"" + `\xff` + "\"\nvar _ = [1<<28]int{}\n",
		"package hub\ntype t[p interface{ ~[]p }] struct{ a, b *t[t[p]] }\n", strings.Repeat("(", 2000), "package hub\nvar x = " + strings.Repeat("-", 500) + "1\n",
		"package hub\nimport \"\u202egnp.so\"\n", "package hub\nimport (\"os\";\"os\")\x00",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		clean, refusal := Check(hub(), map[string][]byte{"hub.go": src})
		if again, second := Check(hub(), map[string][]byte{"hub.go": src}); (second == nil) != (refusal == nil) || again.Quiet != clean.Quiet {
			t.Fatal("the second time it says something else")
		}
		if refusal != nil {
			shown(t, refusal.Text.EN)
			shown(t, refusal.Text.ES)
			if lines := strings.Count(string(src), "\n") + 1; refusal.Line < 0 || refusal.Line > lines {
				t.Fatalf("line %d of %d", refusal.Line, lines)
			}
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), "hub.go", src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return // the compiler's to refuse
		}
		harmless(t, file)
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && clean.Quiet && fn.Recv == nil && fn.Name.Name == "init" {
				t.Fatal("a file with an init function is called quiet")
			}
		}
	})
}

// harmless looks for what must never pass.
func harmless(t *testing.T, file *ast.File) {
	t.Helper()
	if file.Name.Name != "hub" {
		t.Fatalf("package %s passes", file.Name.Name)
	}
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case p == "C", p == "unsafe", p == "os", p == "syscall", p == "plugin", p == "reflect", p == "runtime", p == "embed", strings.HasPrefix(p, "wirelab"):
			t.Fatalf("import %q passes", p)
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			for _, never := range []string{"//go:linkname", "//go:norace", "//go:cgo_", "//go:embed", "//go:build", "//line ", "/*line "} {
				if strings.HasPrefix(c.Text, never) {
					t.Fatalf("%q passes", c.Text)
				}
			}
		}
	}
}

func shown(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Fatalf("%q is no line to show", text)
	}
}
