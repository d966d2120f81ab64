package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

func class(t *testing.T, lang string) *Batch {
	t.Helper()
	dir := filepath.Join("testdata", lang)
	r, err := report.Read(dir)
	require.NoError(t, err)
	b, err := Open(dir, r)
	require.NoError(t, err)
	return b
}

// changed returns the lines of a file that are others after it was filled, with a line's end made visible.
func changed(t *testing.T, name string, filled []byte) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	before, after := strings.SplitAfter(string(raw), "\n"), strings.SplitAfter(string(filled), "\n")
	require.Len(t, after, len(before), "a line more or less")
	all := map[string]string{}
	for i := range before {
		if before[i] != after[i] {
			all[before[i]] = after[i]
		}
	}
	return all
}

// comment is what the worksheet says to a student: points of both lessons.
func comment(first, second string) string {
	return "<ul><li>A first event stream: " + first + "</li><li>A hub: " + second + "</li></ul>"
}

func TestMoodleFillsAWorksheetAndKeepsEveryOtherByte(t *testing.T) {
	out, err := Moodle(class(t, "en"), "testdata/moodle-en.csv")
	require.NoError(t, err)
	assert.Equal(t, 6, out.Count)
	assert.Equal(t, 1, out.Left)
	assert.Equal(t, 1, out.Replaced, "Juan had 42")
	assert.Equal(t, []string{
		"in moodle-en.csv, but not in the class: Walter Ortiz (Participant 4718)",
		"left as it is, not gradable (16-hub): Zoë O'Connor (Participant 4717)",
	}, out.Notes)

	raw, err := os.ReadFile("testdata/moodle-en.csv")
	require.NoError(t, err)
	want := string(raw)
	for _, r := range []struct{ from, to string }{
		{`Submitted for grading - ",,100.00,Yes,"Friday, 20 November 2026, 11:12 PM",,-,` + "\n", `Submitted for grading - ",100.00,100.00,Yes,"Friday, 20 November 2026, 11:12 PM",,-,` + comment("4/4", "8/8") + "\n"},
		{`Graded",42.00,100.00`, `Graded",75.00,100.00`}, // what was written to Juan stays
		{`Submitted for grading - ",,100.00,Yes,"Friday, 20 November 2026, 9:12 PM",,-,` + "\n", `Submitted for grading - ",33.33,100.00,Yes,"Friday, 20 November 2026, 9:12 PM",,-,` + comment("4/4", "does not compile") + "\n"},
		{`Submitted for grading - ",,100.00,Yes,"Friday, 20 November 2026, 9:13 PM",,-,` + "\n", `Submitted for grading - ",25.00,100.00,Yes,"Friday, 20 November 2026, 9:13 PM",,-,` + comment("refused", "3/8") + "\n"},
		{`noor@example.edu,"No submission",,100.00,Yes,-,,-,`, `noor@example.edu,"No submission",0.00,100.00,Yes,-,,-,` + comment("not submitted", "not submitted")},
	} {
		require.Equal(t, 1, strings.Count(want, r.from), r.from)
		want = strings.Replace(want, r.from, r.to, 1)
	}
	assert.Equal(t, want, string(out.Data))
}

func TestMoodleInSpanish(t *testing.T) {
	out, err := Moodle(class(t, "es"), "testdata/moodle-es.csv")
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(out.Data, []byte("\xef\xbb\xbfIdentificador,")), "the byte order mark")
	lines := changed(t, "moodle-es.csv", out.Data)
	assert.Len(t, lines, 5)
	assert.Contains(t, out.Notes, "se deja como está, no se pudo calificar (16-hub): Zoë O'Connor (Participante4717)")
	for from, to := range lines {
		assert.True(t, strings.HasSuffix(to, "\r\n"))
		if strings.Contains(from, "Juan") {
			assert.Equal(t, strings.Replace(from, `"8,40"`, `"15,00"`, 1), to)
		}
		if strings.Contains(from, "da Silva") {
			assert.Contains(t, to, `"Enviado para calificar - ","6,67","20,00",Sí,`)
			assert.Contains(t, to, "Un hub: no compila")
		}
	}
	_, err = csv.NewReader(bytes.NewReader(out.Data[3:])).ReadAll()
	assert.NoError(t, err)
}

// Excel in Spanish writes semicolons, and not in UTF-8. Work that crashed is graded: it earns nothing.
func TestMoodleAfterExcel(t *testing.T) {
	b := class(t, "es")
	b.Students[zoe].Lessons[1].Status = verdict.Crashed
	out, err := Moodle(b, "testdata/moodle-es-excel.csv")
	require.NoError(t, err)
	text, err := charmap.Windows1252.NewDecoder().Bytes(out.Data)
	require.NoError(t, err)
	assert.Contains(t, string(text), "Participante4717;Zoë O'Connor;Enviado para calificar - ;0,00;20,00;Sí;viernes, 20 de noviembre de 2026, 21:14;-;<ul>")
	assert.Contains(t, string(text), "Calificado;15,00;20,00;")
	assert.Contains(t, string(text), "<li>Un primer flujo de eventos: se cayó</li>")
	assert.Len(t, changed(t, "moodle-es-excel.csv", out.Data), 3)
	assert.Len(t, out.Notes, 3)
}

