package report

import (
	"fmt"
	"io"
	"slices"

	"wirelab/grader/verdict"
)

// Changes prints what is different for the student called id between two reports of a class, who must be in both: a
// line for each lesson that ids name, and one for each test of it that ended otherwise. Last comes how many others are
// different. It writes once.
func Changes(w io.Writer, before, after Report, id string, ids []string, st Style) error {
	st.Lang = after.Lang
	s := newScreen(st)
	was, is := before.student(id), after.student(id)
	s.titled(Visible(id, false), is.Score, is.Points)
	for i, l := range after.Lessons {
		if slices.Contains(ids, l.ID) {
			s.changed(l, was.lesson(l.ID), is.Lessons[i])
		}
	}
	others := 0
	for _, one := range after.Students {
		if one.ID != id && differs(before.student(one.ID), one) {
			others++
		}
	}
	if others > 0 {
		s.line("")
		s.wrap("! ", yellow, fmt.Sprintf(s.words.OthersChanged, count(others, s.words.Student, s.words.Students)), "")
	}
	return s.writeTo(w)
}

func (s *screen) changed(l Lesson, was, is LessonResult) {
	from, to := s.result(was), s.result(is)
	s.line("")
	if !differsIn(was, is) {
		s.line(s.paint(bold, l.ID+"  "+to) + s.paint(dim, ", "+s.words.AsBefore))
		return
	}
	s.line(s.paint(bold, l.ID+"  "+from+" → "+to))
	for i, t := range is.Tests {
		old := was.test(t.Name)
		if old == t.Status {
			continue
		}
		now := fmt.Sprintf(s.words.Now[t.Status], t.Name)
		sign, color := "✘", red
		switch t.Status {
		case verdict.Passed:
			sign, color = "✔", green
		case verdict.NotRun:
			sign, color = "–", dim
		case verdict.Failed:
			now += ": " + Visible(l.Tests[i].Text, false)
		}
		s.wrap("  "+sign+" ", color, now, "")
	}
}

// result says in a word or two what became of a lesson.
func (s *screen) result(l LessonResult) string {
	switch l.Status {
	case "":
		return "–"
	case verdict.Graded:
		return fmt.Sprintf(s.words.OutOf, l.Score, l.Points)
	default:
		return s.words.Status[l.Status]
	}
}

// differs reports whether anything about a student's results is different but times, transcripts and messages.
func differs(was, is Student) bool {
	return slices.ContainsFunc(is.Lessons, func(l LessonResult) bool { return differsIn(was.lesson(l.ID), l) })
}

func differsIn(was, is LessonResult) bool {
	return was.Status != is.Status || was.Score != is.Score ||
		slices.ContainsFunc(is.Tests, func(t TestResult) bool { return was.test(t.Name) != t.Status })
}

// student is the student called id, or nobody.
func (r Report) student(id string) Student {
	for _, s := range r.Students {
		if s.ID == id {
			return s
		}
	}
	return Student{}
}

// lesson is what became of the lesson called id, or nothing.
func (s Student) lesson(id string) LessonResult {
	for _, l := range s.Lessons {
		if l.ID == id {
			return l
		}
	}
	return LessonResult{}
}

// test is what became of a test, "" where there was none.
func (l LessonResult) test(name string) verdict.Outcome {
	for _, t := range l.Tests {
		if t.Name == name {
			return t.Status
		}
	}
	return ""
}
