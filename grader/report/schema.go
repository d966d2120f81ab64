package report

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"time"

	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Schema names the form of report.json and its version.
const Schema = "wirelab/report/1"

// A Report is everything found about a class, in one language: the content of report.json.
type Report struct {
	Schema   string    `json:"schema"`          // always [Schema]
	Lang     string    `json:"lang"`            // language of the texts: "en" or "es"
	Batch    []string  `json:"batch,omitempty"` // arguments of the batch that found it, with absolute paths, but for --out
	Notes    []string  `json:"notes,omitempty"` // what intake says of the class as a whole
	Head     []string  `json:"head"`            // sentences to know before any number: no race detector, weaker walls
	About    []string  `json:"about,omitempty"` // the same for whoever grades alone: who is not on the roster, how many came late
	Lessons  []Lesson  `json:"lessons"`         // what was graded, in course order
	Students []Student `json:"students"`        // by ID, as people who speak Lang sort

	// Interrupted says that the batch was stopped before its end: what it did not come to is not-gradable.
	Interrupted bool `json:"interrupted,omitempty"`

	// Before is what the last batch of the class found that found something else, if its report was where this is.
	Before *Before `json:"before,omitempty"`
}

// A Lesson is a lesson as it was graded.
type Lesson struct {
	ID     string `json:"id"`     // folder name, such as "16-hub"
	Title  string `json:"title"`  //
	Points int    `json:"points"` // the most that it can earn: the sum over its tests
	Tests  []Test `json:"tests"`  // in the order of their source
}

// A Test is what a hidden test says of itself.
type Test struct {
	Name   string `json:"name"`   // Go name, such as "TestEverybodyReceives"; unique within the lesson
	Points int    `json:"points"` // earned whole or not at all
	Text   string `json:"text"`   // what holds when it passes, a sentence or two
}

// A Student is everything found about one submission.
type Student struct {
	ID      string         `json:"id"`               // the student's name, or that of the folder or archive handed in
	LMS     *LMS           `json:"lms,omitempty"`    // who the student is to the learning platform it came from
	Person  *Person        `json:"person,omitempty"` // who the student is by the roster
	Commit  *Commit        `json:"commit,omitempty"` // what was graded of a repository
	Late    *Late          `json:"late,omitempty"`   // when it came and what that costs; only where a date was due
	Score   int            `json:"score"`            // the sum over its lessons, before anything is taken off for lateness
	Points  int            `json:"points"`           // the most that could be earned, the same for everybody
	Notes   []string       `json:"notes,omitempty"`  // what was ignored or put back at intake
	Lessons []LessonResult `json:"lessons"`          // one for each of the report's lessons, in the same order
}

// LMS is who somebody is to a learning platform: what files and columns that go back there are matched by.
type LMS struct {
	System string `json:"system"` // "moodle" or "canvas"
	ID     string `json:"id"`     // Moodle: number of the participant or group, may be ""; Canvas: of the user, or anonymous ID
	Name   string `json:"name"`   // as the platform writes it in file names
}

// A Person is a line of the roster.
type Person struct {
	Name  string `json:"name"`            //
	ID    string `json:"id,omitempty"`    //
	Email string `json:"email,omitempty"` //
}

// A Commit is one commit of a repository.
type Commit struct {
	Repository string    `json:"repository"`       // path or URL, without passwords
	Branch     string    `json:"branch,omitempty"` //
	Hash       string    `json:"hash"`             //
	Time       time.Time `json:"time"`             // RFC 3339: when it was committed, as the committer says
}

// Late says when a submission came, and what that costs.
type Late struct {
	Source  verdict.Source `json:"source"`              // how it is known: git, canvas or unknown
	Handed  *time.Time     `json:"handed_in,omitempty"` // RFC 3339, where it is known
	Days    int            `json:"days"`                // days after the due date that had begun; 0 in time, or unknown
	Percent int            `json:"percent"`             // taken off the score, 0 to 100
	Score   float64        `json:"score"`               // what is left of it, to two decimals
}

// A LessonResult is what became of one lesson of one student.
type LessonResult struct {
	ID      string         `json:"id"`              //
	Status  verdict.Status `json:"status"`          // graded, not-submitted, refused, does-not-compile, crashed or not-gradable
	Cause   verdict.Cause  `json:"cause,omitempty"` // of not-gradable: submission, lesson, grader or interrupted, where it was none of the program's limits
	Score   int            `json:"score"`           // the sum over its tests; 0 unless graded
	Points  int            `json:"points"`          //
	Message string         `json:"message"`         // why, when the status is not graded; may have several lines
	Tests   []TestResult   `json:"tests"`           // one for each test of the lesson, in the same order
}

// A TestResult is what became of one hidden test.
type TestResult struct {
	Name       string          `json:"name"`       //
	Status     verdict.Outcome `json:"status"`     // passed, failed or not-run
	Score      int             `json:"score"`      // 0 or Points
	Points     int             `json:"points"`     //
	Message    string          `json:"message"`    // what was expected and what came, when it failed; may have several lines
	Hint       string          `json:"hint"`       // a question to think about, when it failed
	Seconds    float64         `json:"seconds"`    // how long it took
	Transcript []wire.Entry    `json:"transcript"` // the last things that went over the wire, oldest first

	// Again says that a first run failed, perhaps because the machine was busy; this is of a later one, with cores
	// to spare.
	Again bool `json:"again,omitempty"`
}

