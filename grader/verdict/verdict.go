// Package verdict holds what the grader found out, in the words that every stage shares: a class has students,
// a student has lessons, a lesson has tests. The run stage makes verdicts, the report stage turns them into
// files. Texts are in both languages here; a report picks one.
//
// It is data alone: it must never decide anything.
package verdict

import (
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Status says what became of a lesson of a student.
type Status string

// What may become of a lesson.
const (
	Graded         Status = "graded"           // its tests ran
	NotSubmitted   Status = "not-submitted"    // no file of it was handed in
	Refused        Status = "refused"          // policy: an import, a directive, a file that may not be there
	DoesNotCompile Status = "does-not-compile" // the compiler's own words are in the message
	Crashed        Status = "crashed"          // the program ended before it answered any test
	NotGradable    Status = "not-gradable"     // anything else that kept tests from running, limits among them
)

// Outcome says what became of one hidden test.
type Outcome string

// What may become of a test. A test that does not report did not pass.
const (
	Passed Outcome = "passed"
	Failed Outcome = "failed"
	NotRun Outcome = "not-run"
)

// Cause says what kept a lesson from being graded where that decides what can be done about it: who has to act is another
// person each time.
type Cause string

// What may keep a lesson from being graded, other than what its status says.
const (
	Submission  Cause = "submission"  // nothing of the whole submission can be read
	Unreadable  Cause = "lesson"      // a file of the lesson cannot be read, or there is too much of it
	Grader      Cause = "grader"      // the grader itself failed
	Interrupted Cause = "interrupted" // the batch ended before
)

// Class is the result of a batch.
type Class struct {
	Lessons  []Lesson       // in course order: what was graded
	Students []Student      // by ID
	Notes    []lessons.Text // what intake says of the class as a whole, ...
	Head     []lessons.Text // what a reader of any number must know first: no race detector, weaker walls, ...
	About    []lessons.Text // ... and what only whoever grades may know: it names others, or counts them
	Batch    []string       // arguments of the batch that graded it, for who grades a part anew; nil where it was none

	// Interrupted says that the batch was stopped before its end: what it did not come to is not gradable.
	Interrupted bool
	// Regraded says that this is a batch that was there before, of which a part was graded anew.
	Regraded bool
}

// Lesson is a lesson as it is graded: its title and its hidden tests in file order.
type Lesson struct {
	ID    string
	Title lessons.Text
	Tests []Test
}

// Points is the most that the lesson can earn.
func (l Lesson) Points() int {
	n := 0
	for _, t := range l.Tests {
		n += t.Points
	}
	return n
}

// Test is what the source of a hidden test says of it.
type Test struct {
	Name   string
	Points int
	Text   lessons.Text // what broke when it fails, in a student's words
	Hint   lessons.Text
}

// Student is everything found about one submission. ID is the student's name, or that of the folder or archive.
type Student struct {
	ID      string
	Lessons []LessonResult // one for each lesson of the class, in the same order
	Notes   []lessons.Text // files ignored, the given subject.go put back, ...
	Origin  Origin
}

// LessonResult is what became of one lesson of one student.
type LessonResult struct {
	ID      string
	Status  Status
	Cause   Cause        // "" where the status says it all
	Message lessons.Text // why, when Status is not Graded
	Tests   []TestResult // one for each test of the lesson, in the same order
}

// TestResult is what became of one hidden test. Points are earned whole or not at all.
type TestResult struct {
	Name       string
	Outcome    Outcome
	Message    lessons.Text // what was expected, what came instead
	Seconds    float64
	Again      bool         // a first run may have failed because the machine was busy: this is of a second one, alone
	Transcript []wire.Entry // the last things that went over the wire, both directions, oldest first
}
