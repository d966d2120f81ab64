package export

import (
	"fmt"
	"html"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/intake/roster"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// A Filled is a file that was downloaded, filled with a class's scores.
type Filled struct {
	Data     []byte
	Count    int      // rows of the class's students
	Left     int      // of these, the ones that keep the grade that they had
	Replaced int      // of these, the ones that had another grade
	Notes    []string // who was left over, what was left as it was; a sentence each
	rows     []moodleRow
}

// grade puts a grade into a table, and counts whether it takes another one's place.
func (f *Filled) grade(t *table, row, column int, grade string) {
	had, _, ok := number(t.rows[row].cells[column].text)
	if is, _, _ := number(grade); ok && had != is {
		f.Replaced++
	}
	t.set(row, column, grade)
}

// leave notes that somebody's row stays what it was.
func (f *Filled) leave(who person, why, lang string) {
	text := lessons.Text{EN: "left as it is, %s: %s", ES: "se deja como está, %s: %s"}.In(lang)
	f.Left++
	f.Notes = append(f.Notes, fmt.Sprintf(text, why, report.Visible(who.shown, false)))
}

// A moodleRow is what a feedback zip needs to know of a row: whose it is.
type moodleRow struct {
	student int // position in the batch
	name    string
	number  string
}

// The headers of Moodle's grading worksheet are in the instructor's language. These are the ones of English, Spanish,
// Catalan, Galician, Portuguese, French, German and Italian (strings recordid, fullname, status, grade, maxgrade, team and
// scale of its language packs), in lower case; a worksheet in another one is understood by its values.
func moodleHeaders() map[string][]string {
	return map[string][]string{
		"id":    {"identifier", "identifikator", "identificador", "identifiant", "id", "identificativo"},
		"name":  {"full name", "nombre completo", "nombre completo del usuario", "nom complet", "nome completo", "nome", "vollständiger name"},
		"grade": {"grade", "calificación", "qualificació", "cualificación", "nota", "note", "bewertung", "valutazione", "classificação", "avaliação"},
		"most": {
			"maximum grade", "calificación máxima", "qualificació màxima", "nota máxima", "puntuación máxima", "cualificación máxima", "note maximale", "maximale bewertung",
			"bestwertung", "beste bewertung", "bestmögliche bewertung", "voto massimo", "valutazione massima", "avaliação máxima", "classificação máxima",
		},
		"team":  {"group", "team", "grupo", "equipo", "grup", "equip", "gruppe", "groupe", "gruppo"},
		"state": {"status", "estado", "estat", "statut", "stato"},
		"scale": {"scale", "escala", "barème", "skala", "bewertungsskala", "scala"},
	}
}

// comments matches the header of the feedback that is written into a worksheet.
var comments = regexp.MustCompile(`(?i)feedback|comentari|comentários|retroa|rückmeldung|commento`)

// locks matches the header of the column that says whether a grade can be changed, and locked what it says if not.
var (
	locks  = regexp.MustCompile(`(?i)can be changed|(puede|pode) ser |se puede |(es pot|pódese) |peut être |kann geändert|può essere `)
	locked = regexp.MustCompile(`(?i)^(no|non|nein|não)$`)
)

func isParticipant(id string) bool {
	_, number := roster.Participant(id)
	return number != ""
}

// moodleColumns are the columns of a worksheet by position; name, team, lock and feedback may be -1.
type moodleColumns struct{ id, name, team, grade, most, lock, feedback int }

// Moodle fills the grading worksheet of an assignment: the grade, scaled to its maximum, and where the worksheet has a
// column for it and nobody has written there, a comment with the score of each lesson. The row of whoever has work that
// could not be graded stays as it is, and so does one whose grade cannot be changed. The error is a [*course.Error]
// where there is something to do about it.
func Moodle(b *Batch, worksheet string) (*Filled, error) {
	t, err := readTable(worksheet)
	if err != nil {
		return nil, err
	}
	cols, err := findMoodle(t)
	if err != nil {
		return nil, err
	}
	var people []person
	var lines []int
	for i, r := range t.rows[1:] {
		if r.empty() {
			continue
		}
		people = append(people, moodlePerson(r, cols))
		lines = append(lines, i+1)
	}
	students := b.people(verdict.Moodle)
	rowOf, err := match(students, people)
	if err != nil {
		return nil, err
	}
	file, owner := filepath.Base(worksheet), owners(students, people, rowOf)
	out := &Filled{Notes: unmatched(students, people, owner, file, b.Lang)}
	for j, i := range owner {
		if i < 0 {
			continue
		}
		s, row, who := b.Students[i], lines[j], people[j]
		out.Count++
		out.rows = append(out.rows, moodleRow{student: i, name: who.name, number: who.number})
		if cols.lock >= 0 && locked.MatchString(strings.TrimSpace(t.rows[row].cells[cols.lock].text)) {
			out.leave(who, t.header()[cols.lock]+": "+strings.TrimSpace(t.rows[row].cells[cols.lock].text), b.Lang)
			continue
		}
		if why := b.ungraded(i); why != "" {
			out.leave(who, why, b.Lang)
			continue
		}
		most, decimal, ok := number(t.rows[row].cells[cols.most].text)
		if !ok || most <= 0 {
			return nil, &course.Error{
				Text: fmt.Sprintf("%s: the maximum grade of %s is %q", file, who.shown, t.rows[row].cells[cols.most].text),
				Tip:  "give the worksheet as it was downloaded, of an assignment that is graded with points",
				ES:   course.Spanish{Text: fmt.Sprintf("%s: la calificación máxima de %s es %q", file, who.shown, t.rows[row].cells[cols.most].text), Tip: "da la hoja tal como se descargó, de una tarea que se califica con puntos"},
			}
		}
		out.grade(t, row, cols.grade, scaled(s, most, decimal))
		if cols.feedback >= 0 && strings.TrimSpace(t.rows[row].cells[cols.feedback].text) == "" {
			t.set(row, cols.feedback, moodleComment(b, s))
		}
	}
	if out.Count == 0 {
		return nil, nobody(file, out.Notes)
	}
	out.Data = t.bytes()
	return out, nil
}

// nobody is the error for a file that has nobody of the class in it.
func nobody(file string, notes []string) error {
	return &course.Error{
		Text: fmt.Sprintf("nobody of the class is in %s: %s", file, strings.Join(notes[:min(2, len(notes))], "; ")),
		Tip:  "name the submissions by full name, e-mail, login or student number, whichever the file has; or is it another course's?",
		ES:   course.Spanish{Text: fmt.Sprintf("nadie de la clase está en %s: %s", file, strings.Join(notes[:min(2, len(notes))], "; ")), Tip: "llama a las entregas por nombre completo, correo, usuario o número de estudiante, lo que tenga el archivo; ¿o es de otro curso?"},
	}
}

// moodleComment says what each lesson earned, in HTML, which is what Moodle takes it for. Nothing in it is a student's.
func moodleComment(b *Batch, s report.Student) string {
	var parts []string
	for j, l := range s.Lessons {
		text := fmt.Sprintf("%d/%d", l.Score, l.Points)
		if l.Status != verdict.Graded {
			text = report.StatusText(l.Status, b.Lang)
		}
		parts = append(parts, "<li>"+html.EscapeString(report.Visible(b.Lessons[j].Title, false)+": "+text)+"</li>")
	}
	all := "<ul>" + strings.Join(parts, "") + "</ul>"
	if late := report.PlainLate(s, b.Lang); late != "" {
		all += "<p>" + html.EscapeString(late) + "</p>"
	}
	return all
}

// findMoodle finds the columns of a worksheet, by header and, where the language is another one, by value.
func findMoodle(t *table) (moodleColumns, error) {
	known := moodleHeaders()
	find := func(what string) int {
		return slices.IndexFunc(t.header(), func(h string) bool { return slices.Contains(known[what], strings.ToLower(h)) })
	}
	c := moodleColumns{id: find("id"), name: find("name"), team: find("team"), grade: find("grade"), most: find("most"), lock: -1, feedback: -1}
	if c.id < 0 || !t.column(c.id, isParticipant) {
		c.id = slices.IndexFunc(t.header(), func(h string) bool {
			return t.column(slices.Index(t.header(), h), isParticipant)
		})
	}
	if c.id < 0 {
		return c, &course.Error{
			Text: fmt.Sprintf(`%s has no column of identifiers like "Participant 123"`, t.name),
			Tip:  `download it anew: in the assignment, "Download grading worksheet", after "Offline grading worksheet" was turned on in its settings`,
			ES:   course.Spanish{Text: fmt.Sprintf(`%s no tiene una columna de identificadores como "Participante 123"`, t.name), Tip: `descárgala de nuevo: en la tarea, "Descargar hoja de calificaciones", después de activar "Hoja de calificaciones sin conexión" en su configuración`},
		}
	}
	if find("scale") >= 0 && c.most < 0 {
		return c, &course.Error{
			Text: t.name + " grades with a scale, not with points",
			Tip:  `set the assignment's grade to "Point" and download the worksheet again`,
			ES:   course.Spanish{Text: t.name + " califica con una escala y no con puntos", Tip: `pon la calificación de la tarea en "Puntuación" y descarga otra vez la hoja`},
		}
	}
	if c.most < 0 { // the last column with the same number in every row; the grade stands before it
		for i := c.id + 2; i < len(t.header()); i++ {
			if n, _, ok := number(t.same(i)); ok && n > 0 {
				c.most = i
			}
		}
	}
	if c.grade < 0 && c.most > c.id+1 {
		c.grade = c.most - 1
	}
	if c.grade < 0 || c.most < 0 {
		return c, &course.Error{
			Text: fmt.Sprintf("%s has no columns for the grade and the maximum grade: %s", t.name, strings.Join(t.header(), ", ")),
			Tip:  "give Moodle's grading worksheet as it was downloaded",
			ES:   course.Spanish{Text: fmt.Sprintf("%s no tiene columnas para la calificación y la calificación máxima: %s", t.name, strings.Join(t.header(), ", ")), Tip: "da la hoja de calificaciones de Moodle tal como se descargó"},
		}
	}
	for i := c.most + 1; i < len(t.header()); i++ {
		if c.lock < 0 && locks.MatchString(t.header()[i]) {
			c.lock = i
		}
		if comments.MatchString(t.header()[i]) {
			c.feedback = i
		}
	}
	// In a language that is known the names have no other header. Before the grade stand the name and the status, or the
	// status alone: the names are hidden then.
	next := c.id + 1
	if c.name < 0 && !slices.Contains(known["id"], strings.ToLower(t.header()[c.id])) &&
		c.grade > next+1 && !slices.Contains(known["state"], strings.ToLower(t.header()[next])) {
		c.name = next
	}
	return c, nil
}

// column reports whether every row that has something in column i has what ok wants, and one has.
func (t *table) column(i int, ok func(string) bool) bool {
	seen := false
	for _, r := range t.rows[1:] {
		if r.empty() || strings.TrimSpace(r.cells[i].text) == "" {
			continue
		}
		if !ok(strings.TrimSpace(r.cells[i].text)) {
			return false
		}
		seen = true
	}
	return seen
}

// same is what every row has in column i, or "" where they differ.
func (t *table) same(i int) string {
	var all []string
	for _, r := range t.rows[1:] {
		if !r.empty() {
			all = append(all, strings.TrimSpace(r.cells[i].text))
		}
	}
	if all = slices.Compact(all); len(all) != 1 {
		return ""
	}
	return all[0]
}

// moodlePerson is whom a row is about. Everything before the grade that is neither identifier nor name may be what
// the site shows of its users: an e-mail address, a login, a number.
func moodlePerson(r record, c moodleColumns) person {
	id := strings.TrimSpace(r.cells[c.id].text)
	p := person{shown: id}
	_, p.number = roster.Participant(id)
	if c.name >= 0 {
		p.name = strings.TrimSpace(r.cells[c.name].text)
		p.shown = fmt.Sprintf("%s (%s)", p.name, id)
	}
	if c.team >= 0 {
		p.team = strings.TrimSpace(r.cells[c.team].text)
	}
	for i := c.id + 1; i < c.grade; i++ {
		if i != c.name && i != c.team {
			p.logins = append(p.logins, strings.TrimSpace(r.cells[i].text))
		}
	}
	return p
}

// number reads "100", "100.00" or "100,00", and says which mark stands before the decimals.
func number(text string) (n float64, decimal byte, ok bool) {
	text = strings.TrimSpace(text)
	decimal = '.'
	if strings.Contains(text, ",") && !strings.Contains(text, ".") {
		decimal = ','
		text = strings.Replace(text, ",", ".", 1)
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, decimal, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}
