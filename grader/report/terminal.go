package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"wirelab/grader/verdict"
)

// Style says how text for a terminal looks.
type Style struct {
	Lang  string // "en" or "es"
	Color bool   // with ANSI colours
	Width int    // in columns; 80 if it is 0, and never taken for less than 40
}

// Terminal prints what a student wants to see of each lesson in c: a line for each test, and of each that
// failed what was expected, what came, the last lines of what went over the wire, and the hint. It writes
// once.
func Terminal(w io.Writer, c verdict.Class, st Style) error {
	s := newScreen(st)
	r := New(c, st.Lang)
	s.head(r)
	for _, student := range r.Students {
		s.student(r, student)
	}
	return s.writeTo(w)
}

// Show prints the student at position i of r as [Terminal] does, below a line with whose results these are and their
// total; of the lessons only those called ids, or all where there are none. It writes once.
func Show(w io.Writer, r Report, i int, ids []string, st Style) error {
	st.Lang = r.Lang // its texts have no other
	s, one := newScreen(st), r.Students[i]
	s.titled(Visible(one.ID, false), one.Score, one.Points)
	if by := lateBy(one, s.words); by != "" {
		s.wrap("! ", yellow, finalScore(one)+": "+by, "")
	}
	s.head(r)
	if len(ids) > 0 {
		var of []Lesson
		var chosen []LessonResult
		for j, l := range r.Lessons {
			if slices.Contains(ids, l.ID) {
				of, chosen = append(of, l), append(chosen, one.Lessons[j])
			}
		}
		r.Lessons, one.Lessons = of, chosen
	}
	s.student(r, one)
	return s.writeTo(w)
}

func (s *screen) head(r Report) {
	for _, note := range r.Head {
		s.wrap("! ", yellow, Visible(note, false), "")
	}
}

func (s *screen) student(r Report, one Student) {
	for _, note := range one.Notes {
		s.wrap("· ", dim, Visible(note, false), "")
	}
	for i, l := range one.Lessons {
		s.lesson(r.Lessons[i], l)
	}
}

// titled prints a title with its score at the end of the line.
func (s *screen) titled(title string, earned, points int) {
	score := fmt.Sprintf(s.words.OutOf, earned, points) + " " + s.words.Points
	title = clip(title, s.width-runewidth.StringWidth(score)-2)
	gap := strings.Repeat(" ", max(2, s.width-runewidth.StringWidth(title)-runewidth.StringWidth(score)))
	s.line(s.paint(bold, title) + gap + s.paint(scoreColor(earned, points), score))
}

func (s *screen) lesson(l Lesson, res LessonResult) {
	s.line("")
	s.titled(l.ID+"  "+Visible(l.Title, false), res.Score, res.Points)
	s.line("")
	if res.Status != verdict.Graded {
		s.line("  " + s.paint(red+bold, mark(res.Status)+" "+s.words.Status[res.Status]))
		s.block(res.Message)
		if next := s.words.nextStep(res); next != "" {
			s.line("")
			s.wrap("  ", "", next, "")
		}
		return
	}
	for i, t := range res.Tests {
		s.testLine(l.Tests[i], t)
	}
	for i, t := range res.Tests {
		if t.Status == verdict.Failed {
			s.failure(l.Tests[i], t)
		}
	}
}

// testLine says in one line what became of a test. It names the test: what that says of itself is what broke, which of one
// that passed would be the opposite of what is true.
func (s *screen) testLine(t Test, res TestResult) {
	sign, color := "✔", green
	points := fmt.Sprint(res.Points)
	switch res.Status {
	case verdict.Failed:
		sign, color, points = "✘", red, fmt.Sprintf("0/%d", res.Points)
	case verdict.NotRun:
		sign, color, points = "–", dim, fmt.Sprintf("0/%d", res.Points)
	case verdict.Passed:
	}
	gap := strings.Repeat(" ", max(1, s.width-4-len(t.Name)-len(points)))
	s.line("  " + s.paint(color, sign) + " " + t.Name + gap + s.paint(color, points))
}