// New says in lang ("en" or "es") what was found about c.
//
// A test that c has no result for did not run, and a lesson that it has none for could not be graded: an
// interrupted batch is reported as what it is, and a gap never earns a point.
func New(c verdict.Class, lang string) Report {
	r := Report{
		Schema: Schema, Lang: lang, Batch: c.Batch, Interrupted: c.Interrupted, Notes: in(lang, c.Notes), Head: in(lang, c.Head),
		About:   in(lang, c.About),
		Lessons: []Lesson{}, Students: []Student{},
	}
	for _, l := range c.Lessons {
		one := Lesson{ID: l.ID, Title: l.Title.In(lang), Points: l.Points(), Tests: []Test{}}
		for _, t := range l.Tests {
			one.Tests = append(one.Tests, Test{Name: t.Name, Points: t.Points, Text: t.Text.In(lang)})
		}
		r.Lessons = append(r.Lessons, one)
	}
	for _, s := range c.Students {
		one := Student{ID: s.ID, Notes: in(lang, s.Notes), Lessons: []LessonResult{}}
		for _, l := range c.Lessons {
			res := newLesson(l, s.Lessons, lang)
			one.Score += res.Score
			one.Points += res.Points
			one.Lessons = append(one.Lessons, res)
		}
		one.origin(s.Origin)
		r.Students = append(r.Students, one)
	}
	order := Alphabetical(lang)
	slices.SortStableFunc(r.Students, func(a, b Student) int { return order(a.ID, b.ID) })
	return r
}

// origin says where a submission came from, once its score is known.
func (s *Student) origin(o verdict.Origin) {
	if o.LMS != nil {
		s.LMS = &LMS{System: o.LMS.System, ID: o.LMS.ID, Name: o.LMS.Name}
	}
	if o.Person != nil {
		s.Person = &Person{Name: o.Person.Name, ID: o.Person.ID, Email: o.Person.Email}
	}
	if o.Commit != nil {
		s.Commit = &Commit{Repository: o.Commit.Repository, Branch: o.Commit.Branch, Hash: o.Commit.Hash, Time: o.Commit.Time}
	}
	if o.Late == nil {
		return
	}
	s.Late = &Late{
		Source: o.Late.Source, Days: o.Late.Days, Percent: o.Late.Percent,
		Score: float64(s.Score*(100-o.Late.Percent)) / 100,
	}
	if !o.Late.Handed.IsZero() {
		s.Late.Handed = &o.Late.Handed
	}
}

// Final is the score that counts: what is left after lateness, where that was asked for.
func (s Student) Final() float64 {
	if s.Late == nil {
		return float64(s.Score)
	}
	return s.Late.Score
}

func newLesson(l verdict.Lesson, results []verdict.LessonResult, lang string) LessonResult {
	found := verdict.LessonResult{Status: verdict.NotGradable, Cause: verdict.Interrupted, Message: interrupted()}
	for _, r := range results {
		if r.ID == l.ID {
			found = r
		}
	}
	res := LessonResult{
		ID: l.ID, Status: found.Status, Cause: found.Cause, Points: l.Points(), Message: found.Message.In(lang), Tests: []TestResult{},
	}
	for _, t := range l.Tests {
		one := newTest(t, found.Tests, lang)
		if res.Status != verdict.Graded {
			one.Score = 0
		}
		res.Score += one.Score
		res.Tests = append(res.Tests, one)
	}
	return res
}

func newTest(t verdict.Test, results []verdict.TestResult, lang string) TestResult {
	found := verdict.TestResult{Outcome: verdict.NotRun}
	for _, r := range results {
		if r.Name == t.Name {
			found = r
		}
	}
	res := TestResult{
		Name: t.Name, Status: found.Outcome, Points: t.Points, Message: found.Message.In(lang),
		Seconds: found.Seconds, Transcript: found.Transcript, Again: found.Again,
	}
	if res.Transcript == nil {
		res.Transcript = []wire.Entry{}
	}
	switch found.Outcome {
	case verdict.Passed:
		res.Score = t.Points
	case verdict.Failed:
		res.Hint = t.Hint.In(lang)
	case verdict.NotRun:
	}
	return res
}

func in(lang string, texts []lessons.Text) []string {
	all := []string{}
	for _, t := range texts {
		all = append(all, t.In(lang))
	}
	return all
}

// writeJSON encodes a student at a time: a class of a thousand in one piece would be in memory twice more.
func writeJSON(w io.Writer, r Report) error {
	students := r.Students
	r.Students = []Student{}
	frame, err := indented(r, "")
	if err != nil {
		return err
	}
	head, tail, _ := bytes.Cut(frame, []byte(`"students": []`)) // no string holds that: in one, quotes are escaped
	var b bytes.Buffer
	b.Write(head)
	b.WriteString(`"students": [`)
	for i, s := range students {
		text, err := indented(s, "  ")
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  ")
		b.Write(bytes.TrimRight(text, "\n"))
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	if len(students) > 0 {
		b.WriteString("\n ")
	}
	b.WriteByte(']')
	b.Write(tail)
	_, err = b.WriteTo(w)
	return err
}

// indented is v as JSON for people too: nothing embeds it in a page.
func indented(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, " ")
	err := enc.Encode(v)
	return b.Bytes(), err
}
