// Package policy decides what may go on to the compiler: it reads a student's files of one lesson, and refuses what
// no lesson needs and what would get in the way of grading, with the reason and the line.
//
// The sandbox is the wall; this is the door in front of it. Nothing here is relied on to contain a program, but
// what passes is ordinary Go: it names only the packages of [Imports], gives the compiler no directives that
// change how code is built, consists of Go files of one package for every system, and leaves the given files alone.
//
// Files are only scanned and parsed, never type-checked or run, so that reading hostile source costs a time and an
// amount of memory in proportion to its size; whoever calls bounds that (package intake does). A file that does
// not parse passes, so that the student gets the compiler's own words; its directives and the imports that can
// still be read are checked all the same, and the compiler is given no other packages than those of [Imports].
package policy

import (
	"cmp"
	"go/token"
	"maps"
	"slices"
	"strconv"

	"wirelab/grader/course"
	"wirelab/lessons"
)

// Clean is a lesson that may be compiled.
type Clean struct {
	Files map[string][]byte // Go sources by name

	// Quiet says that starting a program with this package in it runs none of the student's code: no init
	// function, and package variables whose values need nothing but themselves. A quiet lesson may share a
	// binary with others; any other is linked alone, so that what it does at start costs nobody else. When in
	// doubt it is false.
	Quiet bool
}

// Refusal says why a lesson is not compiled: the first offender, by file and line.
type Refusal struct {
	File string
	Line int          // from 1; 0 where it concerns the whole file
	Text lessons.Text // one line, begins with the place, quotes the offender
}

// Check decides on a student's files of lesson l, by name: without subject.go, which is given. It returns a
// refusal, or what to compile.
func Check(l course.Lesson, files map[string][]byte) (Clean, *Refusal) {
	names := slices.Sorted(maps.Keys(files))
	sources := make([]source, 0, len(names))
	var refusals []Refusal
	theirs := givenOf(l)
	for _, name := range names {
		if r := checkName(name); r != nil {
			refusals = append(refusals, *r)
			continue
		}
		s := parse(name, files[name])
		refusals = append(refusals, checkComments(name, files[name])...)
		refusals = append(refusals, s.check(l)...)
		refusals = append(refusals, s.reach(theirs)...)
		sources = append(sources, s)
	}
	if len(refusals) > 0 {
		slices.SortStableFunc(refusals, func(a, b Refusal) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		return Clean{}, &refusals[0]
	}
	return Clean{Files: files, Quiet: quiet(sources)}, nil
}

// refuse makes a refusal; line 0 leaves the line out.
func refuse(file string, line int, en, es string) *Refusal {
	place := file
	if line > 0 {
		place += ":" + strconv.Itoa(line)
	}
	return &Refusal{File: file, Line: line, Text: lessons.Text{EN: place + ": " + en, ES: place + ": " + es}}
}

// quote makes s safe to show on one line: escaped, and cut at a length that no honest offender has.
func quote(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// lineOf is the line as an editor counts, whatever a //line directive claims.
func lineOf(fset *token.FileSet, pos token.Pos) int { return fset.PositionFor(pos, false).Line }
