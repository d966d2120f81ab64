package export

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

// canvasColumns are the columns of a gradebook by position; what it does not have is -1.
type canvasColumns struct {
	names  []int // "Student", or "FirstName" and "LastName"
	id     int
	logins []int
	score  int
}

// titled matches the title of an assignment as Canvas writes it: its name and its number.
var titled = regexp.MustCompile(`^(.*) \((\d+)\)$`)

// posting matches a cell of the line about assignments that are not posted.
var posting = regexp.MustCompile(`(?i)^\s*(muted|manual posting.*)?\s*$`)

// Canvas fills the column of an assignment in a gradebook that Canvas exported, scaled to its "Points Possible". The
// assignment is named by its whole title "Name (123)", by the name or by the number alone. Who is excused (EX), does not
// have the assignment (N/A) or has work that could not be graded keeps the cell as it is. The error is a [*course.Error]
// where there is something to do about it.
func Canvas(b *Batch, gradebook, assignment string) (*Filled, error) {
	t, err := readTable(gradebook)
	if err != nil {
		return nil, err
	}
	cols, err := findCanvas(t, assignment)
	if err != nil {
		return nil, err
	}
	file := filepath.Base(gradebook)
	points, err := pointsPossible(t, cols)
	if err != nil {
		return nil, err
	}
	most, decimal, _ := number(t.rows[points].cells[cols.score].text)
	var people []person
	var lines []int
	for i, r := range t.rows {
		if i > points && !r.empty() && !notAStudent(r) {
			people = append(people, canvasPerson(r, cols))
			lines = append(lines, i)
		}
	}
	students := b.people(verdict.Canvas)
	rowOf, err := match(students, people)
	if err != nil {
		return nil, err
	}
	owner := owners(students, people, rowOf)
	out := &Filled{Notes: unmatched(students, people, owner, file, b.Lang)}
	for j, i := range owner {
		if i < 0 {
			continue
		}
		row := lines[j]
		out.Count++
		if was := strings.TrimSpace(t.rows[row].cells[cols.score].text); strings.EqualFold(was, "EX") || was == "N/A" {
			out.leave(people[j], was, b.Lang)
			continue
		}
		if why := b.ungraded(i); why != "" {
			out.leave(people[j], why, b.Lang)
			continue
		}
		out.grade(t, row, cols.score, scaled(b.Students[i], most, decimal))
	}
	if out.Count == 0 {
		return nil, nobody(file, out.Notes)
	}
	out.Data = t.bytes()
	return out, nil
}

func findCanvas(t *table, assignment string) (canvasColumns, error) {
	c := canvasColumns{id: -1, score: -1}
	titles := []string{}
	var found []int
	for i, h := range t.header() {
		switch h {
		case "Student", "FirstName":
			c.names = append(c.names, i)
		case "LastName":
			c.names = slices.Insert(c.names, 0, i)
		case "ID":
			c.id = i
		case "SIS User ID", "SIS Login ID", "Integration ID":
			c.logins = append(c.logins, i)
		}
		if m := titled.FindStringSubmatch(h); m != nil {
			titles = append(titles, fmt.Sprintf("%q", h))
			if slices.Contains([]string{h, m[1], m[2]}, strings.TrimSpace(assignment)) {
				found = append(found, i)
			}
		}
	}
	if len(c.names) == 0 || c.id < 0 || !slices.Contains(t.header(), "Section") {
		return c, &course.Error{
			Text: t.name + " is no gradebook of Canvas: it lacks Student, ID or Section",
			Tip:  `export it in Canvas in English: Grades, "Export Entire Gradebook"`,
			ES:   course.Spanish{Text: t.name + " no es un libro de calificaciones de Canvas: le falta Student, ID o Section", Tip: `expórtalo desde Canvas en inglés: Grades, "Export Entire Gradebook"`},
		}
	}
	all := strings.Join(titles, ", ")
	switch len(found) {
	case 1:
		c.score = found[0]
		return c, nil
	case 0:
		return c, &course.Error{
			Text: fmt.Sprintf("no assignment %q in %s", assignment, t.name),
			Tip:  "there is " + all + "; a new one appears when it is published and exported again",
			ES:   course.Spanish{Text: fmt.Sprintf("no hay ninguna tarea %q en %s", assignment, t.name), Tip: "hay " + all + "; una nueva aparece cuando se publica y se exporta otra vez"},
		}
	}
	return c, &course.Error{
		Text: fmt.Sprintf("%d assignments of %s are called %q", len(found), t.name, assignment),
		Tip:  "name it with its number: " + all,
		ES:   course.Spanish{Text: fmt.Sprintf("%d tareas de %s se llaman %q", len(found), t.name, assignment), Tip: "nómbrala con su número: " + all},
	}
}

// pointsPossible finds the line that says what an assignment is worth.
func pointsPossible(t *table, c canvasColumns) (int, error) {
	for i, r := range t.rows[1:] {
		if !strings.Contains(r.cells[0].text, "Points Possible") {
			continue
		}
		if n, _, ok := number(r.cells[c.score].text); !ok || n <= 0 {
			return 0, &course.Error{
				Text: fmt.Sprintf("%s: points possible are %q", t.header()[c.score], r.cells[c.score].text),
				Tip:  "give the assignment points in Canvas and export the gradebook again",
				ES:   course.Spanish{Text: fmt.Sprintf("%s: los puntos posibles son %q", t.header()[c.score], r.cells[c.score].text), Tip: "dale puntos a la tarea en Canvas y exporta otra vez el libro de calificaciones"},
			}
		}
		return i + 1, nil
	}
	return 0, &course.Error{
		Text: t.name + ` has no line "Points Possible"`,
		Tip:  "give the gradebook as Canvas exported it",
		ES:   course.Spanish{Text: t.name + ` no tiene la línea "Points Possible"`, Tip: "da el libro de calificaciones tal como lo exportó Canvas"},
	}
}

// notAStudent reports whether a line is about assignments, or about the student that Canvas makes up for trying out.
func notAStudent(r record) bool {
	return strings.TrimSpace(r.cells[0].text) == "Student, Test" ||
		!slices.ContainsFunc(r.cells, func(c cell) bool { return !posting.MatchString(c.text) })
}

func canvasPerson(r record, c canvasColumns) person {
	text := func(i int) string { return strings.TrimSpace(r.cells[i].text) }
	p := person{number: text(c.id)}
	for _, i := range c.names {
		p.name = strings.TrimSpace(p.name + " " + text(i))
	}
	for _, i := range append([]int{c.id}, c.logins...) {
		p.logins = append(p.logins, text(i))
	}
	p.shown = fmt.Sprintf("%s (%s)", p.name, p.number)
	return p
}
