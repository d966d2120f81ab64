package export

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Markdown writes the class as a table: a line for each student, a column for each lesson, and the total after lateness.
func Markdown(w io.Writer, b *Batch) error {
	in := func(en, es string) string { return lessons.Text{EN: en, ES: es}.In(b.Lang) }
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n", in("Scores of the class", "Puntajes de la clase"))
	for _, note := range slices.Concat(b.Head, b.About) {
		fmt.Fprintf(&text, "\n> %s\n", report.Inline(note))
	}
	head, rule := "| "+in("Student", "Estudiante"), "| ---"
	points := "| " + in("*to earn*", "*por ganar*")
	for _, l := range b.Lessons {
		head += " | " + report.Inline(l.ID)
		rule += " | ---:"
		points += fmt.Sprintf(" | %d", l.Points)
	}
	fmt.Fprintf(&text, "\n%s | %s |\n%s | ---: |\n", head, in("Total", "Total"), rule)
	for _, s := range b.Students {
		fmt.Fprintf(&text, "| %s", report.Inline(s.ID))
		for _, l := range s.Lessons {
			cell := fmt.Sprint(l.Score)
			if l.Status != verdict.Graded {
				cell = report.StatusText(l.Status, b.Lang)
			}
			fmt.Fprintf(&text, " | %s", cell)
		}
		fmt.Fprintf(&text, " | **%s** |\n", strconv.FormatFloat(s.Final(), 'f', -1, 64))
	}
	total := 0
	for _, l := range b.Lessons {
		total += l.Points
	}
	fmt.Fprintf(&text, "%s | %d |\n", points, total)
	_, err := io.WriteString(w, text.String())
	return err
}
