package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

const echoWork = "package echo // done\n"

// zipped makes an archive of files, by name; those whose names begin with "raw:" have a name that is no UTF-8.
func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		raw, isRaw := strings.CutPrefix(name, "raw:")
		w, err := z.CreateHeader(&zip.FileHeader{Name: raw, NonUTF8: isRaw, Method: zip.Deflate})
		require.NoError(t, err)
		_, err = io.WriteString(w, files[name])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// readZip reads a class that is an archive of files.
func readZip(t *testing.T, files map[string]string) Class {
	t.Helper()
	at := filepath.Join(t.TempDir(), "class.zip")
	require.NoError(t, os.WriteFile(at, []byte(zipped(t, files)), 0o644))
	class, err := Read(t.Context(), at, newCourse(t))
	require.NoError(t, err)
	return class
}

// summary is what was found of each, in short: ID, platform, lessons.
func summary(all []Submission) []string {
	var lines []string
	for _, s := range all {
		line := s.ID + ":"
		if s.Origin.LMS != nil {
			line = fmt.Sprintf("%s (%s %s):", s.ID, s.Origin.LMS.System, s.Origin.LMS.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(s.Lessons)) {
			line += " " + id
		}
		if s.Problem != nil {
			line += " " + s.Problem.Text.EN
		}
		lines = append(lines, line)
	}
	return lines
}

func TestClassesInArchives(t *testing.T) {
	hub := map[string]string{"16-hub/hub.go": work}
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string
		notes string
	}{
		"folders": {
			map[string]string{"ana/16-hub/hub.go": work, "luz/": "", "eva/lessons/10-echo/echo.go": echoWork, "__MACOSX/ana/._16-hub": "x", "roster.csv": "x"},
			[]string{"ana: 16-hub", "eva: 10-echo", "luz:"},
			"ignored beside the submissions: roster.csv",
		},
		"archives": {map[string]string{"ana.zip": zipped(t, hub), "luz.ZIP": zipped(t, hub)}, []string{"ana: 16-hub", "luz: 16-hub"}, ""},
		"an archive in each folder": {
			map[string]string{"ana/my work.zip": zipped(t, hub), "luz/hand-in/16-hub.zip": zipped(t, map[string]string{"hub.go": work})},
			[]string{"ana: 16-hub", "luz: 16-hub"},
			"",
		},
		"an archive for each lesson": {
			map[string]string{"ana/16-hub.zip": zipped(t, hub), "ana/echo.zip": zipped(t, map[string]string{"10-echo/echo.go": echoWork})},
			[]string{"ana: 10-echo 16-hub"},
			"",
		},
		"a folder around all": {
			map[string]string{"hand-in/ana/16-hub/hub.go": work, "hand-in/luz.zip": zipped(t, hub)},
			[]string{"ana: 16-hub", "luz: 16-hub"},
			"the submissions are those in hand-in",
		},
		"one student":               {map[string]string{"ana/16-hub/hub.go": work}, []string{"ana: 16-hub"}, ""},
		"one student, further down": {map[string]string{"ana/week 3/16-hub/hub.go": work}, []string{"ana: 16-hub"}, "graded as one student, ana; if this is a class of which week 3 is the only student, grade ana itself, unpacked\n"},
		"backslashes":               {map[string]string{`ana\16-hub\hub.go`: work}, []string{"ana: 16-hub"}, ""},
		"names of old systems": {
			map[string]string{"raw:Garc\xa1a/16-hub/hub.go": work, "raw:Mu\xf1oz/16-hub/hub.go": work, "Núñez/16-hub/hub.go": work},
			[]string{"García: 16-hub", "Muñoz: 16-hub", "Núñez: 16-hub"},
			"",
		},
		"names that do things": {
			map[string]string{"a\x1b[2Jb/16-hub/hub.go": work, "=1+1/16-hub/hub.go": work, "<b>x/16-hub/hub.go": work, "b\u202ea/16-hub/hub.go": work},
			[]string{"<b>x: 16-hub", "=1+1: 16-hub", "a(U+001B)[2Jb: 16-hub", "b(U+202E)a: 16-hub"},
			"",
		},
		"paths that lead out": {
			map[string]string{"../up/16-hub/hub.go": work, "/etc/16-hub/hub.go": work, "ana/../luz/16-hub/hub.go": work, "ana/16-hub/hub.go": work, "eva/16-hub/hub.go": work},
			[]string{
				`ana: the archive cannot be used: it names "ana/../luz/16-hub/hub.go", which leads out of it; pack the lesson folders from within the folder that holds them`,
				"eva: 16-hub",
			},
			"ignored, since it leads out of the archive: ../up/16-hub/hub.go, /etc/16-hub/hub.go",
		},
		"an archive within an archive within the archive": {
			map[string]string{"ana.zip": zipped(t, map[string]string{"work.zip": zipped(t, hub)}), "luz/16-hub/hub.go": work},
			[]string{"ana: no lesson was found outside of work.zip, which is not opened: only a zip is, and none within a zip; hand in one zip of the lesson folders", "luz: 16-hub"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			class := readZip(t, tt.files)
			assert.Equal(t, tt.want, summary(class.Submissions))
			assert.Equal(t, strings.TrimSpace(tt.notes), strings.TrimSpace(texts(Submission{Notes: class.Notes})))
			for _, s := range class.Submissions {
				for _, files := range s.Lessons {
					for name, src := range files {
						assert.Contains(t, []string{work, echoWork}, string(src), name)
					}
				}
				if s.Problem != nil {
					assert.NotEmpty(t, s.Problem.Text.ES)
				}
			}
		})
	}
}

