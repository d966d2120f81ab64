package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/pipeline"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// gradedTests are the lessons that are attacked, with the few of their tests that are enough to tell.
func gradedTests() map[string][]string {
	return map[string][]string{
		"01-first-sse":  {"TestContentType", "TestEachLineAtOnce", "TestRefusesOtherMethods"},
		"04-sse-client": {"TestEventsArriveAtOnce", "TestGivesUpOnWhatIsNoStream"},
		"10-echo":       {"TestTypeIsKept", "TestEmptyMessage"},
	}
}

func attackedLessons(t *testing.T, c *course.Course) []course.Lesson {
	t.Helper()
	var list []course.Lesson
	for _, l := range c.Lessons {
		if names := gradedTests()[l.ID]; names != nil {
			l.Tests = slices.DeleteFunc(slices.Clone(l.Tests), func(t verdict.Test) bool { return !slices.Contains(names, t.Name) })
			require.Len(t, l.Tests, len(names), l.ID)
			list = append(list, l)
		}
	}
	require.Len(t, list, len(gradedTests()))
	return list
}

// corpus is the attacks, and what it takes to hand them in.
type corpus struct {
	attacks []attack
	course  *course.Course
	lessons []course.Lesson
	at      *witnesses
}

func newCorpus(t *testing.T) *corpus {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles what submissions try, and grades it")
	}
	if os.Getenv("CI") != "" {
		require.True(t, build.HasRace(t.Context()), "where this is checked there must be a C compiler")
	}
	needsGrader(t)
	c, err := course.Find(".")
	require.NoError(t, err)
	return &corpus{attacks: readAttacks(t), course: c, lessons: attackedLessons(t, c), at: newWitnesses(t, c.Root)}
}

// lesson is the one that an attack is about: the first folder named in its files.
func (c *corpus) lesson(a attack) course.Lesson {
	for _, l := range c.lessons {
		for name := range a.files {
			if strings.HasPrefix(name, l.ID+"/") {
				return l
			}
		}
	}
	return c.lessons[0]
}

// submission is every file of an attack: its own, and its honest part.
func (c *corpus) submission(t *testing.T, a attack) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	l := c.lesson(a)
	switch with := a.first("with", "reference"); with {
	case "nothing":
	case "reference", "reference and 10-echo":
		for _, l := range append([]course.Lesson{l}, c.lessons[len(c.lessons)-1]) {
			if l.ID == "10-echo" && !strings.HasSuffix(with, l.ID) && c.lesson(a).ID != l.ID {
				continue
			}
			own, err := l.Reference()
			require.NoError(t, err)
			for name, text := range own {
				files[l.ID+"/"+name] = text
			}
		}
	case "half", "starter":
		from := map[string]string{"half": filepath.Join(attacksDir, "half"), "starter": l.Dir}[with]
		for _, name := range l.Files {
			text, err := os.ReadFile(filepath.Join(from, name))
			require.NoError(t, err)
			files[l.ID+"/"+name] = text
		}
	default:
		require.Fail(t, "no such honest part", "%s: with: %q", a.name, with)
	}
	for name, text := range a.files {
		files[name] = []byte(source(text, c.at.names()))
	}
	return files
}

// handIn writes a class: every attack, and two who are honest.
func (c *corpus) handIn(t *testing.T) string {
	t.Helper()
	class := publicDir(t)
	honest := map[string][]byte{}
	for _, l := range c.lessons {
		own, err := l.Reference()
		require.NoError(t, err)
		for name, text := range own {
			honest[l.ID+"/"+name] = fmt.Appendf(text, "\n// %s\n", c.at.secret)
		}
	}
	for _, id := range honestStudents() {
		put(t, filepath.Join(class, id), honest)
	}
	c.at.other = filepath.Join(class, honestStudents()[0], "01-first-sse", "firstsse.go")
	for _, a := range c.attacks {
		for _, id := range a.students() {
			put(t, filepath.Join(class, id), c.submission(t, a))
			for _, how := range a.head["make"] {
				c.make(t, filepath.Join(class, id), how)
			}
		}
	}
	return class
}

