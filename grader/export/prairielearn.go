package export

import (
	"slices"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// prairieLearn is PrairieLearn's results.json (docs.prairielearn.com, "External grading", "Grading results").
type prairieLearn struct {
	Gradable     bool               `json:"gradable"`
	Score        float64            `json:"score"`
	Message      string             `json:"message,omitempty"`
	FormatErrors []string           `json:"format_errors,omitempty"`
	Tests        []prairieLearnTest `json:"tests,omitempty"`
}

// prairieLearnTest has points in every test: one test without them hides those of all.
type prairieLearnTest struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Points      int    `json:"points"`
	MaxPoints   int    `json:"max_points"`
	Message     string `json:"message,omitempty"`
	Output      string `json:"output,omitempty"`
}

// prairieLearnSize is the most bytes that PrairieLearn takes.
const prairieLearnSize = 1_000_000

// PrairieLearn is student i as PrairieLearn's results.json. Work of which nothing ran, since it was not handed in, was
// refused or does not compile, is "not gradable" there: it costs no attempt. Long output is cut to what fits.
func PrairieLearn(b *Batch, i int) ([]byte, error) {
	s := b.Students[i]
	ran := slices.ContainsFunc(s.Lessons, func(l report.LessonResult) bool {
		return l.Status == verdict.Graded || l.Status == verdict.Crashed
	})
	for size := 64 << 10; ; size /= 2 {
		out := prairieLearn{Gradable: ran, Message: summary(b, s)}
		if ran {
			out.Score = s.Final() / float64(max(1, s.Points))
			out.Tests = prairieLearnTests(b, s, size)
		} else {
			for _, l := range s.Lessons {
				out.FormatErrors = append(out.FormatErrors, cut(l.ID+": "+report.PlainLesson(l, b.Lang), size))
			}
		}
		text, err := encode(out)
		if err != nil || len(text) <= prairieLearnSize || size == 0 {
			return text, err
		}
	}
}

func prairieLearnTests(b *Batch, s report.Student, size int) []prairieLearnTest {
	var all []prairieLearnTest
	for j, l := range s.Lessons {
		about := b.Lessons[j]
		if l.Status != verdict.Graded {
			all = append(all, prairieLearnTest{
				Name: l.ID, Description: report.Visible(about.Title, false), MaxPoints: l.Points,
				Message: report.StatusText(l.Status, b.Lang), Output: cut(report.PlainLesson(l, b.Lang), size),
			})
			continue
		}
		for k, t := range l.Tests {
			all = append(all, prairieLearnTest{
				Name: l.ID + ": " + t.Name, Points: t.Score, MaxPoints: t.Points, Output: cut(said(b, about.Tests[k], t), size),
			})
		}
	}
	return all
}
