package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

const (
	starter = "package hub\n\nfunc Join() {}\n"
	work    = "package hub\n\nfunc Join() { work() }\n"
	subject = "package hub\n\nfunc Subject() {}\n"
	visible = "package hub\n\nfunc TestJoin(t *testing.T) {}\n"
	module  = "module wirelab\n"
)

// put writes files below dir, by slash-separated name.
func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, src := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(src), 0o644))
	}
}

// handedOut is what students of this test's course got, of two lessons.
func handedOut() map[string]string {
	return map[string]string{
		"go.mod": module, "go.sum": "x\n", "README.md": "x\n", "LICENSE": "x\n",
		"lessons/lessons.go":              "package lessons\n",
		"lessons/10-echo/README.md":       "---\ntitle: Echo\nsummary: s\nfiles: [echo.go]\n---\n",
		"lessons/10-echo/README.es.md":    "---\ntitle: Eco\nsummary: s\n---\n",
		"lessons/10-echo/echo.go":         "package echo\n",
		"lessons/10-echo/subject.go":      "package echo\n",
		"lessons/16-hub/README.md":        "---\ntitle: Hub\nsummary: s\nfiles: [hub.go, room.go]\n---\n",
		"lessons/16-hub/README.es.md":     "---\ntitle: Centro\nsummary: s\n---\n",
		"lessons/16-hub/hub.go":           starter,
		"lessons/16-hub/room.go":          "package hub\n",
		"lessons/16-hub/subject.go":       subject,
		"lessons/16-hub/hub_test.go":      visible,
		"grader/testdata/ana/16-hub/x.go": "package hub\n",
		"site/main.go":                    "package main\n",
	}
}

func newCourse(t *testing.T) *course.Course {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, handedOut())
	c, err := course.Find(dir)
	require.NoError(t, err)
	return c
}

// readClass reads a class of these files.
func readClass(t *testing.T, files map[string]string) []Submission {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, files)
	class, err := Read(t.Context(), dir, newCourse(t))
	require.NoError(t, err)
	return class.Submissions
}

// readOne reads what one student, ana, handed in.
func readOne(t *testing.T, files map[string]string) Submission {
	t.Helper()
	class := make(map[string]string)
	for name, src := range files {
		class["ana/"+name] = src
	}
	all := readClass(t, class)
	require.Len(t, all, 1)
	assert.Equal(t, "ana", all[0].ID)
	return all[0]
}

func texts(s Submission) string {
	var b strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintln(&b, n.EN)
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"lesson folders":           {"16-hub/hub.go": work},
		"deeper":                   {"for the teacher/week 3/16-hub/hub.go": work},
		"a folder in its like":     {"16-hub/16-hub/hub.go": work},
		"below lessons":            {"lessons/16-hub/hub.go": work},
		"line ends of Windows":     {"16-hub/hub.go": strings.ReplaceAll(work, "\n", "\r\n")},
		"byte order mark":          {"16-hub/hub.go": "\ufeff" + work},
		"tools leave their traces": {"16-hub/hub.go": work, ".git/16-hub/hub.go": "x", "16-hub/.DS_Store": "x", "__MACOSX/16-hub/hub.go": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := readOne(t, files)
			assert.Nil(t, s.Problem)
			assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work)}}, s.Lessons)
			assert.Empty(t, s.Decided)
			assert.Empty(t, s.Notes)
		})
	}
}

func TestHalfAName(t *testing.T) {
	for name, want := range map[string]string{"16": "16", "hub": "hub", "16-HUB": "", "my work/hub": "my work/hub"} {
		s := readOne(t, map[string]string{name + "/hub.go": work, "echo/main.go": "package main\n"})
		assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work)}}, s.Lessons)
		if want != "" {
			want += " is taken as 16-hub\n"
		}
		assert.Equal(t, want+"ignored, being no part of a lesson: echo/main.go\n", texts(s))
	}
}

