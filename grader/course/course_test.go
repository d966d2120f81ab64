package course

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
	"wirelab/lessons"
)

const (
	readme = "---\ntitle: Hub\nsummary: s\nminutes: 45\nkind: server\nlibrary: gorilla\nfiles: [hub.go]\nreads: []\n---\n"
	leeme  = "---\ntitle: Centro\nsummary: s\n---\n"

	hubTests = `// Package hidden.
package hidden

import "testing"

// Everybody in the room
// receives.
//
//wirelab:es Todos en la sala
//wirelab:es reciben.
//wirelab:points 2
//wirelab:hint Who do you range over?
//wirelab:hint.es ¿Qué recorres?
func TestEverybodyReceives(t *testing.T) {}

func TestMain(m *testing.M) {}
func Testimony(t *testing.T) {}
func TestTwo(a, b *testing.T) {}
func helper(t *testing.T) {}

// Second.
//
//wirelab:points three
//wirelab:pionts 3
func TestSecond(t *testing.T) {}
`
	reference = "package hub\n\nfunc Join() int {\n\treturn 1\n}\n"
	mutant    = `Forgets the one who joined, so that nobody ever
hears from them.

Killed-by: TestEverybodyReceives

--- a/hub.go
+++ b/hub.go
@@ -1,5 +1,5 @@
 package hub
 
 func Join() int {
-	return 1
+	return 0
 }
`
)

// write makes a folder with these files and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(src), 0o644))
	}
	return dir
}

// small is a course of one lesson.
func small() map[string]string {
	return map[string]string{
		"go.mod":                                "// the course\nmodule wirelab // indeed\n\ngo 1.26\n",
		"lessons/16-hub/README.md":              readme,
		"lessons/16-hub/README.es.md":           leeme,
		"lessons/16-hub/hub.go":                 "\ufeffpackage hub\r\n",
		"lessons/16-hub/subject.go":             "package hub\n\nfunc Subject() {}\n",
		"lessons/16-hub/hub_test.go":            "package hub\n",
		"lessons/16-hub/hidden/hidden_test.go":  hubTests,
		"lessons/16-hub/hidden/a_first_test.go": "package hidden\n\nimport \"testing\"\n\nfunc TestFirst(t *testing.T) {}\n",
		"lessons/16-hub/hidden/main_test.go":    "package hidden\n",
		"solutions/16-hub/hub.go":               reference,
		"solutions/16-hub/mutants/lost.patch":   mutant,
		"solutions/16-hub/mutants/NOTES.txt":    "not a patch\n",
	}
}

func find(t *testing.T, files map[string]string) Lesson {
	t.Helper()
	c, err := Find(write(t, files))
	require.NoError(t, err)
	require.Len(t, c.Lessons, 1)
	return c.Lessons[0]
}

func TestFindWalksUp(t *testing.T) {
	root := write(t, small())
	// A module in between, as a submission may hold one, is not the course.
	require.NoError(t, os.WriteFile(filepath.Join(root, "lessons", "go.mod"), []byte("module other\n"), 0o644))
	c, err := Find(filepath.Join(root, "lessons", "16-hub"))
	require.NoError(t, err)
	assert.Equal(t, root, c.Root)
	assert.Equal(t, filepath.Join(root, "lessons", "16-hub"), c.Lessons[0].Dir)
}

func TestFindNowhere(t *testing.T) {
	_, err := Find(write(t, map[string]string{"go.mod": "module wirelab/other\n"}))
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, e.Error(), "no go.mod of module wirelab")
	assert.NotEmpty(t, e.Hint())
}

func TestTheRealCourseLoads(t *testing.T) {
	c, err := Find(".")
	require.NoError(t, err)
	require.NotEmpty(t, c.Lessons)
	for _, l := range c.Lessons {
		reference, err := l.Reference()
		require.NoError(t, err)
		for _, m := range l.Mutants {
			_, err := m.Apply(reference)
			assert.NoError(t, err, l.ID)
		}
	}
}

func TestHiddenTests(t *testing.T) {
	l := find(t, small())
	assert.Equal(t, []verdict.Test{
		{Name: "TestFirst"},
		{
			Name: "TestEverybodyReceives", Points: 2,
			Text: lessons.Text{EN: "Everybody in the room receives.", ES: "Todos en la sala reciben."},
			Hint: lessons.Text{EN: "Who do you range over?", ES: "¿Qué recorres?"},
		},
		{Name: "TestSecond", Text: lessons.Text{EN: "Second."}},
	}, l.Tests)
}

