// Package check proves the course: that each lesson's starter fails every hidden test, that its reference passes
// all of them and leaves nothing behind, that each mutant is killed by the test it names, and that notes and
// front matter are whole. It does so twice, in one process through httptest.Server and through the sandbox, and,
// when asked, hundreds of times while every core is kept busy.
//
// A course that passes can be trusted to tell right from wrong; `grader check` is this for people, CI runs it.
package check

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/pipeline"
	"wirelab/grader/verdict"
)

// Proof is what was found out about one lesson. It holds if there are no problems.
type Proof struct {
	Lesson   string   `json:"lesson"`
	Tests    int      `json:"tests"`
	Points   int      `json:"points"`
	Mutants  int      `json:"mutants"`
	Gradings int      `json:"gradings"` // of the reference, in process and sandboxed together
	Seconds  float64  `json:"seconds"`
	Problems []string `json:"problems"`
}

// Options says how hard to look.
type Options struct {
	Repeat int          // gradings of the reference in the sandbox, at least 1; each mutant gets a tenth, at least 1
	Step   func(string) // is told what is going on; may be nil
}

// prover proves one lesson.
type prover struct {
	course *course.Course
	lesson course.Lesson
	pipe   *pipeline.Pipeline
	opts   Options
	dir    string

	mu    sync.Mutex
	proof Proof
	left  int // gradings in the sandbox
}

// Lesson proves one lesson. The pipeline must have been opened for it; dir is scratch. The error is about the
// machine, or ctx's; what is wrong with the lesson is in the proof.
func Lesson(ctx context.Context, c *course.Course, l course.Lesson, pipe *pipeline.Pipeline, dir string, o Options) (Proof, error) {
	start := time.Now()
	o.Repeat = max(o.Repeat, 1)
	if o.Step == nil {
		o.Step = func(string) {}
	}
	p := &prover{course: c, lesson: l, pipe: pipe, opts: o, dir: dir, proof: Proof{Lesson: l.ID, Tests: len(l.Tests), Mutants: len(l.Mutants), Problems: []string{}}}
	for _, t := range l.Tests {
		p.proof.Points += t.Points
	}
	p.paper()
	v, ok := p.variants()
	if !ok {
		return p.proof, nil
	}
	for _, stage := range []struct {
		name string
		run  func(context.Context, variants) error
	}{
		{"visible tests", p.visible},
		{"in process", p.inProcess},
		{"sandboxed", p.sandboxed},
	} {
		o.Step(l.ID + ": " + stage.name)
		if err := stage.run(ctx, v); err != nil {
			return p.proof, fmt.Errorf("%s, %s: %w", l.ID, stage.name, err)
		}
	}
	p.proof.Seconds = time.Since(start).Round(100 * time.Millisecond).Seconds()
	return p.proof, ctx.Err()
}

// fault notes something that does not hold.
func (p *prover) fault(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proof.Problems = append(p.proof.Problems, fmt.Sprintf(format, args...))
}

// gradedOne tells now and then how many gradings in the sandbox are left, where they are many.
func (p *prover) gradedOne() {
	p.mu.Lock()
	defer p.mu.Unlock()
	const often = 50
	if p.left--; p.left > 0 && p.left%often == 0 {
		p.opts.Step(fmt.Sprintf("%s: sandboxed, %d gradings left", p.lesson.ID, p.left))
	}
}

func (p *prover) graded(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proof.Gradings += n
}

// files is a version of what the student writes.
type files = map[string][]byte

// variants are the versions of a lesson that must be told apart.
type variants struct {
	starter, reference files
	mutants            []mutant
}

type mutant struct {
	course.Mutant
	files files
}

// version is any of the variants.
type version struct {
	name   string
	files  files
	mutant *mutant // nil for starter and reference
}

func (v variants) all() []version {
	list := []version{{name: "reference", files: v.reference}, {name: "starter", files: v.starter}}
	for _, m := range v.mutants {
		list = append(list, version{m.Name, m.files, &m})
	}
	return list
}

// variants loads every version of the exercise; without a reference there is nothing to prove.
func (p *prover) variants() (variants, bool) {
	var v variants
	var err error
	if v.starter, err = p.lesson.Starter(); err != nil {
		p.fault("starter: %v", err)
		return v, false
	}
	if v.reference, err = p.lesson.Reference(); err != nil {
		p.fault("reference: %v", err)
		return v, false
	}
	for _, m := range p.lesson.Mutants {
		changed, err := m.Apply(v.reference)
		if err != nil {
			p.fault("mutant %s does not apply: %v", m.Name, err)
			continue
		}
		if len(p.only(m.KilledBy).Tests) == 0 {
			p.fault("mutant %s is to be killed by %q, which is no test of the lesson", m.Name, m.KilledBy)
			continue
		}
		v.mutants = append(v.mutants, mutant{m, changed})
	}
	return v, true
}

// only is the lesson with one test.
func (p *prover) only(test string) course.Lesson {
	return p.those(func(name string) bool { return name == test })
}

// those is the lesson with the tests that are to be kept.
func (p *prover) those(keep func(test string) bool) course.Lesson {
	l := p.lesson
	l.Tests = slices.DeleteFunc(slices.Clone(l.Tests), func(t verdict.Test) bool { return !keep(t.Name) })
	return l
}

// Least that a lesson has.
const (
	minTests   = 6
	minMutants = 8
)

// paper checks what needs no run: front matter, headings, the texts of tests, the number of mutants.
func (p *prover) paper() {
	l := p.lesson
	for _, pr := range l.Problems {
		p.fault("%s:%d: %s", pr.File, pr.Line, pr.Text.EN)
	}
	require := func(ok bool, what string) {
		if !ok {
			p.fault("front matter: %s", what)
		}
	}
	require(l.Title.EN != "" && l.Title.ES != "", "title is missing in a language")
	require(l.Summary.EN != "" && l.Summary.ES != "", "summary is missing in a language")
	require(l.Minutes >= 30 && l.Minutes <= 90, fmt.Sprintf("minutes is %d, not 30 to 90", l.Minutes))
	require(strings.Contains(" server client bytes examiner ", " "+l.Kind+" "), fmt.Sprintf("kind is %q", l.Kind))
	require(strings.Contains(" std coder gorilla go-redis any ", " "+l.Library+" "), fmt.Sprintf("library is %q", l.Library))
	require(len(l.Files) > 0, "files is empty")
	require(len(l.Reads) > 0, "reads is empty")
	for _, f := range l.Files {
		require(fs.ValidPath(f) && strings.HasSuffix(f, ".go"), fmt.Sprintf("%q in files is not a Go file", f))
	}
	if en, es := headings(l.Notes.EN), headings(l.Notes.ES); en != es {
		p.fault("headings differ: levels %s in English, %s in Spanish", en, es)
	}
	if len(l.Tests) < minTests {
		p.fault("%d hidden tests, at least %d wanted", len(l.Tests), minTests)
	}
	if len(l.Mutants) < minMutants {
		p.fault("%d mutants, at least %d wanted", len(l.Mutants), minMutants)
	}
}

// headings is the outline of notes: the level of each heading, in order.
func headings(notes string) string {
	var b strings.Builder
	fenced := false
	for line := range strings.Lines(notes) {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case !fenced && strings.HasPrefix(line, "#"):
			b.WriteByte('0' + byte(strings.IndexFunc(line, func(r rune) bool { return r != '#' })))
		}
	}
	return b.String()
}
