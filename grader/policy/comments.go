package policy

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// checkComments refuses comments that speak to the compiler. It works on tokens, so that it also sees those of a
// file that does not parse, and never takes a string for a comment.
func checkComments(name string, src []byte) []Refusal {
	fset := token.NewFileSet()
	file := fset.AddFile(name, -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	var refusals []Refusal
	inHead := true // before the package clause
	for {
		pos, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return refusals
		case token.PACKAGE:
			inHead = false
		case token.COMMENT:
			if offender, why := forbidden(text, inHead); why != nil {
				refusals = append(refusals, *refuse(name, lineOf(fset, pos),
					quote(offender)+" is not allowed: "+why.en, quote(offender)+" no está permitido: "+why.es))
			}
		}
	}
}

// reason completes the sentence "… is not allowed: ".
type reason struct{ en, es string }

// forbidden returns the offending part of a comment and why it is forbidden; nil where it is not.
func forbidden(comment string, inHead bool) (string, *reason) {
	line, _, _ := strings.Cut(comment, "\n")
	line = strings.TrimRight(line, "\r ")
	switch {
	case strings.HasPrefix(line, "//line "), strings.HasPrefix(line, "/*line "):
		return line, &reason{
			"it makes the compiler and the race detector name a wrong place",
			"hace que el compilador y el detector de carreras nombren un lugar equivocado",
		}
	case inHead && isPlusBuild(line), strings.HasPrefix(line, "//go:build"):
		return line, &reason{
			"every file of a lesson is built on every system",
			"cada archivo de una lección se compila en todos los sistemas",
		}
	case strings.HasPrefix(line, "//go:"):
		word, _, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		if slices.Contains([]string{"//go:generate", "//go:noinline", "//go:fix"}, word) {
			return "", nil // without effect on what the program does
		}
		return line, directiveReason(word)
	}
	return "", nil
}

// isPlusBuild recognizes the older form of a build constraint, which only counts above the package clause.
func isPlusBuild(line string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimPrefix(line, "//"), " \t"), "+build")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

func directiveReason(word string) *reason {
	switch {
	case word == "//go:norace":
		return &reason{
			"it would hide data races, and they are part of what is graded",
			"ocultaría carreras de datos, y estas son parte de lo que se califica",
		}
	case word == "//go:linkname":
		return &reason{
			"it reaches into other packages past what they export",
			"alcanza el interior de otros paquetes más allá de lo que exportan",
		}
	case word == "//go:embed":
		return &reason{"a lesson reads no files", "una lección no lee archivos"}
	case strings.HasPrefix(word, "//go:cgo"):
		return &reason{"a lesson uses no C", "una lección no usa C"}
	}
	return &reason{
		"a lesson needs no directives to the compiler",
		"una lección no necesita directivas para el compilador",
	}
}
