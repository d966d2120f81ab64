package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"wirelab/grader/verdict"
)

// shownStudents is how many lines the table of a summary has at most: the rest stands in the gradebook.
const shownStudents = 40

// Summary prints a class as a short table, and where in dir the files of [Write] are. It writes once.
func Summary(w io.Writer, c verdict.Class, dir string, st Style) error {
	s := newScreen(st)
	r := New(c, st.Lang)
	notices := slices.Concat(stopped(r, s.words), r.Head, r.About)
	for _, note := range notices {
		s.wrap("! ", yellow, Visible(note, false), "")
	}
	if len(notices) > 0 {
		s.line("")
	}
	s.table(r, filepath.Join(dir, "gradebook.csv"))
	s.line("")
	index := filepath.Join(dir, "index.html")
	if submissions, lessons := ungraded(r); submissions+lessons > 0 {
		var all []string
		if submissions > 0 {
			all = append(all, count(submissions, s.words.Handed, s.words.AllHanded))
		}
		if lessons > 0 {
			all = append(all, count(lessons, s.words.Lesson, s.words.Lessons))
		}
		s.wrap("! ", yellow, fmt.Sprintf(s.words.SeeTop, strings.Join(all, " "+s.words.And+" "), index), "")
		s.line("")
	}
	files := [][2]string{
		{index, s.words.AtAGlance},
		{filepath.Join(dir, "students") + string(filepath.Separator), s.words.ForStudents},
		{filepath.Join(dir, "gradebook.csv"), s.words.ForSheets},
		{filepath.Join(dir, "report.json"), s.words.ForPrograms},
	}
	longest := 0
	for _, f := range files {
		longest = max(longest, runewidth.StringWidth(f[0]))
	}
	for _, f := range files {
		s.line(s.paint(bold, runewidth.FillRight(f[0], longest)) + "  " + s.paint(dim, f[1]))
	}
	return s.writeTo(w)
}

// stopped says that a batch was interrupted, and of how many students something is not graded yet.
func stopped(r Report, w words) []string {
	if !r.Interrupted {
		return nil
	}
	n := 0
	for _, s := range r.Students {
		if slices.ContainsFunc(s.Lessons, func(l LessonResult) bool { return l.Cause == verdict.Interrupted }) {
			n++
		}
	}
	return []string{fmt.Sprintf(w.Stopped, n, len(r.Students))}
}

// ungraded counts what somebody has to look at: whole submissions, and of the others lessons.
func ungraded(r Report) (submissions, lessons int) {
	for _, s := range r.Students {
		whole := 0
		for _, l := range s.Lessons {
			switch {
			case l.Status == verdict.Graded, l.Status == verdict.NotSubmitted, l.Cause == verdict.Interrupted:
			case l.Cause == verdict.Submission:
				whole = 1
			default:
				lessons++
			}
		}
		submissions += whole
	}
	return submissions, lessons
}

// table prints students by lessons: with the lessons' names if there is room, else with their numbers, else
// totals alone.
func (s *screen) table(r Report, gradebook string) {
	if len(r.Students) == 0 {
		s.line(s.words.NoStudents)
		return
	}
	students := r.Students[:min(len(r.Students), shownStudents)]
	heads := make([]string, len(r.Lessons))
	for i, l := range r.Lessons {
		heads[i] = l.ID
	}
	name := runewidth.StringWidth(s.words.Student)
	for _, one := range students {
		name = min(28, max(name, runewidth.StringWidth(Visible(one.ID, false))))
	}
	total := max(runewidth.StringWidth(s.words.Total), len(fmt.Sprintf("%d/%d", r.Students[0].Points, r.Students[0].Points)))
	for _, one := range students {
		total = max(total, len(totalOf(one)))
	}
	room := s.width - name - total - 2
	if tableWidth(heads) > room {
		for i, l := range r.Lessons {
			heads[i], _, _ = strings.Cut(l.ID, "-")
		}
	}
	if tableWidth(heads) > room {
		heads = nil
	}
	line := runewidth.FillRight(s.words.Student, name)
	for _, h := range heads {
		line += "  " + runewidth.FillLeft(h, columnWidth(h))
	}
	s.line(s.paint(dim, line+"  "+runewidth.FillLeft(s.words.Total, total)))
	for _, one := range students {
		s.tableRow(one, heads, name, total)
	}
	if left := len(r.Students) - len(students); left > 0 {
		s.line(s.paint(dim, fmt.Sprintf(s.words.More, left, gradebook)))
	}
	s.legend(students, heads)
}

func (s *screen) tableRow(one Student, heads []string, name, total int) {
	line := runewidth.FillRight(clip(Visible(one.ID, false), name), name)
	for i, h := range heads {
		l := one.Lessons[i]
		cell, color := mark(l.Status), red
		switch l.Status {
		case verdict.Graded:
			cell, color = fmt.Sprint(l.Score), scoreColor(l.Score, l.Points)
		case verdict.NotSubmitted:
			color = dim
		}
		line += "  " + s.paint(color, runewidth.FillLeft(cell, columnWidth(h)))
	}
	s.line(line + "  " + s.paint(bold, runewidth.FillLeft(totalOf(one), total)))
}

// totalOf is the score that counts, of the points.
func totalOf(s Student) string { return fmt.Sprintf("%s/%d", finalScore(s), s.Points) }

// legend explains the marks that the table shows, and no others.
func (s *screen) legend(students []Student, heads []string) {
	var all []string
	for _, st := range withoutScore(students) {
		all = append(all, mark(st)+" "+s.words.Status[st])
	}
	if len(all) > 0 && heads != nil {
		s.line("")
		s.wrap("", "", strings.Join(all, "   "), dim)
	}
}

// withoutScore lists the reasons for which students have no score in a lesson, always in the same order.
func withoutScore(students []Student) []verdict.Status {
	var all []verdict.Status
	for _, st := range []verdict.Status{
		verdict.NotSubmitted, verdict.Refused, verdict.DoesNotCompile, verdict.Crashed, verdict.NotGradable,
	} {
		if slices.ContainsFunc(students, func(one Student) bool {
			return slices.ContainsFunc(one.Lessons, func(l LessonResult) bool { return l.Status == st })
		}) {
			all = append(all, st)
		}
	}
	return all
}

// columnWidth leaves room for a score of three digits.
func columnWidth(head string) int { return max(3, runewidth.StringWidth(head)) }

func tableWidth(heads []string) int {
	n := 0
	for _, h := range heads {
		n += 2 + columnWidth(h)
	}
	return n
}
