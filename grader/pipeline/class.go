package pipeline

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Progress is told how far a class is. Its methods may be called by many goroutines at once.
type Progress interface {
	Begin(students, tests, known int) // once, before anything else; so many of the tests need no run, and have ended
	Tests(n int)                      // n more tests have ended, or will not run
	Student(s verdict.Student)        // a student is done; never said of one whom an interruption left undone
}

// studentsPerCore is how many students are in the pipeline at once for each core; each has a program of some 20 MiB on
// disk.
const studentsPerCore = 16

// Class grades all submissions. When ctx ends early the class holds what is done until then, the other students
// are not gradable, and the error is that of ctx; likewise if verdicts cannot be kept. If nothing can be graded the
// class has no students.
func (p *Pipeline) Class(ctx context.Context, subs []intake.Submission, progress Progress) (verdict.Class, error) {
	class := verdict.Class{Lessons: p.Lessons(), Head: p.Head()}
	plans, todo, err := p.plan(ctx, subs)
	if err == nil && todo > 0 {
		err = p.ready(ctx)
	}
	if err != nil {
		return class, err
	}
	class.Students = make([]verdict.Student, len(subs))
	all, due := 0, 0
	for _, units := range plans {
		for _, l := range p.lessons {
			all += len(l.Tests)
		}
		due += p.due(units)
	}
	progress.Begin(len(subs), all, all-due)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	places := make(chan struct{}, studentsPerCore*runtime.NumCPU())
	next := make(chan struct{}, runtime.NumCPU()) // builds go in order, so that nobody's long tests begin last by chance
	var wg sync.WaitGroup
	for i, sub := range subs {
		places <- struct{}{}
		next <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			s := student{
				p: p, sub: sub, units: plans[i], progress: progress, results: map[string]verdict.LessonResult{}, fail: stop,
				due: p.due(plans[i]),
			}
			class.Students[i] = s.grade(ctx, func() { <-next })
		})
	}
	wg.Wait()
	return class, context.Cause(ctx)
}

// student is one submission on its way.
type student struct {
	p        *Pipeline
	sub      intake.Submission
	units    map[string]unit // by lesson ID
	progress Progress
	results  map[string]verdict.LessonResult
	fail     context.CancelCauseFunc // ends the class

	mu  sync.Mutex
	due int // tests that progress is still to be told of
}

// grade takes the submission all the way; built is called, once, when it is compiled.
func (s *student) grade(ctx context.Context, built func()) verdict.Student {
	work := s.known()
	results, err := s.work(ctx, work, built)
	for i, w := range work {
		res := ungradable(w.Lesson, verdict.Interrupted, interrupted())
		if err == nil {
			res = results[i]
		}
		s.land(w.Lesson.ID, res)
	}
	s.await()
	st := verdict.Student{ID: s.sub.ID, Notes: s.sub.Notes, Origin: s.sub.Origin}
	for _, l := range s.p.lessons {
		st.Lessons = append(st.Lessons, s.results[l.ID])
	}
	s.progress.Tests(s.due)
	if !slices.ContainsFunc(st.Lessons, func(res verdict.LessonResult) bool { return res.Cause == verdict.Interrupted }) {
		s.progress.Student(st)
	}
	return st
}

// known notes what needs no grading and returns the rest.
func (s *student) known() (work []Work) {
	for _, l := range s.p.lessons {
		u := s.units[l.ID]
		if res, ok := s.p.without(s.sub, l); ok {
			s.results[l.ID] = res
			continue
		}
		var res verdict.LessonResult
		if u.known {
			// A verdict that cannot be read, or was evicted in this moment, is found anew.
			if ok, err := s.p.options.Store.Get(u.key, &res); ok && err == nil {
				s.results[l.ID] = res
				continue
			}
		}
		if u.known || u.mine {
			work = append(work, Work{Lesson: l, Files: s.sub.Lessons[l.ID]})
		}
	}
	return work
}

// work builds and runs.
func (s *student) work(ctx context.Context, work []Work, built func()) ([]verdict.LessonResult, error) {
	if len(work) == 0 {
		built()
		return nil, nil
	}
	b, err := s.p.Build(ctx, work)
	built()
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	return b.Run(ctx, Watch{
		Test: func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.due > 0 { // it is 0 where a verdict that was known could not be read
				s.due--
				s.progress.Tests(1)
			}
		},
		Lesson: func(i int, res verdict.LessonResult) {
			if err := s.p.keep(s.units[work[i].Lesson.ID].key, res); err != nil {
				s.fail(err)
			}
		},
	})
}

// land notes a result, for those too who wait for it.
func (s *student) land(lesson string, res verdict.LessonResult) {
	s.results[lesson] = res
	if u := s.units[lesson]; u.mine {
		u.flight.res = res
		close(u.flight.done)
	}
}

// await takes over the results of the same work, handed in by others.
func (s *student) await() {
	for _, l := range s.p.lessons {
		if _, ok := s.results[l.ID]; ok {
			continue
		}
		<-s.units[l.ID].flight.done
		s.results[l.ID] = s.units[l.ID].flight.res
	}
}

func interrupted() lessons.Text {
	return lessons.Text{
		EN: "grading was interrupted before this lesson was done; grade again",
		ES: "la calificación se interrumpió antes de terminar esta lección; califica de nuevo",
	}
}

// without is the result of a lesson that needs no grading, if there is one.
func (p *Pipeline) without(sub intake.Submission, l course.Lesson) (verdict.LessonResult, bool) {
	if sub.Problem != nil {
		return ungradable(l, verdict.Submission, sub.Problem.Text), true
	}
	if res, ok := sub.Decided[l.ID]; ok {
		if res.Status == verdict.NotGradable {
			return ungradable(l, verdict.Unreadable, res.Message), true
		}
		return Ungraded(l, res.Status, res.Message), true
	}
	if sub.Lessons[l.ID] == nil {
		return Ungraded(l, verdict.NotSubmitted, lessons.Text{}), true
	}
	return verdict.LessonResult{}, false
}
