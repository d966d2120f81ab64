package report

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wirelab/grader/verdict"
)

// WriteCSV writes the gradebook: a line for each student, a column for each lesson, the total and what could
// have been earned. A lesson that was not graded counts 0; why it was not stands in the other reports. Where a date
// was due, three columns follow: the days late, empty where nobody knows, the percentage taken off, and what is left.
func WriteCSV(w io.Writer, r Report) error {
	head := []string{"student"}
	for _, l := range r.Lessons {
		head = append(head, l.ID)
	}
	head = append(head, "total", "points")
	due := slices.ContainsFunc(r.Students, func(s Student) bool { return s.Late != nil })
	if due {
		head = append(head, "late_days", "penalty", "final")
	}
	lines := []string{strings.Join(head, ",")}
	for _, s := range r.Students {
		line := []string{quoted(GuardFormula(s.ID))}
		for _, l := range s.Lessons {
			line = append(line, strconv.Itoa(l.Score))
		}
		line = append(line, strconv.Itoa(s.Score), strconv.Itoa(s.Points))
		if due {
			line = append(line, lateCells(s)...)
		}
		lines = append(lines, strings.Join(line, ","))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// quoted is a name as a cell. What separates cells in other countries' spreadsheets may not do so within a name: what
// follows would be the beginning of a cell, which may be a formula.
func quoted(name string) string {
	if strings.ContainsAny(name, ",;\t\"\r\n") || strings.HasPrefix(name, " ") {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}

func lateCells(s Student) []string {
	days, penalty := "", 0
	if s.Late != nil {
		penalty = s.Late.Percent
		if s.Late.Source != verdict.Unknown {
			days = strconv.Itoa(s.Late.Days)
		}
	}
	return []string{days, strconv.Itoa(penalty), strconv.FormatFloat(s.Final(), 'f', -1, 64)}
}

// GuardFormula keeps a spreadsheet from running a student's name.
func GuardFormula(name string) string {
	if first, _ := utf8.DecodeRuneInString(name); name != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) { // wide ones count too
		return "'" + name
	}
	return name
}
