package export

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/report"
)

// A person is what is known of a student, or of a row, to tell whose row is whose.
type person struct {
	shown  string   // for people
	number string   // the system's own, or ""
	name   string   // full name, or ""
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
	rowOf := make([]int, len(students))
	for i := range rowOf {
		rowOf[i] = -1
	}
	taken := make([]bool, len(rows))
	var unclear []clash
	for _, keys := range rules() {
		here, there := map[string][]int{}, map[string][]int{}
		for i, s := range students {
			if rowOf[i] < 0 {
				collect(here, i, keys(s))
			}
		}
		for i, r := range rows {
			if !taken[i] {
				collect(there, i, keys(r))
			}
		}
		for key, who := range here {
			found := there[key]
			switch {
			case len(who) == 1 && len(found) == 1 && rowOf[who[0]] < 0 && !taken[found[0]]:
				rowOf[who[0]], taken[found[0]] = found[0], true
			case len(found) > 0:
				unclear = append(unclear, clash{who, found})
			}
		}
	}
	for _, c := range unclear {
		if err := c.err(students, rows, rowOf, taken); err != nil {
			return nil, err
		}
	}
	return rowOf, nil
}

func collect(by map[string][]int, i int, keys []string) {
	for _, k := range keys {
		if k != "" && !slices.Contains(by[k], i) {
			by[k] = append(by[k], i)
		}
	}
}

// A clash is students and rows that a rule takes for one person.
type clash struct{ students, rows []int }

// err is what is left of a clash when every rule has had its turn.
func (c clash) err(students, rows []person, rowOf []int, taken []bool) error {
	var here, there []string
	for _, i := range c.students {
		if rowOf[i] < 0 {
			here = append(here, fmt.Sprintf("%q", students[i].shown))
		}
	}
	for _, i := range c.rows {
		if !taken[i] {
			there = append(there, fmt.Sprintf("%q", rows[i].shown))
		}
	}
	if len(here) == 0 || len(there) == 0 {
		return nil
	}
	return &course.Error{
		Text: fmt.Sprintf("of the class %s may be any of %s in the file", strings.Join(here, ", "), strings.Join(there, ", ")),
		Tip:  "name the submission's folder by login, e-mail or student number, whichever the file has, and grade again",
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

// unmatched lists who was left over on either side.
func unmatched(students, rows []person, rowOf []int, file string) []string {
	var all []string
	for i, s := range students {
		if rowOf[i] < 0 {
			all = append(all, fmt.Sprintf("in the class, but not in %s: %s", file, report.Visible(s.shown, false)))
		}
	}
	for i, r := range rows {
		if !slices.Contains(rowOf, i) {
			all = append(all, fmt.Sprintf("in %s, but not in the class: %s", file, report.Visible(r.shown, false)))
		}
	}
	return all
}
