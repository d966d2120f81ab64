package check

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"wirelab/grader/course"
	"wirelab/grader/pipeline"
	"wirelab/grader/run"
	"wirelab/grader/verdict"
)

// atOnce bounds how many gradings run side by side; most of the time they wait for what a mutant never does.
const atOnce = 16

// sandboxed grades every version as a submission is graded.
func (p *prover) sandboxed(ctx context.Context, v variants) error {
	p.left = 1 + p.opts.Repeat + len(v.mutants)*p.ofEach()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	g.Go(func() error {
		return p.grade(ctx, p.lesson, v.starter, 1, func(res verdict.LessonResult) { p.mustFail("starter, sandboxed", res) })
	})
	g.Go(func() error {
		return p.grade(ctx, p.lesson, v.reference, p.opts.Repeat, func(res verdict.LessonResult) {
			p.graded(1)
			p.mustPass("reference, sandboxed", res)
		})
	})
	for _, m := range v.mutants {
		g.Go(func() error { return p.kill(ctx, m) })
	}
	return g.Wait()
}

// ofEach is how often each mutant is graded.
func (p *prover) ofEach() int { return max(p.opts.Repeat/10, 1) }

// kill grades a mutant. Where tests share a process the one that it names must not pass there either, so the others run as
// well: all of them the first time, and after that those that passed. The others would run again each time, alone, and
// mostly wait.
func (p *prover) kill(ctx context.Context, m mutant) error {
	judge, times := p.mustKill(m), p.ofEach()
	passed := map[string]bool{}
	if run.Shares(p.lesson) {
		times--
		err := p.grade(ctx, p.lesson, m.files, 1, func(res verdict.LessonResult) {
			judge(res)
			for _, t := range res.Tests {
				passed[t.Name] = t.Outcome == verdict.Passed
			}
		})
		if err != nil || times == 0 {
			return err
		}
	}
	tests := p.those(func(test string) bool { return test == m.KilledBy || passed[test] })
	return p.grade(ctx, tests, m.files, times, judge)
}

// mustKill notes, once, that a mutant survived the test that it names.
func (p *prover) mustKill(m mutant) func(verdict.LessonResult) {
	var once sync.Once
	return func(res verdict.LessonResult) {
		if res.Status != verdict.Graded && res.Status != verdict.Crashed {
			once.Do(func() { p.fault("mutant %s, sandboxed: %s: %s", m.Name, res.Status, res.Message.EN) })
		}
		for _, t := range res.Tests {
			if t.Name == m.KilledBy && t.Outcome != verdict.Failed {
				once.Do(func() { p.fault("mutant %s survives %s, sandboxed", m.Name, m.KilledBy) })
			}
		}
	}
}

// grade grades a version so many times, by the tests in l.
func (p *prover) grade(ctx context.Context, l course.Lesson, files files, times int, judge func(verdict.LessonResult)) error {
	built, err := p.pipe.Build(ctx, []pipeline.Work{{Lesson: l, Files: files}})
	if err != nil {
		return err
	}
	defer built.Discard()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for range times {
		g.Go(func() error {
			res, err := built.Run(ctx, pipeline.Watch{})
			if err != nil {
				return err
			}
			judge(res[0])
			p.gradedOne()
			return nil
		})
	}
	return g.Wait()
}
