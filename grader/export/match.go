package export

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/lessons"
)

// A person is what is known of a student, or of a row, to tell whose row is whose.
type person struct {
	shown  string   // for people
	number string   // the system's own, or ""
	name   string   // full name, or ""; a team's, for its submission
	called string   // by the system that has the number, or ""
	team   string   // whom a row's person works with, or ""
	logins []string // e-mail, login, student number
}

// rules are what two people are compared by, the surest first. Two people are one if they share a key.
func rules() []func(person) []string {
	return []func(person) []string{
		func(p person) []string { return []string{p.number} },
		func(p person) []string { return []string{folded(p.name)} },
		func(p person) []string { return []string{words(p.name)} },
		func(p person) []string {
			var all []string
			for _, l := range p.logins {
				local, _, _ := strings.Cut(l, "@")
				all = append(all, folded(l))
				if folded(local) != folded(l) {
					all = append(all, folded(local))
				}
			}
			return all
		},
	}
}

// match finds the row of each student: its position, or -1 where there is none. The error is a [*course.Error]
// about people whom no rule tells apart.
func match(students, rows []person) ([]int, error) {
	m := matching{students: students, rows: rows, names: map[string]bool{}, rowOf: make([]int, len(students)), taken: make([]bool, len(rows))}
	for _, r := range rows {
		m.names[words(r.name)] = true
	}
	for i := range m.rowOf {
		m.rowOf[i] = -1
	}
	for again := true; again; { // who was found may leave somebody else with one row to choose from
		again, m.unclear = false, nil
		for _, keys := range rules() {
			again = m.apply(keys) || again
		}
	}
	for _, c := range m.unclear {
		if err := m.err(c); err != nil {
			return nil, err
		}
	}
	return m.rowOf, nil
}

type matching struct {
	students, rows []person
	names          map[string]bool // of the rows, as words
	rowOf          []int           // -1 for a student without a row
	taken          []bool          // rows that are somebody's
	unclear        []clash
}

// A clash is a student and the rows that a rule takes for theirs: several, or one that may be somebody else's as well.
type clash struct {
	student int
	rows    []int
}

// apply finds rows by one rule, and reports whether it found any. It does not depend on the order of students or rows.
func (m *matching) apply(keys func(person) []string) bool {
	by := map[string][]int{}
	for j, r := range m.rows {
		for _, k := range keys(r) {
			if k != "" && !m.taken[j] {
				by[k] = append(by[k], j)
			}
		}
	}
	may, claimed := make([][]int, len(m.students)), map[int]int{}
	for i, s := range m.students {
		if m.rowOf[i] >= 0 {
			continue
		}
		for _, k := range keys(s) {
			for _, j := range by[k] {
				if !m.strangers(s, m.rows[j]) {
					may[i] = append(may[i], j)
				}
			}
		}
		slices.Sort(may[i])
		may[i] = slices.Compact(may[i])
		for _, j := range may[i] {
			claimed[j]++
		}
	}
	found := false
	for i, these := range may {
		switch {
		case len(these) == 1 && claimed[these[0]] == 1:
			m.rowOf[i], m.taken[these[0]], found = these[0], true, true
		case len(these) > 0:
			m.unclear = append(m.unclear, clash{i, these})
		}
	}
	return found
}

// strangers reports whether a student and a row have one number, but the name that the system calls the student by is
// another row's, or no word of it stands in this one: the number is then a team's, or that of another assignment.
func (m *matching) strangers(student, row person) bool {
	called := words(student.called)
	if student.number == "" || student.number != row.number || called == "" || row.name == "" || called == words(row.name) {
		return false
	}
	theirs := strings.Fields(words(row.shown))
	return m.names[called] ||
		!slices.ContainsFunc(strings.Fields(called), func(w string) bool { return slices.Contains(theirs, w) })
}

// owners turns the row of each student into the student of each row, -1 where there is none. The submission of a team
// is that of every row that is in the team.
func owners(students, rows []person, rowOf []int) []int {
	all := make([]int, len(rows))
	for j := range all {
		all[j] = slices.Index(rowOf, j)
		for i, s := range students {
			if all[j] < 0 && rowOf[i] < 0 && rows[j].team != "" && folded(s.name) == folded(rows[j].team) {
				all[j] = i
			}
		}
	}
	return all
}

// err is what is left of a clash when every rule has had its turn.
func (m *matching) err(c clash) error {
	var left []string
	for _, j := range c.rows {
		if !m.taken[j] {
			left = append(left, fmt.Sprintf("%q", report.Visible(m.rows[j].shown, false)))
		}
	}
	if m.rowOf[c.student] >= 0 || len(left) == 0 {
		return nil
	}
	who := report.Visible(m.students[c.student].shown, false)
	en := fmt.Sprintf("%q of the class may be any of %s in the file", who, strings.Join(left, ", "))
	es := fmt.Sprintf("%q de la clase puede ser cualquiera de %s en el archivo", who, strings.Join(left, ", "))
	if len(left) == 1 {
		en = fmt.Sprintf("%q of the class is not the only one who may be %s in the file", who, left[0])
		es = fmt.Sprintf("%q de la clase no es la única persona que puede ser %s en el archivo", who, left[0])
	}
	return &course.Error{
		Text: en,
		Tip:  "name the submission's folder by login, e-mail or student number, whichever the file has, and grade again",
		ES: course.Spanish{
			Text: es,
			Tip:  "llama a la carpeta de la entrega por usuario, correo o número de estudiante, lo que tenga el archivo, y califica de nuevo",
		},
	}
}

// folded is s without what upper case, spacing and the two spellings of an accent add.
func folded(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
}

// words is a name as the words it is made of, without accents and in alphabetical order: "García López, Ana" is
// "garcia-lopez-ana".
func words(name string) string {
	var plain strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			plain.WriteRune(r)
		case r == '\'' || r == '’': // O'Connor is oconnor
		default:
			plain.WriteByte(' ')
		}
	}
	all := strings.Fields(plain.String())
	slices.Sort(all)
	return strings.Join(all, " ")
}

// unmatched lists who was left over on either side, in lang.
func unmatched(students, rows []person, owner []int, file, lang string) []string {
	inClass := lessons.Text{EN: "in the class, but not in %s: %s", ES: "en la clase, pero no en %s: %s"}.In(lang)
	inFile := lessons.Text{EN: "in %s, but not in the class: %s", ES: "en %s, pero no en la clase: %s"}.In(lang)
	var all []string
	for i, s := range students {
		if !slices.Contains(owner, i) {
			all = append(all, fmt.Sprintf(inClass, file, report.Visible(s.shown, false)))
		}
	}
	for j, r := range rows {
		if owner[j] < 0 {
			all = append(all, fmt.Sprintf(inFile, file, report.Visible(r.shown, false)))
		}
	}
	return all
}
