package export

import (
	"fmt"
	"io"
	"strconv"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// JUnit writes the class as JUnit XML: a suite for each lesson of each student, with score and points as properties. A
// test that failed is a failure; one that did not run is an error, never a pass; those of a lesson that was not handed
// in are skipped. What may not stand in XML at all (XML 1.0 §2.2) is made visible with everything else that hides.
func JUnit(w io.Writer, b *Batch) error {
	all := junit.Testsuites{Name: "wirelab"}
	sum := 0.0
	for _, s := range b.Students {
		for j, l := range s.Lessons {
			suite, took := junitSuite(b, s, j, l)
			suite.ID = len(all.Suites)
			all.AddSuite(suite)
			sum += took
		}
	}
	all.Time = inSeconds(sum)
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return all.WriteXML(w)
}

func junitSuite(b *Batch, s report.Student, j int, l report.LessonResult) (junit.Testsuite, float64) {
	suite := junit.Testsuite{Name: report.Visible(s.ID, false) + "/" + l.ID, Package: l.ID}
	suite.SetTimestamp(b.Graded)
	suite.AddProperty("student", report.Visible(s.ID, false))
	suite.AddProperty("score", strconv.Itoa(l.Score))
	suite.AddProperty("points", strconv.Itoa(l.Points))
	sum := 0.0
	for k, t := range l.Tests {
		sum += t.Seconds
		one := junit.Testcase{Name: t.Name, Classname: suite.Name, Time: inSeconds(t.Seconds)}
		result := &junit.Result{
			Message: report.Visible(b.Lessons[j].Tests[k].Text, false), Type: string(t.Status),
			Data: report.Plain(t, b.Lang),
		}
		if l.Status != verdict.Graded {
			result.Message, result.Type = report.StatusText(l.Status, b.Lang), string(l.Status)
			result.Data = ""
			if k == 0 { // once is enough
				result.Data = report.PlainLesson(l, b.Lang)
			}
		}
		switch {
		case l.Status == verdict.NotSubmitted:
			one.Skipped = result
		case l.Status != verdict.Graded, t.Status == verdict.NotRun:
			one.Error = result
		case t.Status == verdict.Failed:
			one.Failure = result
		}
		suite.AddTestcase(one)
	}
	suite.Time = inSeconds(sum)
	return suite, sum
}

func inSeconds(n float64) string { return fmt.Sprintf("%.3f", n) }
