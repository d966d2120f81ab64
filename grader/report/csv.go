package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// WriteCSV writes the gradebook: a line for each student, a column for each lesson, the total and what could
// have been earned. A lesson that was not graded counts 0; why it was not stands in the other reports.
func WriteCSV(w io.Writer, r Report) error {
	out := csv.NewWriter(w)
	head := []string{"student"}
	for _, l := range r.Lessons {
		head = append(head, l.ID)
	}
	if err := out.Write(append(head, "total", "points")); err != nil {
		return err
	}
	for _, s := range r.Students {
		line := []string{GuardFormula(s.ID)}
		for _, l := range s.Lessons {
			line = append(line, strconv.Itoa(l.Score))
		}
		if err := out.Write(append(line, strconv.Itoa(s.Score), strconv.Itoa(s.Points))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// GuardFormula keeps a spreadsheet from running a student's name.
func GuardFormula(name string) string {
	if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return "'" + name
	}
	return name
}
