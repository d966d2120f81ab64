package watch

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"wirelab/lessons"
)

// Lines of the screen that are not the body: the head, the keys, and an empty line beside each.
const around = 4

// most is the width, in columns, beyond which text is hard to read.
const most = 100

func (m *model) room() int    { return max(1, m.height-around) }
func (m *model) columns() int { return max(20, min(m.width, most)) }

func (m *model) paint(color, text string) string { return painter(m.session.Color).paint(color, text) }

// View is the whole screen, exactly as high as the terminal, so that nothing is ever left of what was there before.
func (m *model) View() string {
	body := m.body()
	body = body[min(m.scroll, max(0, len(body)-m.room())):]
	more := len(body) > m.room()
	body = body[:min(len(body), m.room())]
	lines := append([]string{m.head(), ""}, body...)
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, m.keys(more))
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, m.width, "…")
	}
	return strings.Join(lines[:min(len(lines), max(1, m.height))], "\n")
}

func (m *model) head() string {
	l := m.lesson()
	green := 0
	for _, s := range m.states {
		if s == passing {
			green++
		}
	}
	left, right := m.paint(bold, l.ID)+"  "+l.Title.In(m.words.lang), fmt.Sprintf("%d/%d", green, len(m.states))
	gap := m.columns() - ansi.StringWidth(left) - ansi.StringWidth(right)
	if gap < 2 {
		return left
	}
	return left + strings.Repeat(" ", gap) + m.paint(dim, right)
}

// keys are those that do something now.
func (m *model) keys(more bool) string {
	var keys []string
	add := func(key, en, es string) {
		keys = append(keys, m.paint(bold, key)+" "+lessons.Text{EN: en, ES: es}.In(m.words.lang))
	}
	if m.page == tests && m.result != nil && m.result.Green() && m.next() >= 0 {
		add("enter", "next", "siguiente")
	}
	if m.page == list {
		add("enter", "open", "abrir")
	}
	if m.page == tests && m.result != nil && !m.result.Green() {
		add("h", "hint", "pista")
	}
	if more || m.scroll > 0 {
		add("↑↓", "scroll", "desplazar")
	}
	if m.page == tests {
		add("n", "notes", "notas")
		add("l", "lessons", "lecciones")
	} else {
		add("esc", "back", "volver")
	}
	add("q", "quit", "salir")
	return strings.Join(keys, m.paint(dim, " · "))
}

// body is all that the page has to say, of which the screen shows a part.
func (m *model) body() []string {
	switch m.page {
	case notes:
		return render(m.lesson().Notes.In(m.words.lang), m.columns(), painter(m.session.Color), m.words)
	case list:
		return m.list()
	case tests:
	}
	return m.tests()
}

func (m *model) tests() []string {
	if m.result == nil {
		return []string{m.paint(dim, m.words.running())}
	}
	r := *m.result
	took := fmt.Sprintf("  %.1f s", r.Took.Seconds())
	if m.running {
		took = "  " + m.words.running()
	}
	if r.Green() {
		lines := []string{m.paint(green, "✔ "+m.words.passed(r.Passed, r.Total)) + m.paint(dim, took), ""}
		lines = append(lines, wrap(m.words.green(), m.columns(), "")...)
		if next := m.next(); next >= 0 {
			return append(lines, "", m.words.next(m.session.Course.Lessons[next].ID))
		}
		return append(lines, "", m.words.done())
	}
	lines := []string{m.paint(dim, m.words.passed(r.Passed, r.Total)+took), ""}
	for i, line := range wrap("✘ "+title(r, m.words), m.columns(), "  ") {
		if i == 0 {
			line = m.paint(red, "✘") + strings.TrimPrefix(line, "✘")
		}
		lines = append(lines, m.paint(bold, line))
	}
	if m.hint {
		hint := r.Test.Hint.In(m.words.lang)
		if hint == "" {
			hint = m.words.noHint()
		}
		lines = append(lines, "")
		for _, line := range wrap(m.words.hint()+": "+hint, m.columns()-2, "") {
			lines = append(lines, m.paint(cyan, "  "+line))
		}
	}
	lines = append(lines, "")
	for _, line := range r.Text {
		for _, part := range wrap(line, m.width-2, "  ") {
			lines = append(lines, "  "+part)
		}
	}
	return lines
}

func (m *model) list() []string {
	green := 0
	var lines []string
	for i, l := range m.session.Course.Lessons {
		mark := map[state]string{passing: m.paint("32", "✔"), begun: "●", untouched: m.paint(dim, "·")}[m.states[i]]
		if m.states[i] == passing {
			green++
		}
		cursor := "  "
		if i == m.cursor {
			cursor = m.paint(cyan, "▸ ")
		}
		lines = append(lines, fmt.Sprintf("%s%s %-20s %s", cursor, mark, l.ID, l.Title.In(m.words.lang)))
	}
	return append(lines, "", m.words.lessons(green, len(m.states)))
}