// A row whose grade cannot be changed keeps every byte, whatever language says so.
func TestMoodleLeavesWhatIsLocked(t *testing.T) {
	for lang, head := range map[string]string{
		"en": "Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade)",
		"es": "Identificador,Nombre completo,Estado,Calificación,Calificación máxima,La calificación puede ser cambiada,Última modificación (calificación)",
		"fr": "Identifiant,Nom complet,Statut,Note,Note maximale,La note peut être modifiée,Dernière modification (note)",
		"de": "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,Zuletzt geändert (Bewertung)",
	} {
		no := map[string]string{"en": "No", "es": "No", "fr": "Non", "de": "Nein"}[lang]
		name := filepath.Join(t.TempDir(), "sheet.csv")
		text := head + "\nParticipant 4711,Ana García López,x,7.50,10.00,y,-\nParticipant 4712,Juan Pérez Soto,x,7.5,10.00,y,-\nParticipant 4713,Beatriz da Silva,x,9.00,10.00," + no + ",-\n"
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		out, err := Moodle(class(t, "en"), name)
		require.NoError(t, err, lang)
		assert.Equal(t, strings.Replace(strings.Replace(text, "x,7.50,", "x,10.00,", 1), "x,7.5,", "x,7.50,", 1), string(out.Data), lang)
		assert.Equal(t, []int{3, 1, 1}, []int{out.Count, out.Left, out.Replaced}, "the same in other digits is no other grade")
		assert.Contains(t, strings.Join(out.Notes, "\n"), ": "+no+": Beatriz da Silva (Participant 4713)")
	}
}

func TestMoodleBlindAndInOtherLanguages(t *testing.T) {
	out, err := Moodle(class(t, "en"), "testdata/moodle-de-blind.csv")
	require.NoError(t, err)
	assert.Equal(t, 2, out.Count)
	assert.Contains(t, string(out.Data), `Teilnehmer/in4711,"Zur Bewertung abgegeben - ","10,00","10,00",Ja`)
	assert.Contains(t, out.Notes, "in moodle-de-blind.csv, but not in the class: Teilnehmer/in4719")

	for _, head := range []string{
		`Identifikator,Status,Bewertung,"Bestmögliche Bewertung","Bewertung kann geändert werden","Zuletzt geändert (Bewertung)"`,
		`Kennung,Status,Bewertung,"Bestmögliche Bewertung","Bewertung kann geändert werden","Zuletzt geändert (Bewertung)"`,
		`Tunniste,Tila,Arvosana,"Paras arvosana","Arvosanan voi muuttaa","Viimeksi muokattu (arvosana)"`,
	} {
		name := filepath.Join(t.TempDir(), "blind.csv")
		rows := "\n\"Teilnehmer/in 4711\",\"Zur Bewertung abgegeben\",%s,\"10,00\",Ja,-\n\"Teilnehmer/in 4715\",\"Zur Bewertung abgegeben\",%s,\"10,00\",Ja,-\n"
		require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, head+rows, "", ""), 0o600))
		out, err = Moodle(class(t, "en"), name)
		require.NoError(t, err, head)
		assert.Equal(t, fmt.Sprintf(head+rows, `"10,00"`, `"2,50"`), string(out.Data))
	}

	out, err = Moodle(class(t, "en"), "testdata/moodle-unknown.csv") // Basque: no header is known
	require.NoError(t, err)
	assert.Equal(t, 2, out.Count)
	assert.Contains(t, string(out.Data), `bsilva@example.edu,"Kalifikatzeko bidalita - ",3.33,10.00,Bai`)
}

// A team hands in once; its score is that of everybody in it. The number of its folder is the team's, not a participant's.
func TestMoodleTeams(t *testing.T) {
	b := class(t, "en")
	b.Students[ana].LMS.Name = "Team Ñandú"
	name := filepath.Join(t.TempDir(), "teams.csv")
	text := "Identifier,\"Full name\",Status,Group,Grade,\"Maximum grade\",\"Last modified (grade)\"\n" +
		"Participant 4711,Xu Li,,\"Team B\",,10.00,-\nParticipant 12,Walter Ortiz,,\"Team Ñandú\",,10.00,-\nParticipant 13,Eva Paz,,\"Team Ñandú\",,10.00,-\n"
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	out, err := Moodle(b, name)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(text, "\"Team Ñandú\",,", "\"Team Ñandú\",10.00,"), string(out.Data))
	assert.Contains(t, out.Notes, "in teams.csv, but not in the class: Xu Li (Participant 4711)")
	assert.Len(t, out.rows, 2, "each has feedback")
}

