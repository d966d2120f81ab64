package export

import (
	"slices"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// exercism is the results.json of Exercism's test runners, version 3 (exercism.org/docs/building/tooling/test-runners/interface).
type exercism struct {
	Version int            `json:"version"`
	Status  string         `json:"status"` // pass, fail; error where no test ran
	Message *string        `json:"message"`
	Tests   []exercismTest `json:"tests"`
}

type exercismTest struct {
	Name    string  `json:"name"`
	Status  string  `json:"status"` // pass, fail, error
	Message *string `json:"message"`
}

// exercismMessage is the most characters of a message. It counts bytes, which are never fewer.
const exercismMessage = 65_535

// Exercism is lesson j of student i as an exercise of Exercism: the results.json of its test runner. What a program
// printed stands in the messages, so no test has an "output".
func Exercism(b *Batch, i, j int) ([]byte, error) {
	l := b.Students[i].Lessons[j]
	out := exercism{Version: 3, Status: "pass", Tests: []exercismTest{}}
	ran := slices.ContainsFunc(l.Tests, func(t report.TestResult) bool { return t.Status != verdict.NotRun })
	if l.Status != verdict.Graded || !ran {
		out.Status = "error"
		why := report.PlainLesson(l, b.Lang)
		if l.Status == verdict.Graded && len(l.Tests) > 0 {
			why = report.Plain(l.Tests[0], b.Lang)
		}
		out.Message = message(why)
		return encode(out)
	}
	for k, t := range l.Tests {
		one := exercismTest{Name: report.Visible(b.Lessons[j].Tests[k].Text, false), Status: "pass"}
		switch t.Status {
		case verdict.Passed:
		case verdict.Failed:
			one.Status, one.Message, out.Status = "fail", message(report.Plain(t, b.Lang)), "fail"
		case verdict.NotRun:
			one.Status, one.Message, out.Status = "error", message(report.Plain(t, b.Lang)), "fail"
		}
		out.Tests = append(out.Tests, one)
	}
	return encode(out)
}

func message(text string) *string {
	text = cut(text, exercismMessage)
	return &text
}
