package report

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"wirelab/grader/verdict"
)

// Plain says in plain text, in lang ("en" or "es"), what is to say about a test that did not pass: what was expected
// and what came, what went over the wire, and the hint. It is empty for one that passed. Nothing in it hides or moves
// text; it has lines, so whoever puts it into HTML must keep them and escape the rest.
func Plain(t TestResult, lang string) string {
	w := wordsIn(lang)
	var parts []string
	if t.Status == verdict.NotRun {
		parts = append(parts, w.NotRunTests)
	}
	if text := Visible(strings.Trim(t.Message, "\n"), true); text != "" {
		parts = append(parts, text)
	}
	if all := rows(t.Transcript, w); len(all) > 0 && t.Status != verdict.Passed {
		parts = append(parts, fmt.Sprintf("%s (%s):\n%s", w.OnTheWire, w.Key, strings.TrimRight(wireTable(all, w), "\n")))
	}
	if t.Hint != "" {
		parts = append(parts, w.Hint+": "+Visible(t.Hint, false))
	}
	return strings.Join(parts, "\n\n")
}

// PlainLesson says in plain text what became of a lesson that was not graded, why, and what the student can do
// about it. It is empty for one that was.
func PlainLesson(l LessonResult, lang string) string {
	w := wordsIn(lang)
	if l.Status == verdict.Graded {
		return ""
	}
	text := w.Status[l.Status]
	if l.Message != "" {
		text += ": " + Visible(strings.Trim(l.Message, "\n"), true)
	}
	if next := w.nextStep(l); next != "" {
		text += "\n\n" + next
	}
	return text
}

// wireTable writes a transcript as a table of plain text.
func wireTable(all []row, w words) string {
	cells := [][]string{{w.Time, w.Conn, "", w.What, w.Length, w.Payload}}
	for _, r := range all {
		what := strings.TrimSpace(r.What + " " + Visible(r.Detail, false))
		data := r.payload()
		if r.Wrong {
			data = strings.TrimSpace(data + "  ◀ " + w.Here)
		}
		cells = append(cells, []string{r.Time, Visible(r.Conn, false), r.Arrow, what, r.Length, data})
	}
	widths := columns(cells)
	widths[len(widths)-1] = 0 // nothing comes after it
	var b strings.Builder
	for _, line := range cells {
		text := ""
		for j, cell := range line {
			if j == 0 || j == 4 {
				text += runewidth.FillLeft(cell, widths[j]) + "  "
				continue
			}
			text += runewidth.FillRight(cell, widths[j]) + "  "
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

// StatusText names what became of a lesson, in lang ("en" or "es").
func StatusText(s verdict.Status, lang string) string { return wordsIn(lang).Status[s] }

// PlainLate says how late a submission is and what that costs, in lang ("en" or "es"); nothing where it costs nothing.
func PlainLate(s Student, lang string) string { return lateBy(s, wordsIn(lang)) }
