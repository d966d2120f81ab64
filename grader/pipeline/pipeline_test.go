package pipeline_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/pipeline"
	"wirelab/grader/sandbox"
	"wirelab/grader/store"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// The two lessons that are graded here: one is attacked, the other is as it should be.
const attacked, other = "01-first-sse", "10-echo"

// some returns the lessons, with a few of their tests.
func some(t *testing.T, c *course.Course) []course.Lesson {
	t.Helper()
	tests := map[string][]string{
		attacked: {"TestOpensBeforeTheFirstLine", "TestContentType"},
		other:    {"TestTypeIsKept", "TestEmptyMessage"},
	}
	var list []course.Lesson
	for _, l := range c.Lessons {
		if names := tests[l.ID]; names != nil {
			l.Tests = slices.DeleteFunc(l.Tests, func(t verdict.Test) bool { return !slices.Contains(names, t.Name) })
			require.Len(t, l.Tests, len(names))
			list = append(list, l)
		}
	}
	require.Len(t, list, 2)
	return list
}

func reference(t *testing.T, l course.Lesson) intake.Files {
	t.Helper()
	files, err := l.Reference()
	require.NoError(t, err)
	return files
}

// lessonsOf returns the course and the lessons that are graded here.
func lessonsOf(t *testing.T) (*course.Course, []course.Lesson) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles the packages of lessons and starts sandboxes")
	}
	c, err := course.Find(".")
	require.NoError(t, err)
	return c, some(t, c)
}

func open(t *testing.T) (*pipeline.Pipeline, []course.Lesson) {
	t.Helper()
	c, graded := lessonsOf(t)
	p, err := pipeline.Open(t.Context(), c, graded, pipeline.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p, graded
}

// attack is a file that lies beside a lesson that is right.
type attack struct {
	name   string
	source string // after the package clause
	status verdict.Status
	why    string // a pattern for the lesson's message
	test   string // a pattern for the message of each test, none of which passes; "" where they did not run
}

func attacks() []attack {
	const race = `a data race: two goroutines use the same memory, and at least one writes
  (read |write)  lessons/01-first-sse/extra\.go:5  in 01-first-sse\.bump, .*
  (read |write)  lessons/01-first-sse/extra\.go:5  in 01-first-sse\.bump, .*`
	return []attack{
		{
			"exits", "import \"os\"\nfunc init() { os.Exit(0) }",
			verdict.Refused, `^extra\.go:2: import "os" is not allowed in this lesson: `, "",
		},
		{
			"exits all the same", "import \"log\"\nfunc init() { log.Fatal(\"PASS\") }",
			verdict.Crashed, `^the program exited with status 1 before answering$`, `^the program exited with status 1 before answering$`,
		},
		{
			"panics at start", "func init() {\n\tpanic(\"boom\")\n}",
			verdict.Crashed, `^the program crashed before answering\n  panic: boom\n  at lessons/01-first-sse/extra\.go:3 in 01-first-sse\.init\.0$`, `\A` + `the program crashed before answering\n  panic: boom\n`,
		},
		{
			"deadlocks at start", "func init() { select {} }",
			verdict.Graded, `^$`, `got       nothing within 10s`,
		},
		{
			"forges", "import \"fmt\"\nfunc init() {\n" + strings.Repeat("\tfmt.Println(\"--- PASS: TestContentType (0.00s)\")\n", 3) +
				"\tfmt.Println(`{\"test\":\"TestContentType\",\"passed\":true}`)\n\tfmt.Println(\"PASS\\nok\")\n\tpanic(\"done\")\n}",
			verdict.Crashed, `panic: done`, `panic: done`,
		},
		{
			"forges without end", "import \"fmt\"\nfunc init() { for { fmt.Println(\"--- PASS: TestContentType (0.00s)\") } }",
			verdict.Crashed, `^the program was killed: it printed more than \d+ [KM]iB before answering$`, `printed more than`,
		},
		{
			"races", "import \"sync\"\nvar n int\nfunc bump() {\n\tn++ }\nfunc init() { var wg sync.WaitGroup; wg.Go(bump); wg.Go(bump); wg.Wait() }",
			verdict.Crashed, race, race,
		},
		{
			"does not compile", "var n int = \"one\"\nfunc f() { undefined() }",
			verdict.DoesNotCompile, `^extra\.go:2:13: cannot use "one" \(untyped string constant\) as int value in variable declaration\nextra\.go:3:12: undefined: undefined$`, "",
		},
		{"does not parse", "var = 1", verdict.DoesNotCompile, `^extra\.go:2:5: syntax error: unexpected =`, ""},
		{"links to nothing", "func f()", verdict.DoesNotCompile, `extra\.go:2:6: missing function body`, ""},
		{
			"bomb of types", bombOfTypes,
			verdict.NotGradable, `^the compiler was killed: it (used more than|was still running after) .*; honest work needs a tenth of that$`, "",
		},
		{
			"bomb of constants", "const a = \"x\"\n" + bombOfConstants(),
			verdict.NotGradable, `^the compiler was killed: it (used more than|was still running after) .*; honest work needs a tenth of that$`, "",
		},
		{
			"bomb of data", "var x = [1<<28]byte{1<<27: 1}",
			verdict.NotGradable, `^compiled, it would be larger than \d+ MiB; honest work needs a tenth of that$`, "",
		},
	}
}

// bombOfTypes is a type of 4^13 fields.
const bombOfTypes = `type a = struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w struct{x,y,z,w int}}}}}}}}
type b = struct{x,y,z,w a}
type c = struct{x,y,z,w b}
type d = struct{x,y,z,w c}
type e = struct{x,y,z,w d}
var v e
func init() { w := v; v = w; _ = any(v) }
`

// bombOfConstants is a string of 2^30 bytes, made of a.
func bombOfConstants() string {
	var b strings.Builder
	for c := 'a'; c < 'k'; c++ {
		b.WriteString("const " + string(c+1) + " = " + strings.Repeat(string(c)+"+", 7) + string(c) + "\n")
	}
	return b.String()
}

// progress counts what a class tells.
type progress struct {
	mu              sync.Mutex
	students, tests int
	known           int
	ended, done     int
	onStudent       func()
}

func (p *progress) Begin(students, tests, known int) {
	p.students, p.tests, p.known, p.ended = students, tests, known, known
}

func (p *progress) Tests(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended += n
}

func (p *progress) Student(verdict.Student) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.onStudent != nil {
		p.onStudent()
	}
}

