package policy

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"wirelab/grader/course"
)

// source is one parsed file.
type source struct {
	name    string
	fset    *token.FileSet
	file    *ast.File         // what could be parsed of it; its imports at least, when they are well-formed
	whole   bool              // all of it was parsed
	deep    bool              // it is nested so deeply that the parser gave up, which the compiler need not
	imports map[string]string // path by the name that the file uses
}

// parse reads a file as far as it is Go.
func parse(name string, src []byte) source {
	s := source{name: name, fset: token.NewFileSet(), imports: make(map[string]string)}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, src, 0)
	s.whole = err == nil
	s.deep = err != nil && strings.Contains(err.Error(), "nesting depth")
	if !s.whole {
		// An error further down can cost the whole tree; the head by itself is often sound.
		if head, err := parser.ParseFile(s.fset, name, src, parser.ImportsOnly); err == nil || s.file == nil {
			s.file = head
		}
	}
	if s.file == nil {
		s.file = &ast.File{}
	}
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		local := packageName(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		s.imports[local] = p
	}
	return s
}

// packageName is the name that an import of p has without one of its own, for the packages of [Imports].
func packageName(p string) string {
	base := path.Base(p)
	if len(base) == 2 && base[0] == 'v' { // a major version, such as v9
		base = path.Base(path.Dir(p))
	}
	return strings.TrimPrefix(base, "go-") // github.com/redis/go-redis/v9 is package redis
}

// check refuses what the file's declarations say: its package clause, its imports, a TestMain.
func (s source) check(l course.Lesson) []Refusal {
	var refusals []Refusal
	if s.deep {
		refusals = append(refusals, *refuse(s.name, 0,
			"it is nested more deeply than any program needs", "está anidado más de lo que ningún programa necesita"))
	}
	if id := s.file.Name; id != nil && id.Name != "" && // no name: the compiler says so
		id.Name != l.Package {
		refusals = append(refusals, *refuse(s.name, lineOf(s.fset, id.Pos()),
			fmt.Sprintf("package %s must be package %s, as in the file that you were given", quote(id.Name), l.Package),
			fmt.Sprintf("el paquete %s debe ser el paquete %s, como en el archivo que recibiste", quote(id.Name), l.Package)))
	}
	allowed := Imports(l.Library)
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil || slices.Contains(allowed, p) {
			continue // what is no string literal is the compiler's to say
		}
		why := importReason(p, l)
		refusals = append(refusals, *refuse(s.name, lineOf(s.fset, spec.Path.Pos()),
			fmt.Sprintf("import %s is not allowed in this lesson: %s", quote(p), why.en),
			fmt.Sprintf("import %s no está permitido en esta lección: %s", quote(p), why.es)))
	}
	for _, d := range s.file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "TestMain" {
			refusals = append(refusals, *refuse(s.name, lineOf(s.fset, fn.Pos()),
				`func "TestMain" is not allowed: the tests are the grader's`,
				`func "TestMain" no está permitida: las pruebas son del calificador`))
		}
	}
	return refusals
}

// importReason says why p is not among a lesson's packages.
func importReason(p string, l course.Lesson) reason {
	first, _, _ := strings.Cut(p, "/")
	switch {
	case p == "C":
		return reason{"a lesson uses no C", "una lección no usa C"}
	case slices.Contains([]string{"unsafe", "reflect", "runtime", "plugin"}, first):
		return reason{
			"it can change what the program and the race detector see",
			"puede cambiar lo que ven el programa y el detector de carreras",
		}
	case slices.Contains([]string{"os", "syscall", "embed"}, first), p == "io/ioutil", p == "io/fs", p == "path/filepath":
		return reason{
			"a lesson needs no files, processes or environment; what it works with comes as parameters",
			"una lección no necesita archivos, procesos ni entorno; lo que usa le llega como parámetros",
		}
	case first == "testing", p == "net/http/httptest", p == "net/http/pprof":
		return reason{"it is for tests", "es para pruebas"}
	case first == "wirelab":
		return reason{"each lesson stands by itself", "cada lección se sostiene por sí sola"}
	case slices.Contains(Imports("any"), p):
		return reason{
			fmt.Sprintf("its library is %q", l.Library),
			fmt.Sprintf("su biblioteca es %q", l.Library),
		}
	case strings.Contains(first, "."):
		return reason{
			fmt.Sprintf("it is not a package of the lesson's library (%q)", l.Library),
			fmt.Sprintf("no es un paquete de la biblioteca de la lección (%q)", l.Library),
		}
	}
	return reason{
		"it is not one of the standard packages that lessons use",
		"no es uno de los paquetes estándar que usan las lecciones",
	}
}
