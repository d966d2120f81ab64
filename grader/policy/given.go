package policy

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"

	"wirelab/grader/course"
)

// given is what a lesson's given files declare and rely on. They share a package with the student's, and tests believe
// what they say of the exercise.
type given struct {
	own  map[string]bool // functions, types and variables that they declare: by these somebody could reach into them
	uses map[string]bool // names of Go's own that somebody could declare in the package, to change what they do
}

// givenOf reads the given files of a lesson. Where they cannot be read nothing is compiled.
func givenOf(l course.Lesson) given {
	g := given{own: make(map[string]bool), uses: make(map[string]bool)}
	files, err := l.Given()
	if err != nil {
		return g
	}
	for name, src := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			continue
		}
		declarations(f, func(id *ast.Ident, keyword token.Token, _ ast.Expr) {
			g.own[id.Name] = keyword != token.CONST && id.Name != "_"
		})
		for _, id := range f.Unresolved {
			if doc.IsPredeclared(id.Name) {
				g.uses[id.Name] = true
			}
		}
	}
	return g
}

// declarations visits what a file declares at its top level, methods apart: the keyword is func, type, var or const,
// and a type comes with what it is declared as.
func declarations(f *ast.File, visit func(id *ast.Ident, keyword token.Token, as ast.Expr)) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				visit(d.Name, token.FUNC, nil)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					visit(spec.Name, token.TYPE, spec.Type)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						visit(id, d.Tok, nil)
					}
				}
			}
		}
	}
}

// reach refuses what reaches into the given files, and what changes the meaning of Go's own names in them.
func (s source) reach(g given) []Refusal {
	var refusals []Refusal
	for _, id := range s.file.Unresolved {
		if g.own[id.Name] {
			refusals = append(refusals, *refuse(s.name, lineOf(s.fset, id.Pos()),
				fmt.Sprintf("%s belongs to the file that you were given; that one calls your code, not the other way round", quote(id.Name)),
				fmt.Sprintf("%s pertenece al archivo que recibiste; ese llama a tu código, y no al revés", quote(id.Name))))
		}
	}
	declarations(s.file, func(id *ast.Ident, _ token.Token, _ ast.Expr) {
		if g.uses[id.Name] {
			refusals = append(refusals, *refuse(s.name, lineOf(s.fset, id.Pos()),
				fmt.Sprintf("%s is a name of Go's own, and the file that you were given needs it; give yours another name", quote(id.Name)),
				fmt.Sprintf("%s es un nombre propio de Go, y el archivo que recibiste lo necesita; dale otro nombre al tuyo", quote(id.Name))))
		}
	})
	return refusals
}
