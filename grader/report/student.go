package report

import (
	"fmt"
	"strconv"

	"wirelab/grader/verdict"
)

// studentView is what student.tmpl and the Markdown feedback show: a student's results, joined with what the
// lessons and tests say of themselves.
type studentView struct {
	ID            string
	Score, Points int
	Final, LateBy string // the score that counts; why it is less than Score, or ""
	Notes, Head   []string
	Lessons       []lessonView
}

type lessonView struct {
	LessonResult
	Title    string
	NextStep string
	All      []testView // every test, in order
	Failed   []testView
	Passed   []testView
	NotRun   []testView
}

type testView struct {
	TestResult
	Lesson, Text string
	Rows         []row
}

func newStudentView(r Report, s Student, w words) studentView {
	v := studentView{ID: s.ID, Score: s.Score, Points: s.Points, Notes: s.Notes, Head: r.Head}
	v.Final, v.LateBy = finalScore(s), lateBy(s, w)
	for i, res := range s.Lessons {
		l := lessonView{LessonResult: res, Title: r.Lessons[i].Title, NextStep: w.nextStep(res)}
		for j, t := range res.Tests {
			one := testView{TestResult: t, Lesson: res.ID, Text: r.Lessons[i].Tests[j].Text}
			switch t.Status {
			case verdict.Passed:
				l.Passed = append(l.Passed, one)
			case verdict.Failed:
				one.Rows = rows(t.Transcript, w)
				l.Failed = append(l.Failed, one)
			case verdict.NotRun:
				l.NotRun = append(l.NotRun, one)
			}
			l.All = append(l.All, one)
		}
		v.Lessons = append(v.Lessons, l)
	}
	return v
}

// finalScore writes the score that counts.
func finalScore(s Student) string { return strconv.FormatFloat(s.Final(), 'f', -1, 64) }

// lateBy says how late a submission is and what that costs; nothing where it costs nothing.
func lateBy(s Student, w words) string {
	if s.Late == nil || s.Late.Days == 0 {
		return ""
	}
	return fmt.Sprintf(w.LateBy, count(s.Late.Days, w.Day, w.Days), s.Late.Percent, s.Score)
}
