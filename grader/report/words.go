package report

import (
	"fmt"

	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// words are the fixed words of every report, in one language. Where a field holds a %, the comment says what
// goes there.
type words struct {
	Lang string

	// Counting: one, and more than one.
	Student, Students string
	Lesson, Lessons   string
	Handed, AllHanded string
	And               string
	Point, Points     string
	Day, Days         string

	// The class.
	Class          string
	BeforeYouRead  string
	Attention      string // what could not be graded
	AttentionLead  string
	Stopped        string // students who are not done, of how many
	HandedNothing  string
	NothingAdvice  string
	NoneNewAdvice  string
	Grid, GridLead string
	Scale, Legend  string
	Mean, Median   string
	MaxRow         string
	ToEarn         string
	NotGraded      string
	Spread         string
	SpreadLead     string
	SpreadAlt      string // from, to (percent); students
	Hardest        string
	OtherTests     string // how many
	Find, FindWhat string
	Sortable       string
	Since          string // date and time
	Moved          string
	NobodyMoved    string
	NewStudents    string
	GoneStudents   string
	ShiftedTests   string
	Easier, Harder string
	HardestLead    string
	NobodyFailed   string
	FailedBy       string // who failed, who were graded
	NoStudents     string
	Total          string
	OutOf          string // score, points
	More           string // how many are left out; file
	SeeTop         string // how many; file
	AsBefore       string
	OthersChanged  string // how many
	AtAGlance      string
	ForSheets      string
	ForPrograms    string
	ForStudents    string

	// A student.
	Feedback        string
	BackToClass     string
	AboutSubmission string
	LateBy          string // count of days, percent, score before
	Before          string // said of the score before that
	PassedTests     string
	Again           string
	NotRunTests     string
	AllPassed       string
	Hint            string
	OnTheWire       string
	LastOf          string // shown, all
	Time, Conn      string
	Direction, What string
	Length, Payload string
	Output          string // the connection of what a program printed
	Sent, Received  string
	Masked, Here    string
	Cut             string
	Key             string

	Now      map[verdict.Outcome]string // test
	Status   map[verdict.Status]string
	Advice   map[verdict.Status]string // what whoever grades can do about it
	NextStep map[verdict.Status]string // what the student can do about it
	NoneNew  string                    // the same, of a lesson of which something is there, but no work
	Causes   map[verdict.Cause]cared
	Kinds    map[wire.Kind]string
	Closes   map[int]string
}

// cared is what is said of a lesson that was not graded for a cause: its name, what whoever grades can do about it, and
// what the student can.
type cared struct{ Name, Advice, NextStep string }

// nextStep is what the student can do about a lesson that was not graded.
func (w words) nextStep(l LessonResult) string {
	switch {
	case l.Cause != "":
		return w.Causes[l.Cause].NextStep
	case l.Status == verdict.NotSubmitted && l.Message != "":
		return w.NoneNew
	}
	return w.NextStep[l.Status]
}

// interrupted is said of a lesson that nothing was found out about.
func interrupted() lessons.Text {
	return lessons.Text{
		EN: "the batch ended before this lesson was graded",
		ES: "la corrección terminó antes de llegar a esta lección",
	}
}

func wordsIn(lang string) words {
	if lang == "es" {
		return spanish()
	}
	return english()
}

// failedBy says how many of how many failed a test.
func (w words) failedBy(failed, of int) string { return fmt.Sprintf(w.FailedBy, failed, of) }

// closeCode names a close code (RFC 6455 §7.4, and IANA's registry for what came later), or is empty.
func (w words) closeCode(code int) string {
	switch {
	case code >= 4000 && code <= 4999:
		code = 4000
	case code >= 3000 && code <= 3999:
		code = 3000
	}
	return w.Closes[code]
}

// count says how many there are of something that one and many name.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func english() words {
	return words{
		Lang: "en", Student: "student", Students: "students", Lesson: "lesson", Lessons: "lessons", Handed: "submission", AllHanded: "submissions", And: "and",
		Point: "point", Points: "points", Day: "day", Days: "days",

		Class:         "The class at a glance",
		BeforeYouRead: "Before you read the numbers",
		Attention:     "Not graded: these need a person",
		AttentionLead: "Each of them counts 0 for that lesson alone. Everything else was graded as if they were not there.",
		Stopped:       "The batch was stopped before its end; still to be graded: %d of %d students. The same command again, without --fresh, goes on where it stopped.",
		HandedNothing: "no lesson folder",
		NothingAdvice: "No lesson folder was found in these submissions. Ask whether the right folder was handed in.",
		NoneNewAdvice: "There is no work of theirs to grade. If they say otherwise, ask for their own version of the files: saved, and in a repository committed in time.",
		Grid:          "Students by lessons",
		GridLead:      "Every number leads to the place on the student's page.",
		Scale:         "Share of the points", Legend: "Without a score",
		Mean: "mean", Median: "median", MaxRow: "most", ToEarn: "points to earn", NotGraded: "not graded",
		Spread:       "The spread of totals",
		SpreadLead:   "How many students earned which share of all points.",
		SpreadAlt:    "%d to %d %%: %s",
		Hardest:      "What most people got wrong",
		HardestLead:  "The hidden tests that failed most often, among those whose lesson was graded, and why: who failed for one cause stands together.",
		NobodyFailed: "No test failed.",
		OtherTests:   "%d more tests that failed",
		Find:         "Find", FindWhat: "a student, a test, a message", Sortable: "A column's head sorts by it.",
		Since: "Since the batch of %s", Moved: "Whose total is another", NobodyMoved: "Nobody's total is another.",
		NewStudents: "Who was not there", GoneStudents: "Who is not there any more",
		ShiftedTests: "Tests that fewer fail, or more", Easier: "easier", Harder: "harder",
		FailedBy:   "%d of %d",
		NoStudents: "There are no submissions.",
		Total:      "total", OutOf: "%v of %v",
		More:     "… and %d more, in %s",
		SeeTop:   "%s not graded: what to do about it stands at the top of %s",
		AsBefore: "as before", OthersChanged: "what else has changed: the results of %s",
		AtAGlance:   "the class at a glance: open it in a browser",
		ForSheets:   "the gradebook, for a spreadsheet",
		ForPrograms: "everything, for programs",
		ForStudents: "a page and feedback to hand back, for each student",

		Feedback: "Feedback", BackToClass: "The class", AboutSubmission: "About the files handed in",
		LateBy: "%s late: %d %% less than the %d before", Before: "before lateness",
		Again:       "run again, since the machine was busy the first time",
		PassedTests: "passed", NotRunTests: "not run",
		AllPassed: "Every test of this lesson passes.",
		Hint:      "Hint", OnTheWire: "On the wire", LastOf: "the last %d of %d lines",
		Time: "seconds", Conn: "connection", Direction: "direction", What: "what", Length: "length", Payload: "payload", Output: "output",
		Sent: "sent by the test", Received: "sent by your program", Masked: "masked", Here: "here it broke",
		Cut: "cut here", Key: "↑ sent by the test, ↓ sent by your program",

		Now: map[verdict.Outcome]string{
			verdict.Passed: "%s passes now", verdict.Failed: "%s fails now", verdict.NotRun: "%s does not run now",
		},
		Status: map[verdict.Status]string{
			verdict.Graded:         "graded",
			verdict.NotSubmitted:   "not submitted",
			verdict.Refused:        "refused",
			verdict.DoesNotCompile: "does not compile",
			verdict.Crashed:        "crashed",
			verdict.NotGradable:    "not gradable",
		},
		Advice: map[verdict.Status]string{
			verdict.NotGradable:    "To build the lesson took more than honest work ever does, so no test ran. Look for huge tables, arrays or constants in its source.",
			verdict.Crashed:        "The program ended before it answered a single test. Look at its init functions and package-level variables; the message is the last thing it said.",
			verdict.Refused:        "An import, a directive or a file is not allowed, so this lesson was not built. The student takes out what the message names and hands in again.",
			verdict.DoesNotCompile: "These are the compiler's own words. The student sees the same with go vet in the lesson's folder.",
		},
		NextStep: map[verdict.Status]string{
			verdict.NotSubmitted:   "No file of this lesson was found. If you did write it, check that its folder has the lesson's name.",
			verdict.NotGradable:    "To build your lesson took more than honest work ever does. Look for huge tables, arrays or constants, take them out and hand in again.",
			verdict.Crashed:        "Your program ended before it answered a single test. Look at what runs before anything is asked of it: init functions and package-level variables.",
			verdict.Refused:        "This lesson does not allow what the message names. Take it out and hand in again.",
			verdict.DoesNotCompile: "Run go vet in the lesson's folder until it is silent, then hand in again.",
		},
		NoneNew: "If you did solve it, check that what was handed in is your own version of its files: saved, and in a repository committed in time.",
		Causes: map[verdict.Cause]cared{
			verdict.Submission: {
				"unreadable submission",
				"Nothing could be read of what was handed in, so none of its lessons was graded. Ask for it again, as a folder or a zip with the lessons' folders; of a repository, check its address and that it may be read from here.",
				"Nothing could be read of what you handed in. Hand in again, in the way that you were asked to, without what the message names.",
			},
			verdict.Unreadable: {
				"unreadable lesson",
				"A file of the lesson cannot be read, or there is too much of it. The student puts right what the message names and hands in again.",
				"Put right what the message names and hand in again.",
			},
			verdict.Grader: {
				"the grader failed",
				"This is nobody's fault in the class. Do what the message says, or grade the class again, and report it if it stays.",
				"This is not your fault: whoever grades has to grade it again.",
			},
			verdict.Interrupted: {
				"not reached",
				"Grading was stopped before these were done; nothing is wrong with them. The same command again, without --fresh, goes on where it stopped.",
				"This says nothing about your work, which is still to be graded.",
			},
		},
		Kinds: map[wire.Kind]string{
			wire.KindOpen: "open", wire.KindRequest: "request", wire.KindResponse: "response",
			wire.KindText: "text", wire.KindBinary: "binary", wire.KindContinuation: "continuation",
			wire.KindPing: "ping", wire.KindPong: "pong", wire.KindClose: "close",
			wire.KindEvent: "event", wire.KindComment: "comment", wire.KindRetry: "retry",
			wire.KindBytes: "bytes", wire.KindEnd: "end", wire.KindNote: "note",
		},
		Closes: map[int]string{
			1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
			1005: "no status received", 1006: "abnormal closure", 1007: "invalid payload data",
			1008: "policy violation", 1009: "message too big", 1010: "mandatory extension",
			1011: "internal error", 1012: "service restart", 1013: "try again later", 1014: "bad gateway",
			1015: "TLS handshake", 3000: "registered use", 4000: "private use",
		},
	}
}