// A folder around the class is no student, packed or not; a student with copies of the work is no class.
func TestFoldersAroundAClass(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	both := []string{"ana: 16-hub", "luz: 16-hub"}
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string
		notes string
	}{
		"lessons": {
			map[string]string{"hand-in/ana/16-hub/hub.go": work, "hand-in/luz/16-hub/hub.go": work},
			both, "the submissions are those in hand-in\n",
		},
		"copies of the course": {
			map[string]string{"hand-in/ana/wirelab-main/lessons/16-hub/hub.go": work, "hand-in/luz/wirelab-main/lessons/16-hub/hub.go": work},
			both, "the submissions are those in hand-in\n",
		},
		"far down": {
			map[string]string{"hand-in/ana/week 3/mine/16-hub/hub.go": work, "hand-in/luz/week 3/16-hub/hub.go": work},
			both, "the submissions are those in hand-in\n",
		},
		"archives": {map[string]string{"hand-in/ana.zip": hub, "hand-in/luz/work.zip": hub}, both, "the submissions are those in hand-in\n"},
		"two folders, and what else is there": {
			map[string]string{"2026/hand-in/ana/16-hub/hub.go": work, "2026/hand-in/luz/16-hub/hub.go": work, "roster.csv": "x", "2026/x.txt": "x", "2026/hand-in/y.txt": "x"},
			both,
			"the submissions are those in 2026/hand-in\nignored beside the submissions: 2026/x.txt, roster.csv, y.txt\n",
		},
		"numbers": {
			map[string]string{"entregas/01/16-hub/hub.go": work, "entregas/02/16-hub/hub.go": work},
			[]string{"01: 16-hub", "02: 16-hub"},
			"the submissions are those in entregas\n",
		},
		"numbers of students": {
			map[string]string{"entregas/1001/16-hub/hub.go": work, "entregas/1002/16-hub/hub.go": work},
			[]string{"1001: 16-hub", "1002: 16-hub"},
			"the submissions are those in entregas\n",
		},
		"what an autograder calls one student's": {
			map[string]string{"submission/ana/16-hub/hub.go": work, "submission/luz/16-hub/hub.go": work},
			both, "the submissions are those in submission\n",
		},
		"what another autograder calls one student's": {
			map[string]string{"student/ana/16-hub/hub.go": work, "student/luz/16-hub/hub.go": work},
			both, "the submissions are those in student\n",
		},
		"copies within a student's folder": {
			map[string]string{"class/ana/Documents/16-hub/hub.go": work, "class/ana/Escritorio/16-hub/hub.go": "package hub // other\n", "class/luz/16-hub/hub.go": work},
			both, "the submissions are those in class\n",
		},
		"a lesson that two have": {
			map[string]string{"x/ana/16-hub/hub.go": work, "x/bo/10-echo/echo.go": echoWork, "x/luz/16-hub/hub.go": work},
			[]string{"ana: 16-hub", "bo: 10-echo", "luz: 16-hub"},
			"the submissions are those in x\n",
		},
		"three folders":                    {map[string]string{"a/b/c/ana/16-hub/hub.go": work, "a/b/c/luz/16-hub/hub.go": work}, both, "the submissions are those in a/b/c\n"},
		"four folders":                     {map[string]string{"a/b/c/d/ana/16-hub/hub.go": work, "a/b/c/d/luz/16-hub/hub.go": work}, []string{"a: 16-hub"}, "graded as one student, a; if this is a class of which b is the only student, grade a itself, unpacked\n"},
		"one student's copy of the course": {map[string]string{"ana/wirelab/lessons/16-hub/hub.go": work, "ana/wirelab/lessons/10-echo/echo.go": echoWork}, []string{"ana: 10-echo 16-hub"}, "graded as one student, ana; if this is a class of which wirelab is the only student, grade ana itself, unpacked\n"},
		"one student's weeks":              {map[string]string{"ana/week 2/10-echo/echo.go": echoWork, "ana/week 3/16-hub/hub.go": work}, []string{"ana: 10-echo 16-hub"}, ""},
		"one student's lessons":            {map[string]string{"ana/alpha/10-echo/echo.go": echoWork, "ana/beta/16-hub/hub.go": work}, []string{"ana: 10-echo 16-hub"}, ""},
		"one student, in folders":          {map[string]string{"class/ana/Documents/16-hub/hub.go": work, "class/ana/Escritorio/x.txt": "x"}, []string{"class: 16-hub"}, "graded as one student, class; if this is a class of which ana is the only student, grade class itself, unpacked\n"},
		"one student's lesson and copies":  {map[string]string{"ana/16-HUB/hub.go": work, "ana/new/16-hub/hub.go": "package hub // new\n", "ana/old/16-hub/hub.go": "package hub // old\n"}, []string{"ana: 16-hub"}, ""},
		"one student's course and copies":  {map[string]string{"ana/lessons/16-hub/hub.go": work, "ana/new/x/16-hub/hub.go": "package hub // new\n", "ana/old/x/16-hub/hub.go": "package hub // old\n"}, []string{"ana: 16-hub"}, ""},
		"one student's copies": { // which look the same as a class
			map[string]string{"ana/new/16-hub/hub.go": work, "ana/old/16-hub/hub.go": work},
			[]string{"new: 16-hub", "old: 16-hub"},
			"the submissions are those in ana\n",
		},
		"one student's copies, and a folder beside": {
			map[string]string{"ana/new/16-hub/hub.go": work, "ana/old/16-hub/hub.go": "package hub // old\n", "nobody/.keep": ""},
			[]string{"ana: 16-hub", "nobody:"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, tt.files)
			unpacked, err := Read(t.Context(), dir, newCourse(t))
			require.NoError(t, err)
			for how, class := range map[string]Class{"packed": readZip(t, tt.files), "unpacked": unpacked} {
				assert.Equal(t, tt.want, summary(class.Submissions), how)
				assert.Equal(t, tt.notes, texts(Submission{Notes: class.Notes}), how)
				assert.Equal(t, work, string(class.Submissions[0].Lessons["16-hub"]["hub.go"]), how)
			}
		})
	}
}