func honestStudents() []string { return []string{"0 honest", "zz honest"} }

func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
}

// quiet is a class that nobody watches.
type quiet struct{}

func (quiet) Begin(int, int, int)     {}
func (quiet) Tests(int)               {}
func (quiet) Student(verdict.Student) {}

// Every attack is graded next to honest students, as one class. Nothing of them is felt outside, each earns what its
// honest part does, and the report says what happened.
func TestAttacks(t *testing.T) {
	c := newCorpus(t)
	class := c.handIn(t)
	before := freeDisk(t)
	subs := c.read(t, class)
	p, err := pipeline.Open(t.Context(), c.course, c.lessons, pipeline.Options{})
	require.NoError(t, err)
	got, err := p.Class(t.Context(), subs, quiet{})
	require.NoError(t, err)
	require.NoError(t, p.Close())
	assertWalls(t, got.Head)
	out := t.TempDir()
	require.NoError(t, report.Write(out, got, "en"))

	t.Run("honest students", func(t *testing.T) {
		for _, id := range honestStudents() {
			for _, res := range student(t, got, id).Lessons {
				assertResult(t, res, verdict.Graded, "all")
			}
		}
	})
	for _, a := range c.attacks {
		t.Run(a.name, func(t *testing.T) {
			for _, id := range a.students() {
				c.assertHeld(t, a, student(t, got, shown(id)))
			}
		})
	}
	t.Run("outside", func(t *testing.T) {
		c.at.assertUntouched(t)
		assert.Less(t, before-freeDisk(t), int64(1<<30), "somebody has filled the disk")
	})
	t.Run("reports", func(t *testing.T) { c.assertReports(t, out) })
	t.Run("no two payloads are the same", func(t *testing.T) { assertRandom(t, got) })
}

// assertWalls names what this machine could not do. Where the project is checked all of it must be there.
func assertWalls(t *testing.T, head []lessons.Text) {
	t.Helper()
	for _, line := range head {
		t.Logf("not on this machine: %s", line.EN)
	}
	if os.Getenv("CI") != "" {
		assert.Empty(t, head)
	}
}

