//go:build !handout

package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"wirelab/grader/live"
	"wirelab/grader/pipeline"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// style is how to print for whoever reads w.
func style(w io.Writer, l string) report.Style {
	tty, width := isTerminal(w)
	return report.Style{Lang: l, Color: tty && os.Getenv("NO_COLOR") == "", Width: width}
}

// steps prints what is being prepared, each step on a line.
func steps(w io.Writer) func(string) {
	return func(what string) { fmt.Fprintln(w, "· "+what) }
}

// longSteps prints what is being done once that has taken a while, and not before: most of the time all is done by then.
// After done it prints nothing more.
func longSteps(w io.Writer) (step func(string), done func()) {
	const after = 2 * time.Second
	var mu sync.Mutex
	var now *time.Timer
	next := func(t *time.Timer) {
		mu.Lock()
		defer mu.Unlock()
		if now != nil {
			now.Stop()
		}
		now = t
	}
	step = func(what string) {
		var t *time.Timer
		t = time.AfterFunc(after, func() {
			mu.Lock()
			defer mu.Unlock()
			if now == t {
				steps(w)(what)
			}
		})
		next(t)
	}
	return step, func() { next(nil) }
}

// newProgress shows how far a class is: a bar in a terminal, a line for each student elsewhere.
func newProgress(w io.Writer, lang string) interface {
	pipeline.Progress
	Wait()
} {
	if tty, _ := isTerminal(w); tty {
		return &bars{lang: lang, box: mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))}
	}
	return &lines{w: w, lang: lang}
}

type bars struct {
	lang            string
	box             *mpb.Progress
	students, tests *mpb.Bar
}

func (b *bars) Begin(students, tests, known int) {
	say := func(en, es string) string { return lessons.Text{EN: en, ES: es}.In(b.lang) }
	add := func(name string, n int, more ...decor.Decorator) *mpb.Bar {
		return b.box.AddBar(int64(n),
			mpb.PrependDecorators(decor.Name(name, decor.WC{W: 12, C: decor.DindentRight}), decor.CountersNoUnit("%5d / %d", decor.WC{W: 14})),
			mpb.AppendDecorators(more...))
	}
	b.students = add(say("students", "estudiantes"), students)
	b.tests = add(say("tests", "pruebas"), tests, decor.Percentage(decor.WC{W: 5}), decor.Name(say("  left ", "  faltan ")), timeLeft(time.Now(), known))
	b.tests.IncrBy(known)
}

// timeLeft shows how long it takes from now, judged by how the tests went since a moment that were not known then.
func timeLeft(since time.Time, known int) decor.Decorator {
	return decor.Any(func(s decor.Statistics) string {
		left := live.Left(time.Since(since), int(s.Current)-known, int(s.Total)-known)
		if left < 0 {
			return "–"
		}
		return fmt.Sprintf("%02d:%02d", left/60, left%60)
	})
}

func (b *bars) Tests(n int)             { b.tests.IncrBy(n) }
func (b *bars) Student(verdict.Student) { b.students.Increment() }

// Wait ends the bars, complete or not.
func (b *bars) Wait() {
	for _, bar := range []*mpb.Bar{b.students, b.tests} {
		if bar != nil && !bar.Completed() {
			bar.Abort(false)
		}
	}
	b.box.Wait()
}

type lines struct {
	w     io.Writer
	lang  string
	mu    sync.Mutex
	total int
	done  int
}

func (l *lines) Begin(students, _, _ int) { l.total = students }
func (l *lines) Tests(int)                {}
func (l *lines) Wait()                    {}

func (l *lines) Student(s verdict.Student) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	passed, all := 0, 0
	for _, lesson := range s.Lessons {
		for _, t := range lesson.Tests {
			all++
			if t.Outcome == verdict.Passed {
				passed++
			}
		}
	}
	format := lessons.Text{EN: "%*d/%d  %s: %d of %d tests passed\n", ES: "%*d/%d  %s: %d de %d pruebas superadas\n"}.In(l.lang)
	fmt.Fprintf(l.w, format, len(fmt.Sprint(l.total)), l.done, l.total, s.ID, passed, all)
}