// Where several lie side by side, whatever is in a folder or an archive is one student's, and each lesson counts once.
func TestCopiesInASubmission(t *testing.T) {
	all := readClass(t, map[string]string{
		"ana/Desktop/16-hub/hub.go": "package hub // older\n", "ana/Documents/mine/16-hub/hub.go": work, "ana/16-hub/hub.go": work,
		"bo/New folder/16-hub/hub.go": work, "bo/bo-hub/16-hub/hub.go": work,
		"cy/cy/16-hub/hub.go": work, "cy/cy 2/16-hub/hub.go": work,
		"di.zip":           zipped(t, map[string]string{"di/16-hub/hub.go": work, "handout/lessons/16-hub/hub.go": starter}),
		"ed/16-hub/hub.go": starter, "ed/16-hub (1)/hub.go": work,
		"fe/wirelab/lessons/16-hub/hub.go": starter, "fe/mine.zip": zipped(t, map[string]string{"16-hub/hub.go": work}),
	})
	assert.Equal(t, []string{"ana: 16-hub", "bo: 16-hub", "cy: 16-hub", "di: 16-hub", "ed: 16-hub", "fe: 16-hub"}, summary(all))
	for i, notes := range []string{
		"16-hub is there twice: 16-hub is graded, Desktop/16-hub is ignored\n16-hub is there twice: 16-hub is graded, Documents/mine/16-hub is ignored\n",
		"16-hub is there twice: New folder/16-hub is graded, bo-hub/16-hub is ignored\n",
		"16-hub is there twice: cy 2/16-hub is graded, cy/16-hub is ignored\n",
		"16-hub is there twice: di/16-hub is graded, handout/lessons/16-hub is ignored\n",
		"16-hub (1) is taken as 16-hub\n16-hub is there twice: 16-hub (1) is graded, 16-hub is ignored\n",
		"16-hub is there twice: mine.zip/16-hub is graded, wirelab/lessons/16-hub is ignored\n",
	} {
		assert.Equal(t, work, string(all[i].Lessons["16-hub"]["hub.go"]), all[i].ID)
		assert.Equal(t, notes, texts(all[i]))
	}
}