func (s *screen) failure(t Test, res TestResult) {
	s.line("")
	s.wrap("✘ ", red, Visible(t.Text, false), bold)
	s.line("  " + s.paint(dim, fmt.Sprintf("%s · %.3f s", t.Name, res.Seconds)))
	s.block(res.Message)
	s.transcript(res)
	if res.Hint != "" {
		s.line("")
		s.wrap("  "+s.words.Hint+": ", cyan, Visible(res.Hint, false), "")
	}
}

// block prints a message: the shape of what a program said is kept, sentences are wrapped.
func (s *screen) block(text string) {
	m := parseMessage(text)
	for _, part := range []string{m.Why, m.Said} {
		if part == "" {
			continue
		}
		s.line("")
		for line := range strings.SplitSeq(Visible(part, true), "\n") {
			s.wrap("  ", "", strings.ReplaceAll(line, "\t", "    "), "")
		}
	}
	if len(m.Pairs) == 0 {
		return
	}
	s.line("")
	indent := 0
	for _, p := range m.Pairs {
		indent = max(indent, runewidth.StringWidth(p.Label)+2)
	}
	for _, p := range m.Pairs {
		color := green
		if p.Got {
			color = red
		}
		head := "  " + runewidth.FillRight(p.Label, indent)
		for line := range strings.SplitSeq(Visible(p.Text, true), "\n") {
			s.wrap(head, color, strings.ReplaceAll(line, "\t", "    "), "")
			head = strings.Repeat(" ", indent+2)
		}
	}
}

// lastLines is how much of a transcript fits under a failure.
const lastLines = 12

func (s *screen) transcript(res TestResult) {
	all := rows(res.Transcript, s.words)
	if len(all) == 0 {
		return
	}
	last := all[max(0, len(all)-lastLines):]
	if at := slices.IndexFunc(all, func(r row) bool { return r.Wrong }); at >= 0 && at < len(all)-lastLines {
		last = append([]row{all[at]}, last[1:]...) // what broke is worth more than one of the last lines
	}
	head := s.words.OnTheWire
	if len(last) < len(all) {
		head += " (" + fmt.Sprintf(s.words.LastOf, len(last), len(all)) + ")"
	}
	s.line("")
	s.wrap("  ", "", head+": "+s.words.Key, dim)
	cells := make([][]string, len(last))
	for i, r := range last {
		what := r.What
		if r.Detail != "" {
			what += " " + Visible(r.Detail, false)
		}
		cells[i] = []string{r.Time, clip(Visible(r.Conn, false), min(10, s.width/8)), r.Arrow, clip(what, min(24, 3*s.width/10)), r.Length}
	}
	widths := columns(cells)
	for i, r := range last {
		var b strings.Builder
		for j, cell := range cells[i] {
			pad := strings.Repeat(" ", widths[j]-runewidth.StringWidth(cell))
			switch {
			case j == 0 || j == 4:
				b.WriteString(pad + cell)
			case j == 2:
				b.WriteString(s.paint(map[string]string{"↑": yellow, "↓": cyan}[cell], cell))
			default:
				b.WriteString(cell + pad)
			}
			b.WriteString(" ")
		}
		sign := "  "
		if r.Wrong {
			sign = s.paint(red, "▶ ")
		}
		used := 3 + len(widths)
		for _, n := range widths {
			used += n
		}
		s.line(strings.TrimRight(sign+b.String()+" "+clip(r.payload(), s.width-used), " "))
	}
}

func columns(cells [][]string) []int {
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for j, cell := range line {
			widths[j] = max(widths[j], runewidth.StringWidth(cell))
		}
	}
	return widths
}

// mark stands for a status where there is no room for its name.
func mark(st verdict.Status) string {
	return cmp.Or(map[verdict.Status]string{
		verdict.NotSubmitted: "–", verdict.Refused: "⊘", verdict.DoesNotCompile: "≠",
		verdict.Crashed: "↯", verdict.NotGradable: "?",
	}[st], "✔")
}
