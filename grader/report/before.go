package report

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"wirelab/grader/verdict"
)

// Before is what an earlier batch of the same class found, as far as two are compared.
type Before struct {
	At       time.Time       `json:"at"`       // RFC 3339: when its report was written
	Students []BeforeStudent `json:"students"` //
	Tests    []BeforeTest    `json:"tests"`    //

	// Before is what that batch was compared with itself. It is there in the report of an interrupted batch alone, for
	// the one that goes on and may find the same as that batch.
	Before *Before `json:"before,omitempty"`
}

// A BeforeStudent is a student of an earlier batch.
type BeforeStudent struct {
	ID     string         `json:"id"`     //
	Scores map[string]int `json:"scores"` // by lesson; none for one that could not be graded
}

// A BeforeTest says how an earlier batch fared with a hidden test.
type BeforeTest struct {
	Lesson string `json:"lesson"` //
	Name   string `json:"name"`   //
	Failed int    `json:"failed"` // students who failed it
	Of     int    `json:"of"`     // students whose lesson was graded
}

// before is what r, about to be written into dir, is to be compared with: the report that lies there, if it is of the
// same class and says something else; if it says the same, what it was compared with itself. A report that cannot be
// read is none, and one of an interrupted batch gives way to what it was compared with: neither that nor a student
// graded anew makes another batch, unless others have handed in something new by then.
func before(dir string, r Report, regraded bool) *Before {
	last, err := Read(dir)
	if err != nil {
		return nil
	}
	info, err := os.Stat(filepath.Join(dir, "report.json"))
	if err != nil {
		return nil
	}
	was, earlier := summed(last), last.Before
	was.At = info.ModTime().UTC().Truncate(time.Second)
	switch {
	case last.Interrupted && last.Before == nil:
		return nil
	case last.Interrupted:
		was, earlier = last.Before, last.Before.Before
	case regraded && was.changed(summed(r)) <= 1:
		return last.Before
	}
	if !r.Interrupted && was.same(summed(r)) {
		return earlier
	}
	if !slices.ContainsFunc(r.Students, func(s Student) bool { return was.scores(s.ID) != nil }) {
		return nil
	}
	was.Before = nil
	if r.Interrupted {
		was.Before = earlier
	}
	return was
}

// same says whether another batch found what this one did.
func (b *Before) same(other *Before) bool {
	return reflect.DeepEqual(b.Students, other.Students) && reflect.DeepEqual(b.Tests, other.Tests)
}

// changed is how many students have other scores in another batch.
func (b *Before) changed(other *Before) (n int) {
	for _, s := range other.Students {
		if !maps.Equal(b.scores(s.ID), s.Scores) {
			n++
		}
	}
	return n
}

// summed is what a later batch will be compared with.
func summed(r Report) *Before {
	b := &Before{Students: []BeforeStudent{}, Tests: []BeforeTest{}}
	for _, s := range r.Students {
		one := BeforeStudent{ID: s.ID, Scores: map[string]int{}}
		for _, l := range s.Lessons {
			if l.Status != verdict.NotGradable {
				one.Scores[l.ID] = l.Score
			}
		}
		b.Students = append(b.Students, one)
	}
	for i, l := range r.Lessons {
		for j, t := range l.Tests {
			failed, of := tally(r, i, j)
			b.Tests = append(b.Tests, BeforeTest{Lesson: l.ID, Name: t.Name, Failed: failed, Of: of})
		}
	}
	return b
}

// tally counts who failed the test at position j of the lesson at position i, and whose lesson was graded.
func tally(r Report, i, j int) (failed, of int) {
	for _, s := range r.Students {
		if s.Lessons[i].Status != verdict.Graded {
			continue
		}
		of++
		if s.Lessons[i].Tests[j].Status == verdict.Failed {
			failed++
		}
	}
	return failed, of
}

// scores are those of the student called id; nil if there was none.
func (b *Before) scores(id string) map[string]int {
	for _, s := range b.Students {
		if s.ID == id {
			return s.Scores
		}
	}
	return nil
}

// comparison is what index.tmpl shows of two batches.
type comparison struct {
	At    string
	Moved []move
	New   []link // who was not there
	Gone  []string
	Tests []shift
}

// A move is a student whose total is another, over the lessons that both batches graded.
type move struct {
	link
	Before, After, By int
}

// A shift is a test that another share of those who were graded fail.
type shift struct {
	Test                   link // to the test in the list of those that failed, where it is there
	Lesson, Text           string
	Before, After          string
	Easier                 bool
	failedBefore, failedBy float64
}

// compared says what is different; nil where there is nothing to compare, or the half of a class that would seem to have
// lost what is only not graded yet.
func compared(r Report, rows []gridRow, w words) *comparison {
	if r.Before == nil || r.Interrupted {
		return nil
	}
	now := summed(r)
	c := &comparison{At: r.Before.At.Local().Format("2006-01-02 15:04")}
	for i, s := range now.Students {
		was := r.Before.scores(s.ID)
		if was == nil {
			c.New = append(c.New, rows[i].link)
			continue
		}
		m := move{link: rows[i].link}
		for lesson, score := range s.Scores {
			if old, ok := was[lesson]; ok {
				m.Before, m.After = m.Before+old, m.After+score
			}
		}
		if m.By = m.After - m.Before; m.By != 0 {
			c.Moved = append(c.Moved, m)
		}
	}
	for _, s := range r.Before.Students {
		if now.scores(s.ID) == nil {
			c.Gone = append(c.Gone, s.ID)
		}
	}
	slices.SortStableFunc(c.Moved, func(a, b move) int { return cmp.Compare(b.By, a.By) })
	c.Tests = shifts(r, now, w)
	return c
}

// shifts lists the tests that became easier or harder, the largest difference first.
func shifts(r Report, now *Before, w words) []shift {
	var all []shift
	at := 0
	for _, l := range r.Lessons {
		for _, t := range l.Tests {
			is := now.Tests[at]
			at++
			k := slices.IndexFunc(r.Before.Tests, func(b BeforeTest) bool { return b.Lesson == l.ID && b.Name == t.Name })
			if k < 0 || r.Before.Tests[k].Of == 0 || is.Of == 0 {
				continue
			}
			was := r.Before.Tests[k]
			s := shift{
				Test: link{Name: t.Name}, Lesson: l.ID, Text: t.Text,
				failedBefore: float64(was.Failed) / float64(was.Of), failedBy: float64(is.Failed) / float64(is.Of),
			}
			if s.failedBefore == s.failedBy {
				continue
			}
			if is.Failed > 0 {
				s.Test.Href = "#" + anchor(l.ID, t.Name)
			}
			s.Easier = s.failedBy < s.failedBefore
			s.Before, s.After = w.failedBy(was.Failed, was.Of), w.failedBy(is.Failed, is.Of)
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b shift) int { return cmp.Compare(b.size(), a.size()) })
	return all[:min(len(all), shownTests)]
}

func (s shift) size() float64 { return max(s.failedBy-s.failedBefore, s.failedBefore-s.failedBy) }
