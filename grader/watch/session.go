package watch

import (
	"context"

	"wirelab/grader/course"
)

// Session is a student's course, and how its tests are run.
type Session struct {
	Course  *course.Course
	Lang    string                                                     // "en" or "es"
	Color   bool                                                       //
	Run     func(ctx context.Context, l course.Lesson) (Result, error) // runs the visible tests of a lesson
	Touched func(l course.Lesson) bool                                 // reports whether anything in it is the student's
}

// firstRed looks for the first lesson that is not green: at is its place in the course, -1 if all are green. Lessons
// that nobody has touched are not run: they cannot be green, and then the result is nil. Each result is told.
func (s *Session) firstRed(ctx context.Context, told func(course.Lesson, Result)) (at int, last *Result, err error) {
	for i, l := range s.Course.Lessons {
		if !s.Touched(l) {
			return i, nil, nil
		}
		r, err := s.Run(ctx, l)
		if err != nil {
			return 0, nil, err
		}
		told(l, r)
		if !r.Green() {
			return i, &r, nil
		}
	}
	return -1, nil, nil
}