func TestMoodleSaysWhatIsWrong(t *testing.T) {
	head := "Identifier,\"Full name\",Grade,\"Maximum grade\",\"Last modified (grade)\"\n"
	for what, c := range map[string]struct{ text, hint string }{
		"is empty":                          {"", "as it was downloaded"},
		"no column of identifiers":          {"Student,Score\nana,3\n", "Download grading worksheet"},
		"grades with a scale":               {"Identifier,\"Full name\",Grade,Scale\nParticipant 1,Ana,,Good\n", `"Point"`},
		"no columns for the grade":          {"Identifier,\"Full name\",Punto\nParticipant 1,Ana,x\n", "as it was downloaded"},
		"sheet.csv:3 has 2 cells":           {head + "Participant 4711,Ana García López,,10.00,-\nParticipant 4712,\"Juan\n", "quotes"},
		"nobody of the class is in":         {head + "Participant 1,Somebody Else,,10.00,-\n", "another course's"},
		`may be any of "Noor De Vries (Par`: {head + "Participant 1,Noor De Vries,,10.00,-\nParticipant 2,Noor de Vries,,10.00,-\n", "name the submission's folder"},
		"no CSV file in UTF-8":              {"\xff\xfeI\x00", "CSV UTF-8"},
	} {
		name := filepath.Join(t.TempDir(), "sheet.csv")
		require.NoError(t, os.WriteFile(name, []byte(c.text), 0o600))
		_, err := Moodle(class(t, "en"), name)
		var told *course.Error
		require.ErrorAs(t, err, &told, what)
		assert.Contains(t, told.Text, what)
		assert.Contains(t, told.Tip, c.hint, what)
	}
}

// The rules of Moodle's importer (mod/assign/feedback/file/importziplib.php): a part of the path splits at "_" into
// at most five, the second is the number, the next two a plugin; before 4.1 there had to be five.
func moodleReads(path string) (number, file string, ok bool) {
	parts := strings.Split(path, "/")
	if base := parts[len(parts)-1]; strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~") {
		return "", "", false
	}
	for i, part := range parts {
		info := strings.SplitN(part, "_", 5)
		if len(info) == 5 && regexp.MustCompile(`^\d+$`).MatchString(info[1]) && info[2] == "assignsubmission" && info[3] == "file" {
			return info[1], info[4] + strings.Join(parts[i+1:], "/"), true
		}
	}
	return "", "", false
}

func TestMoodleFeedbackHasTheNamesThatMoodleReads(t *testing.T) {
	b := class(t, "es")
	b.Dir = t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(b.Dir, "students"), 0o700))
	for _, n := range b.Names {
		require.NoError(t, os.WriteFile(filepath.Join(b.Dir, "students", n+".html"), []byte(`<p class="back"><a href="../index.html">← x</a></p>`+n), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(b.Dir, "students", n+".md"), []byte(n), 0o600))
	}
	filled, err := Moodle(b, "testdata/moodle-es.csv")
	require.NoError(t, err)
	for _, c := range []struct {
		from *Filled
		want []string
	}{
		{filled, []string{"4711", "4712", "4713", "4715", "4716", "4717"}},
		{nil, []string{"4711", "4715"}}, // the numbers that came with the submissions
	} {
		var out bytes.Buffer
		n, err := MoodleFeedback(&out, b, c.from)
		require.NoError(t, err)
		assert.Equal(t, len(c.want), n)
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		require.NoError(t, err)
		numbers := map[string][]string{}
		for _, f := range z.File {
			number, file, ok := moodleReads(f.Name)
			require.True(t, ok, f.Name)
			assert.NotRegexp(t, `[\x00-\x1f<>"|\\:*?\x{202e}]`, f.Name)
			assert.WithinDuration(t, b.Graded, f.Modified, 2*time.Second)
			numbers[number] = append(numbers[number], file)
			r, err := f.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "index.html", "a link that leads nowhere")
			if number == "4711" {
				assert.Equal(t, "Ana García López_4711_assignsubmission_file_/feedback."+file[len("feedback."):], f.Name)
				assert.Equal(t, b.Names[1], string(text), "the page of somebody else")
			}
		}
		for _, number := range c.want {
			assert.Equal(t, []string{"feedback.html", "feedback.md"}, numbers[number])
		}
	}

	require.NoError(t, os.Remove(filepath.Join(b.Dir, "students", b.Names[0]+".md")))
	_, err = MoodleFeedback(io.Discard, b, filled)
	assert.ErrorContains(t, err, "is not there")
}
