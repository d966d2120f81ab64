package pipeline

import (
	"context"
	"runtime"
	"sync"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Progress is told how far a class is. Its methods may be called by many goroutines at once.
type Progress interface {
	Begin(students, tests int) // once, before anything else
	Tests(n int)               // n more tests have ended, or will not run
	Student(s verdict.Student) // a student is done
}

// studentsPerCore is how many students are in the pipeline at once for each core; each has a program of some 20 MiB on
// disk.
const studentsPerCore = 16

// Class grades all submissions. When ctx ends early the class holds what is done until then, the other students
// are not gradable, and the error is that of ctx.
func (p *Pipeline) Class(ctx context.Context, subs []intake.Submission, progress Progress) (verdict.Class, error) {
	class := verdict.Class{Lessons: p.Lessons(), Students: make([]verdict.Student, len(subs)), Head: p.Head()}
	perStudent := 0
	for _, l := range p.lessons {
		perStudent += len(l.Tests)
	}
	progress.Begin(len(subs), perStudent*len(subs))
	places := make(chan struct{}, studentsPerCore*runtime.NumCPU())
	next := make(chan struct{}, runtime.NumCPU()) // builds go in order, so that nobody's long tests begin last by chance
	var wg sync.WaitGroup
	for i, sub := range subs {
		places <- struct{}{}
		next <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			class.Students[i] = p.student(ctx, sub, progress, func() { <-next })
		})
	}
	wg.Wait()
	return class, ctx.Err()
}

// student grades one submission; built is called, once, when it is compiled.
func (p *Pipeline) student(ctx context.Context, sub intake.Submission, progress Progress, built func()) verdict.Student {
	st := verdict.Student{ID: sub.ID, Notes: sub.Notes}
	var work []Work
	skipped := 0
	results := map[string]verdict.LessonResult{}
	for _, l := range p.lessons {
		if res, ok := p.without(sub, l); ok {
			results[l.ID] = res
			skipped += len(l.Tests)
			continue
		}
		work = append(work, Work{Lesson: l, Files: sub.Lessons[l.ID]})
	}
	progress.Tests(skipped)
	reported := 0
	var mu sync.Mutex
	graded, err := p.grade(ctx, work, built, func() {
		mu.Lock()
		defer mu.Unlock()
		reported++
		progress.Tests(1)
	})
	expected := 0
	for i, w := range work {
		expected += len(w.Lesson.Tests)
		if err != nil {
			results[w.Lesson.ID] = Ungraded(w.Lesson, verdict.NotGradable, interrupted())
			continue
		}
		results[w.Lesson.ID] = graded[i]
	}
	progress.Tests(expected - reported)
	for _, l := range p.lessons {
		st.Lessons = append(st.Lessons, results[l.ID])
	}
	progress.Student(st)
	return st
}

// grade takes the lessons of one student all the way.
func (p *Pipeline) grade(ctx context.Context, work []Work, built, each func()) ([]verdict.LessonResult, error) {
	b, err := p.Build(ctx, work)
	built()
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	return b.Run(ctx, each)
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
		return Ungraded(l, verdict.NotGradable, sub.Problem.Text), true
	}
	if res, ok := sub.Decided[l.ID]; ok {
		return Ungraded(l, res.Status, res.Message), true
	}
	if sub.Lessons[l.ID] == nil {
		return Ungraded(l, verdict.NotSubmitted, lessons.Text{}), true
	}
	return verdict.LessonResult{}, false
}