func TestProblemsNameTheirPlace(t *testing.T) {
	l := find(t, small())
	const file = "lessons/16-hub/hidden/hidden_test.go"
	assert.Contains(t, l.Problems, Problem{file, 23, lessons.Text{
		EN: `TestSecond: points "three" is not a whole number from 1 to 100`,
		ES: `TestSecond: points "three" no es un número entero de 1 a 100`,
	}})
	assert.Contains(t, l.Problems, Problem{file, 24, lessons.Text{
		EN: "TestSecond: unknown directive //wirelab:pionts",
		ES: "TestSecond: directiva desconocida //wirelab:pionts",
	}})
	assert.Contains(t, l.Problems, Problem{file, 25, lessons.Text{
		EN: "TestSecond: no //wirelab:hint.es",
		ES: "TestSecond: falta //wirelab:hint.es",
	}})
	for _, p := range l.Problems {
		assert.NotContains(t, p.Text.EN, "TestEverybodyReceives", "a whole test is no problem")
	}
}

func TestHiddenTestThatDoesNotParse(t *testing.T) {
	files := small()
	files["lessons/16-hub/hidden/hidden_test.go"] = "package hidden\n\nfunc TestX(t *testing.T {}\n"
	_, err := Find(write(t, files))
	assert.ErrorContains(t, err, "hidden_test.go:3:")
}

func TestFiles(t *testing.T) {
	l := find(t, small())
	assert.Equal(t, "hub", l.Package)

	starter, err := l.Starter()
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"hub.go": []byte("package hub\n")}, starter, "line ends and mark of Windows")

	given, err := l.Given()
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"subject.go": []byte("package hub\n\nfunc Subject() {}\n")}, given)

	ref, err := l.Reference()
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"hub.go": []byte(reference)}, ref)
}

// What the go command passes over in a lesson's folder, the grader does as well.
func TestFilesOfNobody(t *testing.T) {
	files := small()
	for _, dir := range []string{"lessons/16-hub/", "lessons/16-hub/hidden/"} {
		for _, name := range []string{"_old.go", "_old_test.go", ".#hub.go", ".#hub_test.go"} {
			files[dir+name] = "some notes\n"
		}
	}
	l, before := find(t, files), find(t, small())
	assert.Equal(t, before.Tests, l.Tests)
	given, err := l.Given()
	require.NoError(t, err)
	assert.Len(t, given, 1)
	_, err = l.Visible()
	require.NoError(t, err)
}

func TestHandout(t *testing.T) {
	files := small()
	for name := range files {
		switch filepath.Dir(name) {
		case "solutions/16-hub", "solutions/16-hub/mutants", "lessons/16-hub/hidden":
			delete(files, name)
		}
	}
	l := find(t, files)
	assert.Empty(t, l.Tests)
	assert.Empty(t, l.Mutants)
	assert.Empty(t, l.Problems)
	_, err := l.Reference()
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, e.Hint(), "handout")
}

func TestStarterMissing(t *testing.T) {
	files := small()
	delete(files, "lessons/16-hub/hub.go")
	l := find(t, files)
	assert.Equal(t, "hub", l.Package)
	require.NotEmpty(t, l.Problems)
	assert.Equal(t, "lessons/16-hub/hub.go", l.Problems[0].File)
	_, err := l.Starter()
	assert.True(t, errors.Is(err, os.ErrNotExist))
}

func TestSelect(t *testing.T) {
	c := &Course{Lessons: []Lesson{
		{Lesson: lessons.Lesson{ID: "01-first-sse", Number: 1}},
		{Lesson: lessons.Lesson{ID: "10-echo", Number: 10}},
		{Lesson: lessons.Lesson{ID: "16-hub", Number: 16}},
	}}
	for _, tt := range []struct {
		ids  []string
		want []string
	}{
		{nil, []string{"01-first-sse", "10-echo", "16-hub"}},
		{[]string{"16"}, []string{"16-hub"}},
		{[]string{"1"}, []string{"01-first-sse"}},
		{[]string{"hub", "first-sse", "16-hub"}, []string{"01-first-sse", "16-hub"}},
		{[]string{"./lessons/16-hub/", `lessons\10-echo`}, []string{"10-echo", "16-hub"}},
		{[]string{"16-HUB"}, []string{"16-hub"}},
	} {
		got, err := c.Select(tt.ids...)
		require.NoError(t, err, tt.ids)
		var ids []string
		for _, l := range got {
			ids = append(ids, l.ID)
		}
		assert.Equal(t, tt.want, ids, tt.ids)
	}
	for id, tip := range map[string]string{
		"hbu":    `did you mean "16-hub"?`,
		"10-eco": `did you mean "10-echo"?`,
		"sse":    `did you mean "01-first-sse"?`,
		"77":     "the lessons are 01-first-sse, 10-echo, 16-hub",
		"6":      "the lessons are 01-first-sse, 10-echo, 16-hub",
		"xyz":    "the lessons are 01-first-sse, 10-echo, 16-hub",
	} {
		_, err := c.Select("10", id)
		var e *Error
		require.ErrorAs(t, err, &e, id)
		assert.Equal(t, tip, e.Hint(), id)
	}
	t.Run("the folder one is in", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "16-hub")
		require.NoError(t, os.Mkdir(dir, 0o755))
		t.Chdir(dir)
		got, err := c.Select(".")
		require.NoError(t, err)
		assert.Equal(t, "16-hub", got[0].ID)
	})
}