func TestWholeCopyOfTheCourse(t *testing.T) {
	for _, below := range []string{"", "wirelab-main/"} {
		files := make(map[string]string)
		for name, src := range handedOut() {
			files[below+name] = src
		}
		files[below+"lessons/16-hub/hub.go"] = work
		files[below+"lessons/16-hub/hidden/hidden_test.go"] = "package hidden\n"
		files[below+"solutions/16-hub/hub.go"] = "package hub // not this one\n"
		s := readOne(t, files)
		assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work), "room.go": []byte("package hub\n")}}, s.Lessons)
		assert.Equal(t, verdict.NotSubmitted, s.Decided["10-echo"].Status)
		assert.Equal(t, "the starter, unchanged", s.Decided["10-echo"].Message.EN)
		assert.Empty(t, s.Notes)
	}
}

func TestUntouchedStarter(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		taken bool
	}{
		"all of it":             {map[string]string{"16-hub/hub.go": starter, "16-hub/room.go": "package hub\n"}, false},
		"one file of two":       {map[string]string{"16-hub/hub.go": starter}, false},
		"in Windows' line ends": {map[string]string{"16-hub/hub.go": strings.ReplaceAll(starter, "\n", "\r\n")}, false},
		"and a new file":        {map[string]string{"16-hub/hub.go": starter, "16-hub/more.go": "package hub\n"}, true},
		"with a space more":     {map[string]string{"16-hub/hub.go": starter + " "}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := readOne(t, tt.files)
			assert.Equal(t, tt.taken, s.Lessons["16-hub"] != nil)
			_, decided := s.Decided["16-hub"]
			assert.Equal(t, !tt.taken, decided)
		})
	}
}

func TestIgnored(t *testing.T) {
	hub := map[string]string{"16-hub/hub.go": work}
	for name, tt := range map[string]struct {
		files map[string]string
		notes string
	}{
		"another subject.go":     {map[string]string{"16-hub/subject.go": "package hub // mine\n"}, "16-hub/subject.go is not as it was given; the given one is used\n"},
		"the same subject.go":    {map[string]string{"16-hub/subject.go": strings.ReplaceAll(subject, "\n", "\r\n")}, ""},
		"its own tests":          {map[string]string{"16-hub/main_test.go": "package hub\n"}, "16-hub/main_test.go is ignored: tests are not part of a submission\n"},
		"visible tests, changed": {map[string]string{"16-hub/hub_test.go": "package hub\n"}, "16-hub/hub_test.go is ignored: tests are not part of a submission\n"},
		"visible tests":          {map[string]string{"16-hub/hub_test.go": visible}, ""},
		"its own module": {
			map[string]string{"go.mod": "module x\n", "16-hub/go.mod": "module y\n", "go.work": "use .\n", "16-hub/vendor/x/x.go": "package x\n"},
			"ignored, being no part of a lesson: 16-hub/go.mod, 16-hub/vendor/, go.mod, go.work\n",
		},
		"the course's module, changed": {
			map[string]string{"lessons/16-hub/notes.txt": "x", "go.mod": module + "replace a => b\n"},
			"ignored, being no part of a lesson: go.mod, lessons/16-hub/notes.txt\n",
		},
		"vendor and node_modules": {
			map[string]string{"vendor/16-hub/hub.go": "package hub\n", "node_modules/16-hub/hub.go": "package hub\n"},
			"ignored, being no part of a lesson: node_modules/, vendor/\n",
		},
		"many": {
			map[string]string{"a1": "", "a2": "", "a10": "", "b": "", "c": "", "d": "", "e": "", "f": "", "g": "", "h": ""},
			"ignored, being no part of a lesson: a1, a2, a10, b, c, d, e, f and 2 more\n",
		},
		"Go files that Go passes over": {
			map[string]string{"16-hub/_old.go": "package hub\n", "16-hub/.hub.go": "package hub\n", "16-hub/a b.go": "package hub\n"},
			"ignored, being no part of a lesson: 16-hub/_old.go, 16-hub/a b.go\n",
		},
		"notes that come with the lesson": {map[string]string{"16-hub/README.md": "mine"}, ""},
		"the lesson again, by half its name": {
			map[string]string{"hub/hub.go": "package hub // old\n"},
			"16-hub is there twice: 16-hub is graded, hub is ignored\n",
		},
		"a folder of another kind": {
			map[string]string{"hub/main.go": "package main\n", "16/main.go": "package main\n"},
			"ignored, being no part of a lesson: 16/main.go, hub/main.go\n",
		},
		"the lesson again, deeper": {
			map[string]string{"old/16-hub/hub.go": "package hub // old\n", "older/16-hub/hub.go": "package hub // older\n"},
			"16-hub is there twice: 16-hub is graded, old/16-hub is ignored\n16-hub is there twice: 16-hub is graded, older/16-hub is ignored\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := make(map[string]string)
			for name, src := range hub {
				files[name] = src
			}
			for name, src := range tt.files {
				files[name] = src
			}
			s := readOne(t, files)
			assert.Equal(t, tt.notes, texts(s))
			if s.Lessons["16-hub"]["hub.go"] == nil {
				t.Fatal("the work is not there")
			}
			assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work)}}, s.Lessons)
		})
	}
}

