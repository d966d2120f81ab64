package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/build"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// The sample class is 24 submissions as students hand them in, in both shapes: finished, half-finished, wrong in
// every way that the lessons warn of, broken, and hostile. Beside it lies the gradebook that it must get.
const (
	classDir  = "testdata/class"
	classBook = "testdata/class.csv"
)

// statuses holds every lesson for which there is a folder, and which is not simply graded.
var statuses = map[string]verdict.Status{
	"ben-david-noa/10-echo":              verdict.Refused,
	"chukwu-emeka/19-scale-redis":        verdict.Refused,
	"delacroix-hugo/01-first-sse":        verdict.Refused,
	"delacroix-hugo/10-echo":             verdict.Crashed,
	"fernandez-quispe-luis/01-first-sse": verdict.Crashed,
	"ivanova-daria/16-hub":               verdict.DoesNotCompile,
	"martinez-ruiz-sofia/04-sse-client":  verdict.NotSubmitted,
	"martinez-ruiz-sofia/10-echo":        verdict.NotSubmitted,
	"martinez-ruiz-sofia/16-hub":         verdict.NotSubmitted,
	"pham-thi-lan/15-heartbeat":          verdict.NotSubmitted,
	"pham-thi-lan/16-hub":                verdict.NotSubmitted,
	"ramirez-torres-diego/09-frames":     verdict.DoesNotCompile,
	"ramirez-torres-diego/10-echo":       verdict.DoesNotCompile,
}

// messages holds what a student, or the instructor, is told where something special happened.
var messages = []struct {
	student, lesson string
	test            string // "" for the lesson's own message
	parts           []string
}{
	{"martinez-ruiz-sofia", "10-echo", "", []string{"the starter, unchanged"}},
	{"martinez-ruiz-sofia", "04-sse-client", "", []string{"the starter, unchanged"}},
	{"rossi-matteo", "16-hub", "", []string{"the folder is empty"}},
	{"ben-david-noa", "10-echo", "", []string{`echo.go:6: import "github.com/gorilla/websocket" is not allowed in this lesson`}},
	{"ivanova-daria", "16-hub", "", []string{"hub.go:13:15: undefined: member", "hub.go:43:1: missing return"}},
	{"ramirez-torres-diego", "10-echo", "", []string{`echo.go:4:2: "log" imported and not used`}},
	{"ramirez-torres-diego", "09-frames", "", []string{"frames.go:101:12: cannot use binary.BigEndian.Uint16(more) (value of type uint16) as int value in assignment"}},
	{"chukwu-emeka", "19-scale-redis", "", []string{`scaleredis.go:5: import "os" is not allowed in this lesson`}},
	{"fernandez-quispe-luis", "01-first-sse", "", []string{"crashed before answering", "panic: regexp: Compile(", "at lessons/01-first-sse/firstsse.go:15"}},
	{"oconnor-saoirse", "10-echo", "TestEmptyMessage", []string{"panic: runtime error: index out of range [0]", "at lessons/10-echo/echo.go:56"}},
	{"mwangi-grace", "01-first-sse", "TestEveryClientGetsEveryLine", []string{"a data race", "read   lessons/01-first-sse/firstsse.go:44", "write  lessons/01-first-sse/firstsse.go:44"}},
	{"dubois-camille", "10-echo", "TestNotAHandshake", []string{"expected  status 426 Upgrade Required", "got       200 OK"}},
	{"dubois-camille", "09-frames", "TestMasks", []string{"expected  a random key, another one for each frame", "got       37fa213d once more"}},
	{"chukwu-emeka", "04-sse-client", "TestComesBack", []string{"expected  a request to the server", "got       none, since Follow has returned: error: EOF"}},
	{"oconnor-saoirse", "22-write-the-tests", "TestEndsWithItsContext", []string{"expected  that Examine returns", "got       a panic: runtime error: invalid memory address"}},

	{"volkov-artem", "10-echo", "TestOtherOrigin", []string{"expected  status 403 Forbidden", "got       101 Switching Protocols"}},
	{"delacroix-hugo", "01-first-sse", "", []string{`firstsse.go:5: import "os" is not allowed in this lesson`}},
	{"delacroix-hugo", "10-echo", "", []string{"exited with status 1 before answering"}},
	{"kruger-lukas", "10-echo", "TestByeClosesWith1000", []string{"was killed: it used more than", "MiB of memory"}},
	{"kruger-lukas", "16-hub", "TestEverybodyHears", []string{"was killed: it printed more than 1 MiB"}},
}

// notes holds the students about whose files there is something to say, and what. About nobody else there is.
var notes = map[string][]string{
	"dubois-camille": {
		"01-first-sse/firstsse_test.go is ignored: tests are not part of a submission",
		"ignored, being no part of a lesson: 10-echo/go.mod, go.mod",
	},
	"haddad-layla": {"lessons/16-hub/subject.go is not as it was given; the given one is used"},
}