// A class may have been downloaded into a folder, and left packed.
func TestAClassPackedInAFolder(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string
		notes string
	}{
		"folders": {
			map[string]string{"all.zip": zipped(t, map[string]string{"ana/16-hub/hub.go": work, "luz.zip": hub}), "roster.csv": "x"},
			[]string{"ana: 16-hub", "luz: 16-hub"},
			"the submissions are those in all.zip\nignored beside the submissions: roster.csv\n",
		},
		"a folder around them": {
			map[string]string{"x/all.zip": zipped(t, map[string]string{"y/ana/16-hub/hub.go": work, "y/luz/16-hub/hub.go": work})},
			[]string{"ana: 16-hub", "luz: 16-hub"},
			"the submissions are those in x/all.zip/y\n",
		},
		"Moodle's": {
			map[string]string{"x.zip": zipped(t, map[string]string{"Ana_101_assignsubmission_file/hub.go": work})},
			[]string{"Ana (moodle 101): 16-hub"},
			"the submissions are those in x.zip\n",
		},
		"one student":          {map[string]string{"ana.zip": hub}, []string{"ana: 16-hub"}, ""},
		"one student, further": {map[string]string{"ana.zip": zipped(t, map[string]string{"mine/16-hub/hub.go": work})}, []string{"ana: 16-hub"}, ""},
		"paths that lead out": {
			map[string]string{"ana.zip": zipped(t, map[string]string{"../up.txt": "x", "ana/16-hub/hub.go": work, "luz/16-hub/hub.go": work})},
			[]string{`ana: the archive cannot be used: it names "../up.txt", which leads out of it; pack the lesson folders from within the folder that holds them`},
			"",
		},
		"damaged": {
			map[string]string{"ana.zip": hub[:len(hub)-10]},
			[]string{"ana: the archive cannot be read: the archive is damaged or cut off; pack it and hand it in again"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, tt.files)
			class, err := Read(t.Context(), dir, newCourse(t))
			require.NoError(t, err)
			assert.Equal(t, tt.want, summary(class.Submissions))
			assert.Equal(t, tt.notes, texts(Submission{Notes: class.Notes}))
		})
	}
}