func TestForeignFilesGoToPolicy(t *testing.T) {
	s := readOne(t, map[string]string{"16-hub/hub.go": work, "16-hub/exit_amd64.s": "x", "16-hub/hub.syso": "x", "16-hub/hub_windows.go": work})
	assert.Equal(t, Files{"hub.go": []byte(work), "exit_amd64.s": nil, "hub.syso": nil, "hub_windows.go": []byte(work)}, s.Lessons["16-hub"])
}

func TestFilesThatCannotBeTaken(t *testing.T) {
	utf16le := func(s string) string {
		b := []byte("\xff\xfe")
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	many := make(map[string]string)
	for i := range MaxFiles + 1 {
		many[fmt.Sprintf("16-hub/f%d.go", i)] = "package hub\n"
	}
	for name, tt := range map[string]struct {
		files   map[string]string
		message string
	}{
		"UTF-16":                       {map[string]string{"16-hub/hub.go": utf16le(work)}, "16-hub/hub.go: it is in UTF-16; save it as UTF-8"},
		"UTF-16 without mark":          {map[string]string{"16-hub/hub.go": utf16le(work)[2:]}, "16-hub/hub.go: there are NUL bytes in it"},
		"a file of 100 MiB, or larger": {map[string]string{"16-hub/hub.go": strings.Repeat("x", MaxSource+1)}, "16-hub/hub.go: it is larger than 256 KiB"},
		"together too large": {
			map[string]string{"16-hub/hub.go": strings.Repeat("x", MaxSource), "16-hub/room.go": "x"},
			"more than 64 files or 256 KiB of Go in 16-hub",
		},
		"too many": {many, "more than 64 files or 256 KiB of Go in 16-hub"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.files["10-echo/echo.go"] = "package echo // done\n"
			s := readOne(t, tt.files)
			got := s.Decided["16-hub"]
			assert.Equal(t, verdict.NotGradable, got.Status)
			assert.Contains(t, got.Message.EN, tt.message)
			assert.NotEmpty(t, got.Message.ES)
			assert.NotContains(t, s.Lessons, "16-hub")
			assert.Contains(t, s.Lessons, "10-echo", "the other lesson is graded")
		})
	}
	t.Run("only what was given", func(t *testing.T) {
		s := readOne(t, map[string]string{"16-hub/subject.go": subject, "16-hub/hub_test.go": visible})
		assert.Equal(t, verdict.NotSubmitted, s.Decided["16-hub"].Status)
		assert.Contains(t, s.Decided["16-hub"].Message.EN, "only files that were given")
	})
}

