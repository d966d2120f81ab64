// Package pipeline grades: what intake has read goes through policy, build and run, and comes out as verdicts for
// the report. A batch is this for a class, `grader run` for one lesson, and `grader check` for the course's own
// references and mutants.
//
// Whatever goes wrong with one lesson of one student stays there: it becomes that lesson's status, and everything
// else is graded as if it were not there.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"wirelab/grader/build"
	"wirelab/grader/cache"
	"wirelab/grader/course"
	"wirelab/grader/policy"
	"wirelab/grader/run"
	"wirelab/grader/sandbox"
	"wirelab/grader/store"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Options says how a pipeline grades. The zero value is right for a class.
type Options struct {
	NoSandbox bool         // run student code without any wall: the explicit word of whoever asks for it
	Busy      bool         // see [run.Options]
	Lang      string       // language of messages in logs, and for people who wait: "en" or "es"
	Step      func(string) // is told what is being prepared, for people who wait; may be nil
	Store     *store.Store // where a class's verdicts are kept and looked for; nil: nowhere
	Objects   *cache.Dir   // where compiled lessons are kept and looked for; nil: nowhere
	// Again says of which lesson of which student, by ID, a verdict in the store does not count; nil: of none.
	Again func(student, lesson string) bool
}

// Pipeline is a grader whose walls were tested. What takes longer, compiling packages and hidden tests, is left until
// something is to be graded. It is safe for use by many goroutines.
type Pipeline struct {
	course  *course.Course
	lessons []course.Lesson
	options Options
	dir     string
	atOnce  int // tests that have a subject
	box     *sandbox.Box
	race    bool
	ready   func(context.Context) error // see prepare

	builder *build.Builder
	runner  *run.Runner
	hidden  map[string]string // lesson ID → test binary
	builds  chan struct{}     // a token for each student whose work is being compiled and linked
	tests   chan struct{}     // a token for each lesson whose tests run
}

// How much runs at once for each core. Most tests wait rather than compute.
const (
	subjectsPerCore = 16 // tests that have a subject
	lessonsPerCore  = 16 // lessons whose tests have a process, of some 20 MiB
)

// slots is how many programs may be in the sandbox at once: each of so many tests may have two subjects, and nobody
// who holds one waits for another that cannot come.
func slots(tests int) int { return min(2*tests+runtime.NumCPU(), 256) }

// subjects is how many tests may run at once.
func subjects() int { return min(subjectsPerCore*runtime.NumCPU(), 100, roomFor()) }