func TestClass(t *testing.T) {
	if testing.Short() {
		t.Skip("grading a class takes most of a minute")
	}
	needsGrader(t)
	want, err := os.ReadFile(classBook)
	require.NoError(t, err)
	class := grade(t, classDir, "--lang", "en")

	t.Run("scores", func(t *testing.T) {
		got, err := os.ReadFile(filepath.Join(class.out, "gradebook.csv"))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	})
	t.Run("status of each lesson", func(t *testing.T) {
		for key, res := range class.lessons() {
			want, special := statuses[key]
			switch {
			case special:
				assert.Equal(t, want, res.Status, "%s: %s", key, res.Message)
			case !handedIn(t, key):
				assert.Equal(t, verdict.NotSubmitted, res.Status, "%s: %s", key, res.Message)
			default:
				assert.Equal(t, verdict.Graded, res.Status, "%s: %s", key, res.Message)
			}
		}
	})
	t.Run("messages", func(t *testing.T) {
		all := class.lessons()
		for _, m := range messages {
			res := all[m.student+"/"+m.lesson]
			message := res.Message
			if m.test != "" {
				message = testOf(t, res, m.test).Message
			}
			for _, part := range m.parts {
				assert.Contains(t, message, part, "%s %s %s", m.student, m.lesson, m.test)
			}
		}
	})
	t.Run("notes", func(t *testing.T) {
		for _, s := range class.report.Students {
			assert.Equal(t, notes[s.ID], s.Notes, s.ID)
		}
	})
	t.Run("what was forged is shown and does not count", func(t *testing.T) {
		output := printed(testOf(t, class.lessons()["volkov-artem/10-echo"], "TestOtherOrigin"))
		assert.Contains(t, output, "--- PASS: TestOtherOrigin (0.00s)")
		assert.Contains(t, output, `"passed":true`)
	})
	t.Run("nothing was there to read", func(t *testing.T) {
		for _, test := range class.lessons()["delacroix-hugo/16-hub"].Tests {
			assert.Contains(t, printed(test), "no luck: lessons/16-hub/hidden/hidden_test.go", test.Name)
		}
		for _, name := range class.files(t) {
			text, err := os.ReadFile(filepath.Join(class.out, name))
			require.NoError(t, err)
			assert.NotContains(t, string(text), "STOLEN", name)
		}
	})
	t.Run("files", func(t *testing.T) {
		want := []string{"gradebook.csv", "index.html", "report.json"}
		for _, s := range class.report.Students {
			want = append(want, "students/"+s.ID+".html", "students/"+s.ID+".md")
		}
		assert.ElementsMatch(t, want, class.files(t))
		assert.Equal(t, report.Schema, class.report.Schema)
		assert.Contains(t, class.stdout, class.out, "the summary says where the reports are")
	})

	// One lesson of students whose every failure is the same each time, quickly.
	some := []string{
		"ben-david-noa", "castillo-vega-mariana", "delacroix-hugo", "dubois-camille", "ramirez-torres-diego", "rossi-matteo", "volkov-artem",
	}
	few := t.TempDir()
	for _, id := range some {
		require.NoError(t, os.CopyFS(filepath.Join(few, id), os.DirFS(filepath.Join(classDir, id))))
	}
	t.Run("another run differs in times, ports and payloads only", func(t *testing.T) {
		again := grade(t, few, "--lesson", "10-echo", "--lang", "en")
		require.Len(t, again.report.Students, len(some))
		for i, s := range again.report.Students {
			assert.Equal(t, some[i], s.ID)
			require.Len(t, s.Lessons, 1)
			assert.Equal(t, constant(class.lessons()[s.ID+"/10-echo"]), constant(s.Lessons[0]), s.ID)
		}
	})
	t.Run("in Spanish", func(t *testing.T) {
		es := grade(t, few, "--lesson", "10-echo", "--lang", "es")
		assert.Equal(t, "es", es.report.Lang)
		all := es.lessons()
		assert.Equal(t, "la carpeta está vacía", all["rossi-matteo/10-echo"].Message)
		assert.Contains(t, all["ben-david-noa/10-echo"].Message, "no está permitido en esta lección")
		assert.Contains(t, all["delacroix-hugo/10-echo"].Message, "antes de responder")
		failed := testOf(t, all["dubois-camille/10-echo"], "TestNotAHandshake")
		assert.Contains(t, failed.Message, "se esperaba  el estado 426 Upgrade Required\nllegó        200 OK")
		assert.Contains(t, failed.Hint, "Cuando websocket.Accept falla")
		for name, part := range map[string]string{
			"index.html": `lang="es"`, "students/dubois-camille.html": `lang="es"`, "students/dubois-camille.md": failed.Hint,
		} {
			text, err := os.ReadFile(filepath.Join(es.out, filepath.FromSlash(name)))
			require.NoError(t, err)
			assert.Contains(t, string(text), part, name)
		}
		for key, res := range all {
			was := class.lessons()[key]
			assert.Equal(t, was.Status, res.Status, key)
			assert.Equal(t, was.Score, res.Score, key)
		}
	})
}