// A class of attackers, each of whom has done the other lesson well: the attack earns nothing and costs that
// lesson alone.
func TestClass(t *testing.T) {
	p, graded := open(t)
	right, echo := reference(t, graded[0]), reference(t, graded[1])
	var subs []intake.Submission
	for _, a := range attacks() {
		files := maps.Clone(right)
		files["extra.go"] = []byte("package firstsse\n" + a.source + "\n")
		subs = append(subs, intake.Submission{ID: a.name, Lessons: map[string]intake.Files{attacked: files, other: echo}})
	}
	given := maps.Clone(right)
	given["subject.go"] = []byte("package firstsse\nthis is not Go\n") // the given one is used instead
	why := lessons.Text{EN: "why", ES: "por qué"}
	subs = append(
		subs,
		intake.Submission{ID: "honest", Lessons: map[string]intake.Files{attacked: given, other: echo}, Notes: []lessons.Text{why}},
		intake.Submission{ID: "one lesson", Lessons: map[string]intake.Files{other: echo}},
		intake.Submission{ID: "decided", Lessons: map[string]intake.Files{other: echo}, Decided: map[string]verdict.LessonResult{attacked: {Status: verdict.NotSubmitted, Message: why}}},
		intake.Submission{ID: "broken", Problem: &intake.Problem{Text: why}},
	)
	var seen progress
	class, err := p.Class(t.Context(), subs, &seen)
	require.NoError(t, err)
	require.Equal(t, []int{len(subs), 4 * len(subs)}, []int{seen.students, seen.tests})
	require.Equal(t, []int{len(subs), 4 * len(subs)}, []int{seen.done, seen.ended})
	require.Equal(t, 4+2+2, seen.known, "of one who is broken and two with one lesson each")
	require.Len(t, class.Lessons, 2)
	require.Equal(t, graded[0].Tests, class.Lessons[0].Tests)

	require.Len(t, class.Students, len(subs))
	results := map[string][]verdict.LessonResult{}
	for i, st := range class.Students {
		require.Equal(t, subs[i].ID, st.ID)
		require.Len(t, st.Lessons, 2)
		results[st.ID] = st.Lessons
	}
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			res := results[a.name][0]
			require.Equal(t, a.status, res.Status, res.Message.EN)
			require.Regexp(t, a.why, res.Message.EN)
			require.Equal(t, res.Message.EN == "", res.Message.ES == "")
			for _, tr := range res.Tests {
				if a.test == "" {
					require.Equal(t, verdict.NotRun, tr.Outcome)
					continue
				}
				require.Equal(t, verdict.Failed, tr.Outcome)
				require.Regexp(t, a.test, tr.Message.EN)
			}
			requirePassed(t, results[a.name][1])
		})
	}
	requirePassed(t, results["honest"][0])
	requirePassed(t, results["honest"][1])
	require.Equal(t, []lessons.Text{why}, class.Students[len(attacks())].Notes)
	require.Equal(t, verdict.NotSubmitted, results["one lesson"][0].Status)
	requirePassed(t, results["one lesson"][1])
	require.Equal(t, verdict.NotSubmitted, results["decided"][0].Status)
	require.Equal(t, why, results["decided"][0].Message)
	for _, res := range results["broken"] {
		require.Equal(t, verdict.NotGradable, res.Status)
		require.Equal(t, verdict.Submission, res.Cause)
		require.Equal(t, why, res.Message)
	}
}

