package export

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

func TestCanvasFillsAColumnAndKeepsEveryOtherByte(t *testing.T) {
	for _, name := range []string{"Wirelab (98765)", "Wirelab", "98765"} {
		out, err := Canvas(class(t, "en"), "testdata/canvas.csv", name)
		require.NoError(t, err)
		assert.Equal(t, 5, out.Count)
		assert.Equal(t, 1, out.Left)
		assert.Equal(t, map[string]string{
			"\"de Vries, Noor\",104,S104,ndevries,001 and 002,,7.50,75.00,75.00,75.00\n": "\"de Vries, Noor\",104,S104,ndevries,001 and 002,0.00,7.50,75.00,75.00,75.00\n",
			"\"García López, Ana\",101,S101,agarcia,001,,9.00,90.00,90.00,90.00\n":       "\"García López, Ana\",101,S101,agarcia,001,50.00,9.00,90.00,90.00,90.00\n",
			"\"Pérez Soto, Juan\",102,S102,jperez,001,12.00,3.00,30.00,30.00,30.00\n":    "\"Pérez Soto, Juan\",102,S102,jperez,001,37.50,3.00,30.00,30.00,30.00\n",
			"\"da Silva, Beatriz\",103,S103,bsilva,002,,,,,\n":                           "\"da Silva, Beatriz\",103,S103,bsilva,002,16.67,,,,\n",
		}, changed(t, "canvas.csv", out.Data))
		assert.Equal(t, []string{
			"in the class, but not in canvas.csv: =cmd|'/c calc'!A1 <script>alert(1)</script> [x](javascript:1) ``` ]]> ‹ESC›[31mred‹ESC›[0m ‹U+202E›gpj.exe ‹U+FFFE›",
			"in canvas.csv, but not in the class: Ortiz, Walter (107)",
			"left as it is, EX: O'Connor, Zoë (106)",
		}, out.Notes)
	}
}

// What Canvas' importer asks of a file (lib/gradebook_importer.rb): a header with Student, ID and Section where it looks
// for them, a line of points whose first cell says so, the same cells in every line.
func TestCanvasTakesItBack(t *testing.T) {
	out, err := Canvas(class(t, "en"), "testdata/canvas.csv", "Wirelab")
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(out.Data))).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, []string{"Student", "ID", "SIS User ID", "SIS Login ID", "Section"}, rows[0][:5])
	assert.Equal(t, "    Points Possible", rows[2][0])
	assert.Equal(t, "50.00", rows[2][5], "points possible are kept")
	for _, r := range rows[3:9] {
		if r[5] != "EX" && r[5] != "N/A" {
			n, _, ok := number(r[5])
			assert.True(t, ok && n >= 0 && n <= 50, r[5])
		}
	}
}

func TestCanvasWithSemicolonsAndSplitNames(t *testing.T) {
	b := class(t, "es")
	_, err := Canvas(b, "testdata/canvas-semicolon.csv", "Wirelab")
	var told *course.Error
	require.ErrorAs(t, err, &told, "two assignments have this name")
	assert.Contains(t, told.Tip, `"Wirelab (98799)"`)

	out, err := Canvas(b, "testdata/canvas-semicolon.csv", "Wirelab (98799)")
	require.NoError(t, err)
	raw, err := os.ReadFile(filepath.Join("testdata", "canvas-semicolon.csv"))
	require.NoError(t, err)
	want := strings.NewReplacer(
		"agarcia;001;;;90,00", "agarcia;001;;8,00;90,00",
		"jperez;001;12,00;;30,00", "jperez;001;12,00;6,00;30,00",
		"bsilva@example.edu;002;;;", "bsilva@example.edu;002;;2,67;",
	).Replace(string(raw))
	assert.Equal(t, want, string(out.Data))
}

// A zero is what somebody earned, not what nobody could find out.
func TestCanvasKeepsTheCellOfWorkThatCouldNotBeGraded(t *testing.T) {
	b := class(t, "en")
	b.Students[juan].Lessons[0].Status = verdict.NotGradable
	b.Students[silva].Lessons[1].Status = verdict.NotGradable
	out, err := Canvas(b, "testdata/canvas.csv", "Wirelab")
	require.NoError(t, err)
	assert.Equal(t, 5, out.Count)
	assert.Equal(t, 3, out.Left)
	lines := changed(t, "canvas.csv", out.Data)
	assert.Len(t, lines, 2)
	for line := range lines {
		assert.NotRegexp(t, "Pérez|Silva", line)
	}
	assert.Contains(t, out.Notes, "left as it is, not gradable (01-first-sse): Pérez Soto, Juan (102)")
	assert.Contains(t, out.Notes, "left as it is, not gradable (16-hub): da Silva, Beatriz (103)")
}

func TestCanvasSaysWhatIsWrong(t *testing.T) {
	head := "Student,ID,SIS Login ID,Section,Hub (7)\n"
	for what, c := range map[string]struct{ text, hint string }{
		"no gradebook of Canvas":    {"Name,Hub (7)\nAna,3\n", "Export Entire Gradebook"},
		`no assignment "Hub (7)"`:   {"Student,ID,SIS Login ID,Section,Essay (8)\n", `"Essay (8)"`},
		`no line "Points Possible"`: {head + "Ana,1,ana,001,\n", "as Canvas exported it"},
		`points possible are ""`:    {head + "    Points Possible,,,,\nAna,1,ana,001,\n", "give the assignment points"},
		"nobody of the class":       {head + "    Points Possible,,,,10\nElse,1,else,001,\n", "another course's"},
	} {
		name := filepath.Join(t.TempDir(), "book.csv")
		require.NoError(t, os.WriteFile(name, []byte(c.text), 0o600))
		_, err := Canvas(class(t, "en"), name, "Hub (7)")
		var told *course.Error
		require.ErrorAs(t, err, &told, what)
		assert.Contains(t, told.Text, what)
		assert.Contains(t, told.Tip, c.hint, what)
	}
}