// Some students handed in the whole course. What they did not touch must be as the course has it now, or it would
// count as their work.
func TestClassHasCopiesOfTheCourse(t *testing.T) {
	for student, names := range map[string][]string{
		"nguyen-minh/wirelab": {
			"LICENSE", "lessons/01-first-sse/subject.go", "lessons/10-echo/subject.go", "lessons/10-echo/echo_test.go", "lessons/16-hub/subject.go",
			"lessons/09-frames/subject.go",
		},
		"martinez-ruiz-sofia": {
			"lessons/01-first-sse/subject.go", "lessons/10-echo/subject.go", "lessons/10-echo/echo.go", "lessons/16-hub/subject.go", "lessons/16-hub/hub.go",
			"lessons/04-sse-client/subject.go", "lessons/04-sse-client/parser.go", "lessons/04-sse-client/sseclient.go",
		},
		"pham-thi-lan/wirelab-main": {
			"lessons/16-hub/subject.go", "lessons/16-hub/hub.go", "lessons/15-heartbeat/subject.go", "lessons/15-heartbeat/heartbeat.go",
		},
		"haddad-layla": {"lessons/01-first-sse/subject.go"},
	} {
		for _, name := range names {
			ours, err := os.ReadFile(filepath.Join("..", name))
			require.NoError(t, err)
			theirs, err := os.ReadFile(filepath.Join(classDir, student, name))
			require.NoError(t, err)
			if !bytes.Equal(ours, theirs) {
				t.Errorf("the course has changed: cp %s grader/%s/%s/%s", name, classDir, student, name)
			}
		}
	}
}

// needsGrader skips a test where classes are not graded in full.
func needsGrader(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the sandbox is for Linux")
	}
	if !build.HasRace(t.Context()) {
		require.NotEqual(t, "true", os.Getenv("CI"), "no C compiler, so no race detector")
		t.Skip("no C compiler, so no race detector")
	}
}

// graded is what a batch has left.
type graded struct {
	out    string // folder
	stdout string
	report report.Report
}

// grade runs the command on a class. It must end with status 0.
func grade(t *testing.T, dir string, flags ...string) graded {
	t.Helper()
	g := graded{out: t.TempDir()}
	var stdout, stderr bytes.Buffer
	status := run(append([]string{"batch", dir, "--out", g.out, "--fresh"}, flags...), &stdout, &stderr)
	require.Equal(t, exitOK, status, "%s", &stderr)
	g.stdout, g.report = stdout.String(), readReport(t, g.out)
	return g
}

func readReport(t *testing.T, out string) (r report.Report) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "report.json"))
	require.NoError(t, err)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&r))
	return r
}

// lessons returns what became of each lesson, by "student/lesson".
func (g graded) lessons() map[string]report.LessonResult {
	all := map[string]report.LessonResult{}
	for _, s := range g.report.Students {
		for _, l := range s.Lessons {
			all[s.ID+"/"+l.ID] = l
		}
	}
	return all
}

// files lists what was written, by slash-separated path.
func (g graded) files(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*", "students/*"} {
		found, err := filepath.Glob(filepath.Join(g.out, pattern))
		require.NoError(t, err)
		for _, path := range found {
			name, err := filepath.Rel(g.out, path)
			require.NoError(t, err)
			if name != "students" {
				names = append(names, filepath.ToSlash(name))
			}
		}
	}
	return names
}

// handedIn reports whether there is a folder for a lesson, given as "student/lesson", in whatever shape the student
// handed in.
func handedIn(t *testing.T, key string) bool {
	t.Helper()
	student, lesson, _ := strings.Cut(key, "/")
	for _, above := range []string{"", "*", "*/*"} {
		found, err := filepath.Glob(filepath.Join(classDir, student, above, lesson))
		require.NoError(t, err)
		if found != nil {
			return true
		}
	}
	return false
}

func testOf(t *testing.T, l report.LessonResult, name string) report.TestResult {
	t.Helper()
	i := slices.IndexFunc(l.Tests, func(r report.TestResult) bool { return r.Name == name })
	require.GreaterOrEqual(t, i, 0, "no %s in %s", name, l.ID)
	return l.Tests[i]
}

// printed is what a program printed before it failed a test, as far as the report shows it.
func printed(r report.TestResult) string {
	var all strings.Builder
	for _, e := range r.Transcript {
		if e.Conn == "output" {
			all.WriteString(e.Data)
		}
	}
	return all.String()
}

// quoted is a payload in a message.
var quoted = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// constant is what must be the same in each run: all but times, transcripts and what stands in quotes. Where a program
// ended by itself, how that looked from outside is a matter of moments, too.
func constant(l report.LessonResult) string {
	var all strings.Builder
	fmt.Fprintln(&all, l.ID, l.Status, l.Score, l.Points, l.Message)
	for _, r := range l.Tests {
		message, _, _ := strings.Cut(r.Message, "\n\n")
		fmt.Fprintln(&all, " ", r.Name, r.Status, r.Score, r.Points, quoted.ReplaceAllString(message, `"…"`), r.Hint)
	}
	return all.String()
}