// shown is a student's name as reports have it.
func shown(name string) string {
	var b strings.Builder
	for _, r := range name {
		if !unicode.IsPrint(r) || r == '\\' {
			fmt.Fprintf(&b, "(%U)", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func student(t *testing.T, c verdict.Class, id string) verdict.Student {
	t.Helper()
	i := slices.IndexFunc(c.Students, func(s verdict.Student) bool { return s.ID == id })
	require.GreaterOrEqual(t, i, 0, "no student %q", id)
	return c.Students[i]
}

// assertResult checks status and tests of a lesson: passes names the tests that pass, or is "all" or "none".
func assertResult(t *testing.T, res verdict.LessonResult, status verdict.Status, passes string) {
	t.Helper()
	require.Equal(t, status, res.Status, "%s: %s", res.ID, said(res).EN)
	want := strings.Fields(passes)
	if passes == "none" {
		want = nil
	}
	var got []string
	for _, r := range res.Tests {
		if r.Outcome == verdict.Passed {
			got = append(got, r.Name)
		}
	}
	if passes == "all" {
		want = gradedTests()[res.ID]
	}
	assert.ElementsMatch(t, want, got, "%s: %s", res.ID, said(res).EN)
}

// said is all that the report says of a lesson, one after the other.
func said(res verdict.LessonResult) lessons.Text {
	all := res.Message
	for _, r := range res.Tests {
		all.EN += "\n" + r.Message.EN
		all.ES += "\n" + r.Message.ES
	}
	return all
}

// output is all that the programs of a lesson printed, as far as it is shown.
func output(res verdict.LessonResult) string {
	var all strings.Builder
	for _, r := range res.Tests {
		for _, e := range r.Transcript {
			if e.Conn == "output" {
				all.WriteString(e.Data + "\n")
			}
		}
	}
	return all.String()
}

// assertHeld checks what became of an attack.
func (c *corpus) assertHeld(t *testing.T, a attack, s verdict.Student) {
	t.Helper()
	l := c.lesson(a)
	for _, res := range s.Lessons {
		switch {
		case res.ID == l.ID:
			passes, expected := a.first("passes", ""), strings.Split(a.first("status", "graded"), " or ")
			if i := slices.Index(expected, string(res.Status)); i > 0 { // the first is the rule, about which there is more to say
				assertResult(t, res, res.Status, passes)
				continue
			}
			if passes == "" {
				passes = "none"
				if expected[0] == "graded" {
					passes = "all"
				}
			}
			assertResult(t, res, verdict.Status(expected[0]), passes)
			assertSaid(t, res, c.named(a.head["message"]), c.named(a.head["output"]))
			for _, part := range a.head["mensaje"] {
				assert.Contains(t, said(res).ES, part)
			}
			assert.NotContains(t, output(res), "through: ")
		case res.ID == "10-echo" && strings.HasSuffix(a.first("with", ""), "10-echo"):
			assertResult(t, res, verdict.Graded, "all")
		}
	}
	for _, part := range a.head["note"] {
		assert.Contains(t, notesOf(s), part)
	}
}

func assertSaid(t *testing.T, res verdict.LessonResult, messages, outputs []string) {
	t.Helper()
	for _, part := range messages {
		assert.Contains(t, said(res).EN, part)
	}
	for _, part := range outputs {
		assert.Contains(t, output(res), part)
	}
}

func notesOf(s verdict.Student) string {
	var all strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintln(&all, n.EN)
	}
	return all.String()
}

// assertReports looks for what must be in no report, and for what a program that shows one would take for its own.
func (c *corpus) assertReports(t *testing.T, dir string) {
	var never, neverHTML []string
	for _, a := range c.attacks {
		never = append(never, a.head["never"]...)
		neverHTML = append(neverHTML, a.head["never.html"]...)
	}
	read := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		read++
		text, err := os.ReadFile(path)
		assert.NotContains(t, string(text), c.at.secret, "%s: a secret was read", path)
		for _, part := range never {
			assert.NotContains(t, string(text), part, path)
		}
		for _, part := range neverHTML {
			if filepath.Ext(path) == ".html" {
				assert.NotContains(t, string(text), part, path)
			}
		}
		return err
	})
	require.NoError(t, err)
	assert.Greater(t, read, 2*len(c.attacks), "two files for each student")

	f, err := os.Open(filepath.Join(dir, "gradebook.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	for _, row := range rows {
		for _, cell := range row {
			assert.NotRegexp(t, `^[=+\-@\t\r]`, cell, "a spreadsheet would run it")
		}
	}
	outside, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Len(t, outside, 4, "a name that is a path leads nowhere else: %v", outside)
}

// published is the payload of a line that a test wanted to see.
var published = regexp.MustCompile(`expected .*"(w-[0-9a-f]+)"`)

// assertRandom checks that what one run of a test asks for says nothing about the next.
func assertRandom(t *testing.T, c verdict.Class) {
	seen := map[string]string{}
	for _, s := range c.Students {
		for _, r := range s.Lessons[0].Tests {
			if m := published.FindStringSubmatch(r.Message.EN); m != nil && r.Name == "TestEachLineAtOnce" {
				assert.Empty(t, seen[m[1]], "%q of %s again", m[1], s.ID)
				seen[m[1]] = s.ID
			}
		}
	}
	assert.Greater(t, len(seen), 1, "%v", slices.Collect(maps.Keys(seen)))
}
