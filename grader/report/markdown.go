package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"wirelab/grader/verdict"
)

// writeMarkdown writes feedback to hand back: whatever a program said stands in fences that it cannot close, and
// everything else is escaped, so that the text looks the same in any viewer, and as plain text.
func writeMarkdown(w io.Writer, r Report, s Student) error {
	m := &markdown{words: wordsIn(r.Lang)}
	v := newStudentView(r, s, m.words)
	m.para("# %s: %s", m.words.Feedback, Inline(v.ID))
	m.para("**%s %s**", fmt.Sprintf(m.words.OutOf, v.Final, v.Points), m.words.Points)
	if v.LateBy != "" {
		m.para("%s", Inline(v.LateBy))
	}
	m.notes(m.words.BeforeYouRead, v.Head)
	m.notes(m.words.AboutSubmission, v.Notes)
	m.overview(v.Lessons)
	for _, l := range v.Lessons {
		m.lesson(l)
	}
	_, err := w.Write(m.Bytes())
	return err
}

// markdown is a document as it grows.
type markdown struct {
	bytes.Buffer
	words words
}

// para writes a block, and an empty line between it and the one before.
func (m *markdown) para(format string, args ...any) {
	if m.Len() > 0 {
		m.WriteByte('\n')
	}
	fmt.Fprintf(m, format+"\n", args...)
}

func (m *markdown) notes(title string, all []string) {
	if len(all) == 0 {
		return
	}
	m.para("> **%s**", title)
	for _, note := range all {
		fmt.Fprintf(m, ">\n> %s\n", Inline(note))
	}
}

func (m *markdown) overview(all []lessonView) {
	m.para("| | %s | %s |\n| --- | --- | ---: |", m.words.Lesson, m.words.Points)
	for _, l := range all {
		score := fmt.Sprintf(m.words.OutOf, l.Score, l.Points)
		if l.Status != verdict.Graded {
			score = m.words.Status[l.Status]
		}
		fmt.Fprintf(m, "| %s | %s | %s |\n", number(l.ID), Inline(l.Title), score)
	}
}

func (m *markdown) lesson(l lessonView) {
	if l.Status != verdict.Graded {
		m.para("## %s %s (%s)", number(l.ID), Inline(l.Title), m.words.Status[l.Status])
		if l.Message != "" {
			m.fence(l.Message)
		}
		if l.NextStep != "" {
			m.para("%s", Inline(l.NextStep))
		}
		return
	}
	m.para("## %s %s (%s)", number(l.ID), Inline(l.Title), fmt.Sprintf(m.words.OutOf, l.Score, l.Points))
	if len(l.Passed) == len(l.All) {
		m.para("%s", m.words.AllPassed)
	}
	for _, t := range l.Failed {
		m.para("### ✘ %s", Inline(t.Text))
		m.para("%s, %s%s", code(t.Name), fmt.Sprintf(m.words.OutOf, t.Score, t.Points), m.again(t))
		if t.Message != "" {
			m.fence(t.Message)
		}
		m.transcript(t.Rows)
		if t.Hint != "" {
			m.para("**%s:** %s", m.words.Hint, Inline(t.Hint))
		}
	}
	m.list("–", m.words.NotRunTests, l.NotRun)
	m.list("✔", m.words.PassedTests, l.Passed)
}

func (m *markdown) list(sign, title string, all []testView) {
	if len(all) == 0 {
		return
	}
	m.para("%d %s:\n", len(all), title)
	for _, t := range all {
		fmt.Fprintf(m, "- %s `%s` (%s%s)\n", sign, t.Name, fmt.Sprintf(m.words.OutOf, t.Score, t.Points), m.again(t))
	}
}

// again says of a test that ran twice why it did.
func (m *markdown) again(t testView) string {
	if !t.Again {
		return ""
	}
	return ", " + m.words.Again
}

// transcript writes rows as a table of plain text.
func (m *markdown) transcript(all []row) {
	if len(all) == 0 {
		return
	}
	m.para("%s (%s):", m.words.OnTheWire, m.words.Key)
	m.fence(wireTable(all, m.words))
}

// fence writes text as it is, between fences longer than any run of backticks in it.
func (m *markdown) fence(text string) {
	text = Visible(strings.Trim(text, "\n"), true)
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	m.para("%stext\n%s\n%s", fence, text, fence)
}

// code writes text as code in a line.
func code(text string) string {
	text = Visible(text, false)
	ticks := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return ticks + text + ticks
}

func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// starts matches what would make a line of text the beginning of a list, a heading or a rule.
var starts = regexp.MustCompile(`^(\d*)([-+=.)])`)

// Inline escapes what Markdown would take for more than text (CommonMark §2.4), and what its viewers add: tables,
// strikethrough, mathematics, links where there is an address, mentions.
func Inline(text string) string {
	text = strings.Join(strings.Fields(Visible(text, true)), " ")
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>#|~$&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	text = starts.ReplaceAllString(b.String(), `$1\$2`)
	return strings.NewReplacer("://", "&#58;//", "www.", "www&#46;", "@", "&#64;").Replace(text)
}