func TestArchivesInAFolder(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	all := readClass(t, map[string]string{
		"ana.zip": hub, "eva/work.zip": hub, "luz/16-hub/hub.go": work, "luz.zip": "was unpacked", "zoe/old.zip": hub, "zoe/10-echo/echo.go": echoWork,
	})
	assert.Equal(t, []string{"ana: 16-hub", "eva: 16-hub", "luz: 16-hub", "zoe: 10-echo 16-hub"}, summary(all))
	assert.Equal(t, "taken from the archive work.zip\n", texts(all[1]))
	assert.Equal(t, "taken from the archive old.zip\n", texts(all[3]))
}

// An archive that tries something costs its student, and nobody else.
func TestHostileArchives(t *testing.T) {
	good := zipped(t, map[string]string{"16-hub/hub.go": work, "10-echo/echo.go": echoWork})
	many := make(map[string]string)
	for i := range MaxEntries + 1 {
		many[fmt.Sprintf("16-hub/%d", i)] = ""
	}
	link := func() string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "16-hub/hub.go"}
		h.SetMode(fs.ModeSymlink | 0o777)
		w, err := z.CreateHeader(h)
		require.NoError(t, err)
		_, err = io.WriteString(w, "../../luz/16-hub/hub.go")
		require.NoError(t, err)
		w, err = z.Create("10-echo/echo.go")
		require.NoError(t, err)
		_, err = io.WriteString(w, echoWork)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.String()
	}
	locked := []byte(zipped(t, map[string]string{"16-hub/hub.go": work}))
	locked[6] |= 1
	locked[bytes.LastIndex(locked, []byte("PK\x01\x02"))+8] |= 1
	changed := []byte(zipped(t, map[string]string{"16-hub/hub.go": work}))
	changed[bytes.LastIndex(changed, []byte("PK\x01\x02"))+16] ^= 1 // its checksum
	for name, tt := range map[string]struct {
		src     string
		problem string // what is wrong with the whole
		lesson  string // what is wrong with 16-hub alone
	}{
		"cut off":              {src: good[:len(good)-40], problem: "the archive cannot be read: the archive is damaged or cut off; pack it and hand it in again"},
		"empty file":           {src: "", problem: "damaged or cut off"},
		"no zip":               {src: "Rar!\x1a\x07\x01\x00", problem: "damaged or cut off"},
		"paths that lead out":  {src: zipped(t, map[string]string{"../luz/16-hub/hub.go": work, "10-echo/echo.go": echoWork}), problem: `it names "../luz/16-hub/hub.go", which leads out of it`},
		"absolute paths":       {src: zipped(t, map[string]string{"/16-hub/hub.go": work}), problem: `it names "/16-hub/hub.go", which leads out of it`},
		"too many entries":     {src: zipped(t, many), problem: "more than 20000 files and folders in it"},
		"a password":           {src: string(locked), lesson: "16-hub/hub.go: it is locked with a password; pack it without one"},
		"a symbolic link":      {src: link(), lesson: "16-hub/hub.go: it is a symbolic link, and those are not followed; hand in the file itself"},
		"zeros":                {src: zipped(t, map[string]string{"16-hub/hub.go": strings.Repeat("\x00", 20<<20)}), lesson: "16-hub/hub.go: it is larger than 256 KiB"},
		"two files of a name":  {src: strings.ReplaceAll(zipped(t, map[string]string{"16-hub/hub.go": work, "16-hub/huc.go": "package hub // the other\n"}), "huc.go", "hub.go"), lesson: "16-hub/hub.go: two entries of the archive have this name"},
		"a changed byte":       {src: string(changed), lesson: "16-hub/hub.go: the archive is damaged or cut off; pack it and hand it in again"},
		"nothing but a folder": {src: zipped(t, map[string]string{"16-hub/": ""}), problem: "no lesson was found"},
	} {
		for where, at := range map[string]string{"instead of a folder": "ana.zip", "in a folder": "ana/work.zip"} {
			t.Run(name+", "+where, func(t *testing.T) {
				class := readZip(t, map[string]string{at: tt.src, "luz.zip": good, "zoe/16-hub/hub.go": work})
				require.Len(t, class.Submissions, 3)
				ana := class.Submissions[0]
				assert.Equal(t, "ana", ana.ID)
				if tt.problem != "" {
					require.NotNil(t, ana.Problem)
					assert.Contains(t, strings.ReplaceAll(ana.Problem.Text.EN, "work.zip cannot be read: ", "the archive cannot be read: "), tt.problem)
					assert.NotEqual(t, ana.Problem.Text.EN, ana.Problem.Text.ES)
				} else if tt.lesson != "" {
					got := ana.Decided["16-hub"]
					assert.Equal(t, verdict.NotGradable, got.Status)
					assert.Contains(t, strings.TrimPrefix(got.Message.EN, "work.zip/"), tt.lesson)
					assert.NotEqual(t, got.Message.EN, got.Message.ES)
				}
				assert.Contains(t, class.Submissions[1].Lessons, "16-hub")
				assert.Contains(t, class.Submissions[2].Lessons, "16-hub")
			})
		}
	}
}

