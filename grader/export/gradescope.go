package export

import (
	"fmt"
	"slices"
	"strings"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// Visibilities are when Gradescope may show a test to students.
func Visibilities() []string {
	return []string{"visible", "after_due_date", "after_published", "hidden"}
}

// gradescope is Gradescope's results.json (gradescope-autograders.readthedocs.io, "Autograder Specifications").
type gradescope struct {
	Score            float64          `json:"score"`
	ExecutionTime    float64          `json:"execution_time"`
	Output           string           `json:"output,omitempty"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	TestNameFormat   string           `json:"test_name_format"`
	Visibility       string           `json:"visibility"`
	StdoutVisibility string           `json:"stdout_visibility"`
	Tests            []gradescopeTest `json:"tests"`
}

type gradescopeTest struct {
	Score    int      `json:"score"`
	MaxScore int      `json:"max_score"`
	Status   string   `json:"status"`
	Name     string   `json:"name"`
	Number   string   `json:"number"`
	Output   string   `json:"output,omitempty"`
	Tags     []string `json:"tags"`
}

// Gradescope is student i as Gradescope's results.json. Each test is one of theirs; a lesson that was not graded is a
// single one, worth the whole lesson, that says why. All text is plain. The visibility is one of [Visibilities].
func Gradescope(b *Batch, i int, visibility string) ([]byte, error) {
	if !slices.Contains(Visibilities(), visibility) {
		return nil, fmt.Errorf("visibility %q: one of %s", visibility, strings.Join(Visibilities(), ", "))
	}
	s := b.Students[i]
	out := gradescope{
		Score: s.Final(), ExecutionTime: seconds(s), Output: summary(b, s),
		OutputFormat: "text", TestOutputFormat: "text", TestNameFormat: "text",
		Visibility: visibility, StdoutVisibility: "hidden", Tests: []gradescopeTest{},
	}
	for j, l := range s.Lessons {
		about := b.Lessons[j]
		number, _, _ := strings.Cut(l.ID, "-")
		if l.Status != verdict.Graded {
			out.Tests = append(out.Tests, gradescopeTest{
				MaxScore: l.Points, Status: "failed", Name: l.ID + ": " + report.Visible(about.Title, false),
				Number: number, Output: report.PlainLesson(l, b.Lang), Tags: []string{l.ID},
			})
			continue
		}
		for k, t := range l.Tests {
			one := gradescopeTest{
				Score: t.Score, MaxScore: t.Points, Status: "failed", Name: l.ID + ": " + t.Name,
				Number: fmt.Sprintf("%s.%d", number, k+1), Output: said(b, about.Tests[k], t), Tags: []string{l.ID},
			}
			if t.Status == verdict.Passed {
				one.Status = "passed"
			}
			out.Tests = append(out.Tests, one)
		}
	}
	return encode(out)
}

// summary holds what concerns a whole submission: lateness, the report's head, and what was found at intake.
func summary(b *Batch, s report.Student) string {
	var lines []string
	if late := report.PlainLate(s, b.Lang); late != "" {
		lines = append(lines, late)
	}
	for _, note := range slices.Concat(b.Head, s.Notes) {
		lines = append(lines, report.Visible(note, false))
	}
	return strings.Join(lines, "\n")
}
