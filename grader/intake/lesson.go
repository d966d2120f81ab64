package intake

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"wirelab/grader/policy"
	"wirelab/grader/verdict"
)

// lesson takes the files of one lesson, or decides the lesson where that is not possible.
func (c *collector) lesson(id string, from folder) {
	original := c.known.lessons[id]
	copies := copiesOf(from.entries, original)
	files := make(Files)
	total := 0
	for _, e := range from.entries {
		name, at := e.Name(), path.Join(from.path, e.Name())
		role := roleOf(e, original)
		if as := copies[name]; as != "" {
			c.note(fmt.Sprintf("%s is taken as %s", place(at), as), fmt.Sprintf("%s se toma como %s", place(at), as))
			name, role = as, source
		}
		switch role {
		case silent:
		case ignored:
			if e.IsDir() {
				at += "/"
			}
			c.ignored = append(c.ignored, at)
		case test:
			if !c.same(at, original.others[name]) {
				c.note(fmt.Sprintf("%s is ignored: tests are not part of a submission", place(at)),
					fmt.Sprintf("%s se ignora: las pruebas no son parte de una entrega", place(at)))
			}
		case given:
			if !c.same(at, original.given[name]) {
				c.note(fmt.Sprintf("%s is not as it was given; the given one is used", place(at)),
					fmt.Sprintf("%s no está como se entregó; se usa el original", place(at)))
			}
		case foreign:
			files[name] = nil
		case source:
			src, err := c.source(e, at)
			if err != nil {
				why := cause(err)
				c.decide(id, verdict.NotGradable, place(at)+": "+why.EN, place(at)+": "+why.ES)
				return
			}
			files[name] = src
			total += len(src)
		}
		if total > MaxSource || len(files) > MaxFiles {
			c.decide(id, verdict.NotGradable,
				fmt.Sprintf("more than %d files or %d KiB of Go in %s", MaxFiles, MaxSource>>10, place(from.path)),
				fmt.Sprintf("más de %d archivos o %d KiB de Go en %s", MaxFiles, MaxSource>>10, place(from.path)))
			return
		}
	}
	switch {
	case len(files) == 0:
		c.decide(id, verdict.NotSubmitted, "only files that were given, none that a student writes",
			"solo archivos que se entregaron con la lección, ninguno del estudiante")
	case untouched(files, original.starter):
		c.decide(id, verdict.NotSubmitted, "the starter, unchanged", "el código inicial, sin cambios")
	default:
		c.out.Lessons[id] = files
	}
}

// copiesOf returns what files are taken for that are there under the name of a copy alone, as of a second download:
// "hub (1).go" for hub.go; of several the last.
func copiesOf(entries []fs.DirEntry, o *original) map[string]string {
	last := make(map[string]string)
	for _, e := range entries {
		as := originalName(e.Name())
		if e.Type().IsRegular() && !isPlain(e.Name()) && o.starter[as] != nil && natural(last[as], e.Name()) < 0 &&
			!slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == as }) {
			last[as] = e.Name()
		}
	}
	copies := make(map[string]string)
	for as, name := range last {
		copies[name] = as
	}
	return copies
}

// role is what a file in a lesson's folder is.
type role int

const (
	silent  role = iota // the course's own notes, or hidden files of some tool
	ignored             // anything that is no Go
	test                // a test
	given               // subject.go and the like
	foreign             // a file that the go command would build in, and that is no Go
	source              // the student's
)

func roleOf(e fs.DirEntry, o *original) role {
	name := e.Name()
	_, isGiven := o.given[name]
	_, isOther := o.others[name]
	switch {
	case strings.HasPrefix(name, "."), e.IsDir() && isNoise(name):
		return silent
	case e.IsDir():
		return ignored
	case isGiven:
		return given
	case isTest(name):
		return test
	case slices.Contains(policy.Foreign(), path.Ext(name)):
		return foreign
	case path.Ext(name) == ".go" && isPlain(name):
		return source
	case isOther:
		return silent
	}
	return ignored
}

// maxName bounds a file's name, in bytes: an archive can hold names that no disk can.
const maxName = 128

// isPlain reports whether the go command would take a Go file of this name for part of a package, and every system
// can store it.
func isPlain(name string) bool {
	return name[0] != '_' && len(name) <= maxName && !strings.ContainsFunc(name, func(r rune) bool {
		return r == unicode.ReplacementChar ||
			!unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-+", r)
	})
}

// untouched reports whether each of files is the starter's file of that name.
func untouched(files Files, starter map[string][]byte) bool {
	for name, src := range files {
		if given, ok := starter[name]; !ok || !bytes.Equal(src, given) {
			return false
		}
	}
	return true
}