func TestTooMuchToCompare(t *testing.T) {
	files := map[string]string{"lessons/16-hub/hub.go": work}
	for i := range 2 + MaxTotal/MaxSource {
		files[fmt.Sprintf("lessons/16-hub/%d/lessons/x", i)] = ""
		files[fmt.Sprintf("copy %d/lessons/x", i)] = ""
		files[fmt.Sprintf("copy %d/go.mod", i)] = strings.Repeat(" ", MaxSource)
	}
	class := readZip(t, map[string]string{"ana.zip": zipped(t, files), "luz/16-hub/hub.go": work})
	assert.Contains(t, class.Submissions[0].Decided["16-hub"].Message.EN, "more than 32 MiB of the submission were read before it")
	assert.Contains(t, class.Submissions[1].Lessons, "16-hub")
}

func TestNotAClassArchive(t *testing.T) {
	whole := zipped(t, map[string]string{"ana/16-hub/hub.go": work})
	for name, tt := range map[string]struct{ src, want string }{
		"one submission": {zipped(t, map[string]string{"16-hub/hub.go": work}), "looks like one submission"},
		"its lessons":    {zipped(t, map[string]string{"16-hub.zip": work}), "looks like one submission"},
		"empty":          {zipped(t, nil), "no submissions in"},
		"cut off":        {whole[:len(whole)-10], "is no zip, or it is damaged or cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "class.zip")
			require.NoError(t, os.WriteFile(at, []byte(tt.src), 0o644))
			_, err := Read(t.Context(), at, newCourse(t))
			var e *course.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Error(), tt.want)
			assert.NotEmpty(t, e.Hint())
		})
	}
}

// What a browser calls a second download of one student's archive is no sign that the class is one submission.
func TestAnArchiveWithTheNameOfACopy(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	assert.Equal(t, []string{"16-hub (1): 16-hub", "ana: 16-hub"}, summary(readClass(t, map[string]string{"ana.zip": hub, "16-hub (1).zip": hub})))
}
