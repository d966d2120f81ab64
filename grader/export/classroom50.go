package export

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// classroom50Schema names the form of a result.json of Classroom 50 and its version.
const classroom50Schema = "classroom50/result/v1"

// classroom50 is a result.json of Classroom 50 (its wiki, "Advanced Autograding", "The result.json contract").
type classroom50 struct {
	Schema     string            `json:"schema"`
	Classroom  string            `json:"classroom"`
	Assignment string            `json:"assignment"`
	Type       string            `json:"assignment_type"`
	Owner      string            `json:"owner"`
	Submission string            `json:"submission"`
	Commit     string            `json:"commit"`
	Release    string            `json:"release"`
	Review     string            `json:"review"`
	Datetime   string            `json:"datetime"`
	GradedAt   string            `json:"graded_at"`
	Score      int               `json:"score"`
	MaxScore   int               `json:"max-score"`
	Tests      []classroom50Test `json:"tests"`
}

// classroom50Test has an output besides what the contract asks for, which Classroom 50 keeps as it is.
type classroom50Test struct {
	Name     string `json:"test-name"`
	Passed   bool   `json:"passed"`
	Score    int    `json:"score"`
	MaxScore int    `json:"max-score"`
	Output   string `json:"output,omitempty"`
}

// Classroom50Source is where a submission comes from, as the runner of Classroom 50 knows it. In each field but Time
// "{student}" stands for the student's ID. Classroom and Assignment must be said. What else is empty comes from the
// commit that was graded, if the report names one with an address.
type Classroom50Source struct {
	Classroom, Assignment, Type, Owner string
	Submission                         string // name of a tag that begins with "submit/"
	Commit, Release, Review            string // addresses
	Time                               time.Time
}

// of is what is known of one student's submission.
func (c Classroom50Source) of(b *Batch, s report.Student) Classroom50Source {
	when := b.Graded
	if k := s.Commit; k != nil {
		when = k.Time
		c.Submission = cmp.Or(c.Submission, fmt.Sprintf("submit/%s-%.7s", k.Time.UTC().Format("2006-01-02T15-04-05Z"), k.Hash))
		if at := strings.TrimSuffix(k.Repository, ".git"); strings.HasPrefix(at, "https://") {
			c.Commit = cmp.Or(c.Commit, at+"/commit/"+k.Hash)
			c.Release = cmp.Or(c.Release, at+"/releases/tag/"+url.PathEscape(c.Submission))
		}
	}
	c.Review = cmp.Or(c.Review, c.Commit)
	if c.Time.IsZero() {
		c.Time = when
	}
	c.Time = c.Time.UTC()
	c.Owner = cmp.Or(c.Owner, strings.TrimPrefix(s.ID, c.Classroom+"-"+c.Assignment+"-")) // its repositories are called so
	for _, text := range []*string{&c.Classroom, &c.Assignment, &c.Owner, &c.Submission} {
		*text = report.Visible(strings.ReplaceAll(*text, "{student}", s.ID), false)
	}
	for _, address := range []*string{&c.Commit, &c.Release, &c.Review} {
		*address = strings.ReplaceAll(*address, "{student}", url.PathEscape(s.ID))
	}
	return c
}

// missing is an error for what has to be said on the command line where the runner has not said it.
func (c Classroom50Source) missing() error {
	for _, f := range []struct{ flag, env, value string }{
		{"--classroom", "CLASSROOM", c.Classroom},
		{"--assignment", "ASSIGNMENT", c.Assignment},
		{"--submission", "SUBMISSION_TAG", c.Submission},
		{"--commit", "COMMIT_URL", c.Commit},
		{"--release", "RELEASE_URL", c.Release},
	} {
		if f.value == "" {
			return &course.Error{
				Text: fmt.Sprintf("a result for Classroom 50 needs %s", f.flag),
				Tip:  fmt.Sprintf("its runner sets %s; elsewhere give the flag, where {student} stands for the student", f.env),
				ES:   course.Spanish{Text: fmt.Sprintf("a un resultado para Classroom 50 le falta %s", f.flag), Tip: fmt.Sprintf("su runner define %s; en otro lugar da la opción, donde {student} representa al estudiante", f.env)},
			}
		}
	}
	if !strings.HasPrefix(c.Submission, "submit/") {
		return &course.Error{
			Text: fmt.Sprintf("--submission %q does not begin with %q", c.Submission, "submit/"),
			Tip:  "Classroom 50 collects releases of tags like submit/2026-06-01T14-32-05Z-a1b2c3d",
			ES:   course.Spanish{Text: fmt.Sprintf("--submission %q no empieza por %q", c.Submission, "submit/"), Tip: "Classroom 50 recoge las versiones de etiquetas como submit/2026-06-01T14-32-05Z-a1b2c3d"},
		}
	}
	return nil
}

// Classroom50 is student i as a result.json of Classroom 50. Its scores are whole numbers, so what is left after
// lateness is rounded. The error is a [*course.Error] where from is not enough.
func Classroom50(b *Batch, i int, from Classroom50Source) ([]byte, error) {
	s := b.Students[i]
	from = from.of(b, s)
	if err := from.missing(); err != nil {
		return nil, err
	}
	out := classroom50{
		Schema: classroom50Schema, Classroom: from.Classroom, Assignment: from.Assignment, Type: from.Type, Owner: from.Owner,
		Submission: from.Submission, Commit: from.Commit, Release: from.Release, Review: from.Review,
		Datetime: from.Time.Format(time.RFC3339), GradedAt: b.Graded.Format(time.RFC3339),
		Score: int(math.Round(s.Final())), MaxScore: s.Points, Tests: []classroom50Test{},
	}
	for j, l := range s.Lessons {
		for k, t := range l.Tests {
			one := classroom50Test{
				Name: l.ID + "/" + t.Name, Passed: t.Score == t.Points && t.Status == verdict.Passed,
				Score: t.Score, MaxScore: t.Points, Output: said(b, b.Lessons[j].Tests[k], t),
			}
			if l.Status != verdict.Graded {
				one.Passed, one.Output = false, ""
				if k == 0 { // once is enough
					one.Output = report.PlainLesson(l, b.Lang)
				}
			}
			out.Tests = append(out.Tests, one)
		}
	}
	return encode(out)
}