func TestProblems(t *testing.T) {
	t.Run("nothing that looks like a lesson", func(t *testing.T) {
		s := readOne(t, map[string]string{"main.go": work, "sixteen/center.go": work})
		require.NotNil(t, s.Problem)
		assert.Contains(t, s.Problem.Text.EN, "no lesson was found")
		assert.Equal(t, "ignored, being no part of a lesson: main.go, sixteen/center.go\n", texts(s))
	})
	t.Run("empty", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "ana"), 0o755))
		put(t, dir, map[string]string{"luz/.DS_Store": "", "luz/.git/HEAD": "x"})
		class, err := Read(t.Context(), dir, newCourse(t))
		require.NoError(t, err)
		for _, s := range class.Submissions {
			assert.Nil(t, s.Problem, s.ID)
			assert.Len(t, s.Decided, 2, s.ID)
			for id, res := range s.Decided {
				assert.Equal(t, verdict.NotSubmitted, res.Status, "%s %s: nothing was handed in, and nobody has to look", s.ID, id)
				assert.Equal(t, "the folder is empty", res.Message.EN)
			}
		}
	})
	t.Run("deeper than anyone works", func(t *testing.T) {
		s := readOne(t, map[string]string{strings.Repeat("a/", MaxDepth+2) + "16-hub/hub.go": work})
		require.NotNil(t, s.Problem)
		assert.Contains(t, s.Problem.Text.EN, "more than 16 deep")
	})
	t.Run("an archive that is no zip", func(t *testing.T) {
		all := readClass(t, map[string]string{"ana/16-hub/hub.go": work, "luz.RAR": "Rar!", "eva/work.7z": "7z"})
		require.Len(t, all, 3)
		assert.Nil(t, all[0].Problem)
		require.NotNil(t, all[1].Problem)
		assert.Contains(t, all[1].Problem.Text.EN, "no lesson was found outside of work.7z, which is not opened")
		assert.Equal(t, "luz.RAR", all[2].ID)
		require.NotNil(t, all[2].Problem)
		assert.Contains(t, all[2].Problem.Text.EN, "unpack it")
	})
}

func TestTooManyFiles(t *testing.T) {
	files := fstest.MapFS{"16-hub/hub.go": {Data: []byte(work)}}
	for i := range MaxEntries {
		files[fmt.Sprintf("heap/%d", i)] = &fstest.MapFile{}
	}
	known, err := learn(newCourse(t))
	require.NoError(t, err)
	s, err := collect(t.Context(), files, known, manner{})
	require.NoError(t, err)
	require.NotNil(t, s.Problem)
	assert.Contains(t, s.Problem.Text.EN, "more than 20000 files")
	assert.Empty(t, s.Lessons)
}

// faulty is a file system in which one path cannot be opened, or grows while it is read.
type faulty struct {
	fstest.MapFS
	path  string
	err   error // what opening it gives; nil if it grows
	stats *int
}

func (f faulty) Open(name string) (fs.File, error) {
	if name != f.path {
		return f.MapFS.Open(name)
	}
	if f.err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: f.err}
	}
	file, err := f.MapFS.Open(name)
	return growing{file, f.stats}, err
}

type growing struct {
	fs.File
	stats *int
}

type grownInfo struct {
	fs.FileInfo
	more int64
}

func (g growing) Stat() (fs.FileInfo, error) {
	info, err := g.File.Stat()
	*g.stats++
	return grownInfo{info, int64(*g.stats)}, err
}

func (i grownInfo) Size() int64 { return i.FileInfo.Size() + i.more }