// Open tests the walls and says what it takes to grade these lessons. Close it afterwards.
func Open(ctx context.Context, c *course.Course, graded []course.Lesson, o Options) (_ *Pipeline, err error) {
	for _, l := range graded {
		if len(l.Tests) == 0 {
			return nil, &course.Error{
				Text: fmt.Sprintf("lesson %s has no hidden tests", l.ID),
				Tip:  "grading needs the whole course, not a handout; if the lesson is being written, name the others with --lesson",
			}
		}
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	p := &Pipeline{
		course: c, lessons: graded, options: o, atOnce: subjects(), race: build.HasRace(ctx),
		hidden: map[string]string{}, builds: make(chan struct{}, runtime.NumCPU()),
		tests: make(chan struct{}, lessonsPerCore*runtime.NumCPU()),
	}
	var once sync.Once
	var prepared error
	p.ready = func(ctx context.Context) error {
		once.Do(func() { prepared = p.prepare(ctx) })
		return prepared
	}
	if p.dir, err = scratch(); err != nil {
		return nil, err
	}
	p.step("testing the walls of the sandbox", "probando los muros del sandbox")
	if p.box, err = sandbox.Open(ctx, sandbox.Options{Off: o.NoSandbox, Slots: slots(p.atOnce)}); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// step tells people what is being prepared.
func (p *Pipeline) step(en, es string) {
	p.options.Step(lessons.Text{EN: en, ES: es}.In(p.options.Lang))
}

// prepare compiles what every grading needs.
func (p *Pipeline) prepare(ctx context.Context) (err error) {
	p.step("compiling the packages that lessons use (a minute on a fresh machine, nothing later)",
		"compilando los paquetes que usan las lecciones (un minuto en una máquina recién instalada, nada después)")
	if p.builder, err = build.New(ctx, p.course, p.box, p.dir, p.options.Objects); err != nil {
		return err
	}
	p.step("compiling the hidden tests that have changed", "compilando las pruebas ocultas que han cambiado")
	if err := p.compileHidden(ctx); err != nil {
		return err
	}
	sockets := filepath.Join(p.dir, "s")
	if err := os.Mkdir(sockets, 0o755); err != nil {
		return err
	}
	o := run.Options{Race: p.race, Subjects: p.atOnce, Busy: p.options.Busy, Lang: p.options.Lang, Dir: sockets}
	if p.options.Store == nil { // verdicts that are kept depend on no server
		o.Redis = os.Getenv(run.RedisEnv)
	}
	p.runner = run.New(p.box, o)
	return nil
}

// compileHidden compiles the hidden tests of every lesson, one on each core.
func (p *Pipeline) compileHidden(ctx context.Context) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for _, l := range p.lessons {
		g.Go(func() error {
			bin, err := p.builder.Hidden(ctx, l)
			mu.Lock()
			defer mu.Unlock()
			p.hidden[l.ID] = bin
			return err
		})
	}
	return g.Wait()
}

// Close ends what still runs and removes what was built.
func (p *Pipeline) Close() error {
	var err error
	if p.box != nil {
		err = p.box.Close()
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

// Head is what a reader of any number must know first: walls that are missing, no race detector.
func (p *Pipeline) Head() []lessons.Text {
	head := p.box.Head()
	if !p.race {
		head = append(head, lessons.Text{
			EN: "The race detector was off, since there is no C compiler here: data races are not seen. Install gcc and grade again.",
			ES: "El detector de carreras estaba apagado, porque aquí no hay compilador de C: las carreras de datos no se ven. Instala gcc y califica de nuevo.",
		})
	}
	return head
}

// Lessons describes what is graded, in course order.
func (p *Pipeline) Lessons() []verdict.Lesson {
	var list []verdict.Lesson
	for _, l := range p.lessons {
		list = append(list, verdict.Lesson{ID: l.ID, Title: l.Title, Tests: l.Tests})
	}
	return list
}

// Work is the source of one lesson, as it was handed in.
type Work struct {
	Lesson course.Lesson
	Files  map[string][]byte
}

// Built is the work of one student, compiled and linked as far as it goes. It may be run any number of times.
type Built struct {
	p        *Pipeline
	work     []Work
	results  []verdict.LessonResult // of lessons for which there is no program
	programs map[string]build.Program
}

// Build takes the lessons of one student through policy and build, on one core: who came first is done first, and
// the tests can begin. The error is the context's, or means that nothing can be graded: anything else becomes a result.
func (p *Pipeline) Build(ctx context.Context, work []Work) (*Built, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	if err := token(ctx, p.builds); err != nil {
		return nil, err
	}
	defer func() { <-p.builds }()
	b := &Built{p: p, work: work, results: make([]verdict.LessonResult, len(work))}
	var objects []*build.Object
	defer func() { p.builder.Discard(objects) }()
	for i, w := range work {
		object, res, err := p.compileOne(ctx, w)
		if err != nil {
			return nil, err
		}
		if object == nil {
			b.results[i] = res
			continue
		}
		objects = append(objects, object)
	}
	return b, b.link(ctx, objects)
}

// Discard removes the programs.
func (b *Built) Discard() { b.p.builder.DiscardPrograms(b.programs) }

// Watch is told how a run goes on. Each function may be nil, and may be called by many goroutines at once.
type Watch struct {
	Test   func()                                // a test has ended
	Lesson func(i int, res verdict.LessonResult) // lesson i of the work is done: this is its result
}

// Run runs the hidden tests of every lesson that has a program, side by side. Results are in the order of the work.
func (b *Built) Run(ctx context.Context, w Watch) ([]verdict.LessonResult, error) {
	results := slices.Clone(b.results)
	var wg sync.WaitGroup
	for i, work := range b.work {
		wg.Go(func() {
			if program, ok := b.programs[work.Lesson.ID]; ok {
				results[i] = b.runOne(ctx, work.Lesson, program, w.Test)
			}
			if w.Lesson != nil && ctx.Err() == nil {
				w.Lesson(i, results[i])
			}
		})
	}
	wg.Wait()
	return results, ctx.Err()
}

func (b *Built) runOne(ctx context.Context, l course.Lesson, program build.Program, each func()) verdict.LessonResult {
	if err := token(ctx, b.p.tests); err != nil {
		return broken(l, err)
	}
	defer func() { <-b.p.tests }()
	res, err := b.p.runner.Lesson(ctx, l, b.p.hidden[l.ID], program, each)
	if err != nil {
		return broken(l, err)
	}
	return res
}

// compileOne takes one lesson to an object, or to the result that says why there is none.
func (p *Pipeline) compileOne(ctx context.Context, w Work) (*build.Object, verdict.LessonResult, error) {
	clean, refusal := policy.Check(w.Lesson, w.Files)
	if refusal != nil {
		return nil, Ungraded(w.Lesson, verdict.Refused, refusal.Text), nil
	}
	object, failure, err := p.builder.Compile(ctx, w.Lesson, clean.Files, clean.Quiet)
	switch {
	case ctx.Err() != nil:
		return nil, verdict.LessonResult{}, ctx.Err()
	case err != nil:
		return nil, broken(w.Lesson, err), nil
	case failure != nil:
		return nil, notBuilt(w.Lesson, failure), nil
	}
	return object, verdict.LessonResult{}, nil
}

// link links what compiled, and notes what does not link.
func (b *Built) link(ctx context.Context, objects []*build.Object) error {
	if len(objects) == 0 {
		return nil
	}
	programs, failures, err := b.p.builder.Link(ctx, objects)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	b.programs = programs
	for i, w := range b.work {
		switch {
		case b.results[i].ID != "": // it did not compile
		case err != nil:
			b.results[i] = broken(w.Lesson, err)
		case failures[w.Lesson.ID] != nil:
			b.results[i] = notBuilt(w.Lesson, failures[w.Lesson.ID])
		}
	}
	return nil
}

// token waits until one of the tokens is free and takes it. Give it back by receiving.
func token(ctx context.Context, tokens chan struct{}) error {
	select {
	case tokens <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ungraded is the result of a lesson whose tests did not run.
func Ungraded(l course.Lesson, status verdict.Status, why lessons.Text) verdict.LessonResult {
	res := verdict.LessonResult{ID: l.ID, Status: status, Message: why}
	for _, t := range l.Tests {
		res.Tests = append(res.Tests, verdict.TestResult{Name: t.Name, Outcome: verdict.NotRun})
	}
	return res
}

func ungradable(l course.Lesson, cause verdict.Cause, why lessons.Text) verdict.LessonResult {
	res := Ungraded(l, verdict.NotGradable, why)
	res.Cause = cause
	return res
}

func notBuilt(l course.Lesson, f *build.Failure) verdict.LessonResult {
	if f.Compiler {
		return Ungraded(l, verdict.DoesNotCompile, f.Text)
	}
	return Ungraded(l, verdict.NotGradable, f.Text)
}

// broken is the result of a lesson that the grader itself failed on.
func broken(l course.Lesson, err error) verdict.LessonResult {
	var tip lessons.Text
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		tip = lessons.Text{
			EN: "; make room on the disk with the temporary files, or name another with TMPDIR, and grade again",
			ES: "; libera espacio en el disco de los archivos temporales, o nombra otro con TMPDIR, y vuelve a calificar",
		}
	}
	return ungradable(l, verdict.Grader, lessons.Text{
		EN: fmt.Sprintf("the grader failed on this lesson, which is not the student's fault: %v%s", err, tip.EN),
		ES: fmt.Sprintf("el calificador falló con esta lección, y no es culpa de quien la entregó: %v%s", err, tip.ES),
	})
}