// Tests whose verdicts the store has are told at once, and once: the time left is not reckoned from them.
func TestProgressOfAResumedClass(t *testing.T) {
	c, graded := lessonsOf(t)
	verdicts, err := store.Open(t.TempDir())
	require.NoError(t, err)
	defer verdicts.Close()
	p, err := pipeline.Open(t.Context(), c, graded, pipeline.Options{Store: verdicts})
	require.NoError(t, err)
	defer p.Close()
	sub := func(id string) intake.Submission {
		return intake.Submission{ID: id, Lessons: map[string]intake.Files{attacked: {"firstsse.go": []byte("package firstsse\nvar " + id)}}}
	}
	for _, c := range []struct {
		subs               []intake.Submission
		tests, known, done int
	}{
		{[]intake.Submission{sub("ana")}, 4, 2, 1}, // one lesson was not handed in
		{[]intake.Submission{sub("ana")}, 4, 4, 1},
		{[]intake.Submission{sub("ana"), sub("eva")}, 8, 6, 2},
	} {
		var seen progress
		_, err = p.Class(t.Context(), c.subs, &seen)
		require.NoError(t, err)
		require.Equal(t, []int{c.tests, c.known, c.tests, c.done}, []int{seen.tests, seen.known, seen.ended, seen.done})
	}
}

func requirePassed(t *testing.T, res verdict.LessonResult) {
	t.Helper()
	require.Equal(t, verdict.Graded, res.Status, res.Message.EN)
	for _, tr := range res.Tests {
		require.Equal(t, verdict.Passed, tr.Outcome, "%s: %s", tr.Name, tr.Message.EN)
	}
}

// Who interrupts a class keeps what is done.
func TestInterruptedClass(t *testing.T) {
	p, graded := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	subs := []intake.Submission{{ID: "done", Problem: &intake.Problem{}}}
	for range 3 {
		subs = append(subs, intake.Submission{ID: "late", Lessons: map[string]intake.Files{attacked: {
			"firstsse.go": append(reference(t, graded[0])["firstsse.go"], "\nfunc init() { select {} }\n"...),
		}}})
	}
	seen := progress{onStudent: cancel} // the first to be done needs no grading
	class, err := p.Class(ctx, subs, &seen)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, class.Students, 4)
	for _, st := range class.Students[1:] {
		require.Equal(t, verdict.NotGradable, st.Lessons[0].Status)
		require.Equal(t, verdict.Interrupted, st.Lessons[0].Cause)
		require.Contains(t, st.Lessons[0].Message.EN, "interrupted")
		require.Equal(t, verdict.NotSubmitted, st.Lessons[1].Status)
	}
	require.Equal(t, seen.tests, seen.ended)
	require.Equal(t, 1, seen.done, "nobody says that those are done who are not")
}