func TestUnreadable(t *testing.T) {
	known, err := learn(newCourse(t))
	require.NoError(t, err)
	files := fstest.MapFS{
		"16-hub/hub.go":       {Data: []byte(work)},
		"10-echo/echo.go":     {Data: []byte("package echo // done\n")},
		"other/10-echo/x.txt": {Data: []byte("x")},
	}
	read := func(f faulty) Submission {
		s, err := collect(t.Context(), f, known, manner{})
		require.NoError(t, err)
		return s
	}
	t.Run("a file", func(t *testing.T) {
		s := read(faulty{files, "16-hub/hub.go", fs.ErrPermission, nil})
		assert.Equal(t, lessons.Text{EN: "16-hub/hub.go: permission denied", ES: "16-hub/hub.go: permiso denegado"}, s.Decided["16-hub"].Message)
		assert.Contains(t, s.Lessons, "10-echo")
	})
	t.Run("a file that changes", func(t *testing.T) {
		s := read(faulty{files, "16-hub/hub.go", nil, new(int)})
		assert.Equal(t, "16-hub/hub.go: it changed while it was being read", s.Decided["16-hub"].Message.EN)
	})
	t.Run("a file that is gone", func(t *testing.T) {
		s := read(faulty{files, "16-hub/hub.go", fs.ErrNotExist, nil})
		assert.Equal(t, "16-hub/hub.go: it changed while it was being read", s.Decided["16-hub"].Message.EN)
	})
	t.Run("a lesson's folder", func(t *testing.T) {
		s := read(faulty{files, "16-hub", fs.ErrPermission, nil})
		assert.Equal(t, verdict.NotGradable, s.Decided["16-hub"].Status)
		assert.Contains(t, s.Decided["16-hub"].Message.EN, "16-hub cannot be read: permission denied")
		assert.Contains(t, s.Lessons, "10-echo")
	})
	t.Run("another folder", func(t *testing.T) {
		s := read(faulty{files, "other", errors.New("input/output error"), nil})
		assert.Equal(t, "other cannot be read: input/output error; what is in it was not graded\n", texts(s))
		assert.Len(t, s.Lessons, 2)
	})
	t.Run("the folder that all lies in", func(t *testing.T) {
		s := read(faulty{fstest.MapFS{"work/16-hub/hub.go": {Data: []byte(work)}}, "work", fs.ErrPermission, nil})
		require.NotNil(t, s.Problem)
		assert.Equal(t, "no lesson was found, and work cannot be read: permission denied", s.Problem.Text.EN)
	})
}

func TestOrderAndNames(t *testing.T) {
	all := readClass(t, map[string]string{
		"ana10/16-hub/hub.go": work, "ana2/16-hub/hub.go": work, "Zoé/16-hub/hub.go": work, "=1+1/16-hub/hub.go": work,
		".hidden/16-hub/hub.go": work, "__MACOSX/16-hub/hub.go": work, "roster.csv": "x",
	})
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	assert.Equal(t, []string{"=1+1", "Zoé", "ana2", "ana10"}, ids)
}

func TestNatural(t *testing.T) {
	want := []string{"", "10", "a", "a01", "a1", "a1b", "a2", "a2b10", "a10", "a10b2", "b"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural)
	assert.Equal(t, want, got)
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"José Núñez-7":    "José Núñez-7",
		"日本語":             "日本語",
		"a\x1b[31m\nb":    "a(U+001B)[31m(U+000A)b",
		"a\u202egpj":      "a(U+202E)gpj",
		"a\xffb\ufffd":    "a(0xFF)b\ufffd",
		`..\..\etc`:       "..(U+005C)..(U+005C)etc",
		"non\u00a0breaks": "non(U+00A0)breaks",
	} {
		assert.Equal(t, want, printable(in))
	}
	long := printable(strings.Repeat("\x01", 255))
	assert.LessOrEqual(t, len(long), maxID+len("…"))
}

func TestEqualIDs(t *testing.T) {
	all := []Submission{{ID: "b"}, {ID: "a"}, {ID: "a (2)"}, {ID: "a"}}
	Order(all)
	assert.Equal(t, []Submission{{ID: "a"}, {ID: "a (2)"}, {ID: "a (2) (2)"}, {ID: "b"}}, all)
}

func TestNotAClass(t *testing.T) {
	c := newCourse(t)
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"one submission":   {map[string]string{"16-hub/hub.go": work}, "looks like one submission"},
		"a whole copy":     {handedOut(), "looks like one submission"},
		"no folder at all": {map[string]string{"roster.csv": "x"}, "no submissions in"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, tt.files)
			_, err := Read(t.Context(), dir, c)
			var e *course.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Error(), tt.want)
			assert.NotEmpty(t, e.Hint())
		})
	}
	t.Run("not there", func(t *testing.T) {
		_, err := Read(t.Context(), filepath.Join(t.TempDir(), "none"), c)
		var e *course.Error
		require.ErrorAs(t, err, &e)
	})
}

func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"ana/16-hub/hub.go": work})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Read(ctx, dir, newCourse(t))
	assert.ErrorIs(t, err, context.Canceled)
}
