package export

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

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
		one := exercismTest{Name: spoken(t.Name), Status: "pass"}
		why := said(b, b.Lessons[j].Tests[k], t)
		switch t.Status {
		case verdict.Passed:
		case verdict.Failed:
			one.Status, one.Message, out.Status = "fail", message(why), "fail"
		case verdict.NotRun:
			one.Status, one.Message, out.Status = "error", message(why), "fail"
		}
		out.Tests = append(out.Tests, one)
	}
	return encode(out)
}

// ends and begins match where a word of a Go name ends: before a capital, and before the last of several.
var (
	ends   = regexp.MustCompile(`(\p{Ll}|\d)(\p{Lu})`)
	begins = regexp.MustCompile(`(\p{Lu})(\p{Lu}\p{Ll})`)
)

// spoken is the name of a Go test for people: "Slow reader does not stall" for TestSlowReaderDoesNotStall.
func spoken(name string) string {
	apart := begins.ReplaceAllString(ends.ReplaceAllString(strings.TrimPrefix(name, "Test"), "$1 $2"), "$1 $2")
	words := strings.Fields(apart)
	for i, w := range words {
		if i > 0 && (len(w) == 1 || strings.ToUpper(w) != w) { // HTTP stays HTTP
			words[i] = strings.ToLower(w)
		}
	}
	return cmp.Or(strings.Join(words, " "), name)
}

func message(text string) *string {
	text = cut(text, exercismMessage)
	return &text
}
