package report

import (
	"encoding/csv"
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
	out := csv.NewWriter(w)
	head := []string{"student"}
	for _, l := range r.Lessons {
		head = append(head, l.ID)
	}
	head = append(head, "total", "points")
	due := slices.ContainsFunc(r.Students, func(s Student) bool { return s.Late != nil })
	if due {
		head = append(head, "late_days", "penalty", "final")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, s := range r.Students {
		line := []string{GuardFormula(s.ID)}
		for _, l := range s.Lessons {
			line = append(line, strconv.Itoa(l.Score))
		}
		line = append(line, strconv.Itoa(s.Score), strconv.Itoa(s.Points))
		if due {
			line = append(line, lateCells(s)...)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
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
