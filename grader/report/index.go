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
	NotGraded    int  // lessons, over all students, that somebody has to look at
	Nothing      []link
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
	Name, Advice string
	Cases        []troubleCase
}

type troubleCase struct {
	link
	Lesson, Message string
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
		if handedNothing(s) {
			v.Nothing = append(v.Nothing, one.link)
		}
	}
	v.NotGraded, v.WithoutScore = ungraded(r), withoutScore(r.Students)
	v.Troubles = troubles(r, v.Rows, w)
	v.Columns = lessonColumns(r)
	v.spread()
	v.Hardest = hardest(r, v.Rows)
	v.Hardest, v.Others = v.Hardest[:min(len(v.Hardest), shownTests)], v.Hardest[min(len(v.Hardest), shownTests):]
	v.Since = compared(r, v.Rows, w)
	return v
}

func handedNothing(s Student) bool {
	return len(s.Lessons) > 0 && !slices.ContainsFunc(s.Lessons, func(l LessonResult) bool {
		return l.Status != verdict.NotSubmitted
	})
}

// troubles groups what could not be graded by what can be done about it, the rarest surprise first.
func troubles(r Report, links []gridRow, w words) []trouble {
	var all []trouble
	for _, st := range []verdict.Status{verdict.NotGradable, verdict.Crashed, verdict.Refused, verdict.DoesNotCompile} {
		t := trouble{Status: st, Name: w.Status[st], Advice: w.Advice[st]}
		for i, s := range r.Students {
			for _, l := range s.Lessons {
				if l.Status == st {
					to := link{s.ID, links[i].Href + "#" + l.ID}
					t.Cases = append(t.Cases, troubleCase{to, l.ID, l.Message})
				}
			}
		}
		if len(t.Cases) > 0 {
			all = append(all, t)
		}
	}
	return all
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
