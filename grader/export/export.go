// Package export turns a finished batch into the formats of other people's systems: Gradescope, Moodle, Canvas,
// PrairieLearn, Exercism, Classroom 50, JUnit. It reads what [wirelab/grader/report.Write] left in a folder, and the
// files that the instructor downloaded; the command export writes what comes out. It must never grade, and never
// change a score but to scale it to what the other system asks for. Where a file that it fills can keep what stands
// there, a student with a lesson that could not be graded does: only what was graded is a score.
//
// Each format has a file of its own, and the tests hold it against what its system publishes about it. What a student
// may have chosen (names, output, compiler messages) is hostile here as it is in package report, and is made harmless
// for the form that it goes into.
//
// # Spreadsheets
//
// Moodle and Canvas take back a CSV file that they gave out. Such a file is not written anew but changed in place: it
// stays byte for byte what it was (order, quotes, line ends, byte order mark, encoding), except for the cells that are
// filled. Whose row is whose is found out as follows, each rule for what the ones before left over: by the system's own
// number of the person, which a submission from its zip carries, unless its name is somebody else's; by the full name; by
// the full name without accents, in any order of its words; by e-mail, login or student number. A rule that fits two
// people decides nothing. Who is left over with nobody is listed; who is left over with several is an error.
package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// A Batch is what a finished batch left on disk.
type Batch struct {
	report.Report
	Dir    string    // folder of the reports
	Names  []string  // of each student's files, without an ending; safe on every file system
	Graded time.Time // when the report was written
}

// Open joins the report that was read from dir with what else there is to know of the batch.
func Open(dir string, r report.Report) (*Batch, error) {
	info, err := os.Stat(filepath.Join(dir, "report.json"))
	if err != nil {
		return nil, err
	}
	return &Batch{Report: r, Dir: dir, Names: report.FileNames(r.Students), Graded: info.ModTime().UTC()}, nil
}

// ungraded says which lessons of student i could not be graded; "" where there is none.
func (b *Batch) ungraded(i int) string {
	var all []string
	for _, l := range b.Students[i].Lessons {
		if l.Status == verdict.NotGradable {
			all = append(all, l.ID)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%s)", report.StatusText(verdict.NotGradable, b.Lang), strings.Join(all, ", "))
}

// Warnings says of each student whose score counts a lesson that nobody could grade: it is not their fault, and the
// other system should not show it as if it were.
func (b *Batch) Warnings() []string {
	text := lessons.Text{EN: "%s: %s, counts 0", ES: "%s: %s, cuenta 0"}.In(b.Lang)
	var all []string
	for i, s := range b.Students {
		if why := b.ungraded(i); why != "" {
			all = append(all, fmt.Sprintf(text, report.Visible(s.ID, false), why))
		}
	}
	return all
}

// scaled is a score, after lateness, as a grade out of most, with two decimals, which is what Moodle and Canvas keep.
func scaled(s report.Student, most float64, decimal byte) string {
	grade := 0.0
	if s.Points > 0 {
		grade = most * s.Final() / float64(s.Points)
	}
	return strings.Replace(fmt.Sprintf("%.2f", grade), ".", string(decimal), 1)
}

// encode writes v as JSON that people can read. What HTML would take for a tag is written as \u003c.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// cut keeps the beginning of text so that it has at most size bytes.
func cut(text string, size int) string {
	const mark = "\n…"
	if len(text) <= size {
		return text
	}
	end := max(0, size-len(mark))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

// said is all that there is to say about a test that did not pass. It begins with what the test says of itself, which is
// what broke: of one that passed it would say the opposite of what is true.
func said(b *Batch, about report.Test, t report.TestResult) string {
	if t.Status == verdict.Passed {
		return ""
	}
	return report.Visible(about.Text, false) + "\n\n" + report.Plain(t, b.Lang)
}

// seconds is how long the tests of a student took, one after the other.
func seconds(s report.Student) float64 {
	sum := 0.0
	for _, l := range s.Lessons {
		for _, t := range l.Tests {
			sum += t.Seconds
		}
	}
	return sum
}
