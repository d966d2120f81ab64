package report

import (
	"cmp"
	"fmt"
	"slices"

	"wirelab/grader/verdict"
)

// indexView is what index.tmpl shows: a Report, and what can be counted in it.
type indexView struct {
	Report
	Points       int // the most that anybody could earn
	Mean, Median string
	Late         bool // somebody is late
	NotGraded    int  // submissions, and of others lessons, that somebody has to look at
	Stopped      []string
	Nothing      []nothing
	Troubles     []trouble
	Columns      []column
	Rows         []gridRow
	Bins         []bin
	MedianAt     int        // where the median lies in the histogram, in its units
	Hardest      []hardTest // those that failed most often
	Others       []hardTest // the other ones that failed
	Since        *comparison
	WithoutScore []verdict.Status // the statuses that the grid shows
}

// A link leads to a student's page or a place on it.
type link struct{ Name, Href string }

// trouble is everything that could not be graded for one reason.
type trouble struct {
	Status       verdict.Status
	cause        verdict.Cause
	Name, Advice string
	Cases        []troubleCase
}

// troubleCase is the same said of one or more lessons of a student.
type troubleCase struct {
	link
	Lessons []string
	Message string
}

// nothing is who has no work in any lesson, for one reason.
type nothing struct {
	Name, Advice string
	Who          []link
}

type column struct {
	Lesson
	Mean string // over the students, of the lesson's points
}

type gridRow struct {
	link
	Score, Points int
	Final, LateBy string // as on the student's page
	Cells         []cell
}

type cell struct {
	Href, Lesson  string
	Status        verdict.Status
	Score, Points int
}

type hardTest struct {
	Lesson, Name, Text string
	Points             int
	Failed, Of, Share  int // who failed, of how many, in percent
	Causes             []cause
}

func newIndexView(r Report, names []string, w words) indexView {
	v := indexView{Report: r, Mean: "–", Median: "–"}
	for _, l := range r.Lessons {
		v.Points += l.Points
	}
	for i, s := range r.Students {
		page := "students/" + names[i] + ".html"
		one := gridRow{link: link{s.ID, page}, Score: s.Score, Points: s.Points, Final: finalScore(s), LateBy: lateBy(s, w)}
		v.Late = v.Late || one.LateBy != ""
		for _, l := range s.Lessons {
			one.Cells = append(one.Cells, cell{page + "#" + l.ID, l.ID, l.Status, l.Score, l.Points})
		}
		v.Rows = append(v.Rows, one)
	}
	submissions, lessons := ungraded(r)
	v.NotGraded, v.WithoutScore = submissions+lessons, withoutScore(r.Students)
	v.Stopped, v.Nothing = stopped(r, w), handedNothing(r, v.Rows, w)
	v.Troubles = troubles(r, v.Rows, w)
	v.Columns = lessonColumns(r)
	v.spread()
	v.Hardest = hardest(r, v.Rows)
	v.Hardest, v.Others = v.Hardest[:min(len(v.Hardest), shownTests)], v.Hardest[min(len(v.Hardest), shownTests):]
	v.Since = compared(r, v.Rows, w)
	return v
}

// handedNothing groups who has no work in any lesson by why: there is no folder, or what is in it is not theirs.
func handedNothing(r Report, links []gridRow, w words) []nothing {
	var all []nothing
	for i, s := range r.Students {
		if len(s.Lessons) == 0 || slices.ContainsFunc(s.Lessons, func(l LessonResult) bool { return l.Status != verdict.NotSubmitted }) {
			continue
		}
		one := nothing{Name: w.HandedNothing, Advice: w.NothingAdvice}
		if at := slices.IndexFunc(s.Lessons, func(l LessonResult) bool { return l.Message != "" }); at >= 0 {
			one = nothing{Name: s.Lessons[at].Message, Advice: w.NoneNewAdvice}
		}
		at := slices.IndexFunc(all, func(n nothing) bool { return n.Name == one.Name })
		if at < 0 {
			at, all = len(all), append(all, one)
		}
		all[at].Who = append(all[at].Who, links[i].link)
	}
	return all
}

// troubles groups what could not be graded by what can be done about it, the rarest surprise first. What one message says
// of several lessons of a student stands once.
func troubles(r Report, links []gridRow, w words) []trouble {
	all := []trouble{}
	for _, cause := range []verdict.Cause{verdict.Grader, verdict.Submission, verdict.Unreadable} {
		all = append(all, trouble{Status: verdict.NotGradable, cause: cause, Name: w.Causes[cause].Name, Advice: w.Causes[cause].Advice})
	}
	for _, st := range []verdict.Status{verdict.NotGradable, verdict.Crashed, verdict.Refused, verdict.DoesNotCompile} {
		all = append(all, trouble{Status: st, Name: w.Status[st], Advice: w.Advice[st]})
	}
	rest := w.Causes[verdict.Interrupted]
	all = append(all, trouble{Status: verdict.NotGradable, cause: verdict.Interrupted, Name: rest.Name, Advice: rest.Advice})
	for k := range all {
		for i, s := range r.Students {
			all[k].add(s, links[i].Href)
		}
	}
	return slices.DeleteFunc(all, func(t trouble) bool { return len(t.Cases) == 0 })
}

// add adds the lessons of a student, whose page is given, that were not graded for this reason.
func (t *trouble) add(s Student, page string) {
	first := len(t.Cases)
	for _, l := range s.Lessons {
		if l.Status != t.Status || l.Cause != t.cause {
			continue
		}
		said := l.Message
		if l.Cause == verdict.Interrupted {
			said = "" // the same of everybody: the advice says it
		}
		if at := len(t.Cases) - 1; at >= first && t.Cases[at].Message == said {
			t.Cases[at].Lessons = append(t.Cases[at].Lessons, l.ID)
			continue
		}
		t.Cases = append(t.Cases, troubleCase{link{s.ID, page + "#" + l.ID}, []string{l.ID}, said})
	}
}

func lessonColumns(r Report) []column {
	all := make([]column, len(r.Lessons))
	for i, l := range r.Lessons {
		all[i].Lesson = l
		sum := 0
		for _, s := range r.Students {
			sum += s.Lessons[i].Score
		}
		all[i].Mean = "–"
		if len(r.Students) > 0 {
			all[i].Mean = fmt.Sprintf("%.1f", float64(sum)/float64(len(r.Students)))
		}
	}
	return all
}

// shownTests is how many of the tests that failed most often the overview shows at once.
const shownTests = 12

// hardest lists the tests that failed, those that failed most often first, with why.
func hardest(r Report, rows []gridRow) []hardTest {
	var all []hardTest
	for i, l := range r.Lessons {
		for j, t := range l.Tests {
			h := hardTest{Lesson: l.ID, Name: t.Name, Text: t.Text, Points: t.Points}
			if h.Failed, h.Of = tally(r, i, j); h.Failed == 0 {
				continue
			}
			h.Share = 100 * h.Failed / h.Of
			h.Causes = causes(failures(r, rows, i, j))
			all = append(all, h)
		}
	}
	slices.SortStableFunc(all, func(a, b hardTest) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Share, a.Share))
	})
	return all
}
