package report

import (
	"bytes"
	"cmp"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// The colours are the terminal's own, so that they suit its background.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
)

func scoreColor(score, points int) string {
	switch {
	case score == points:
		return green
	case score == 0:
		return red
	}
	return yellow
}

// A screen is text for a terminal as it grows.
type screen struct {
	bytes.Buffer
	words words
	color bool
	width int
}

func newScreen(st Style) *screen {
	return &screen{words: wordsIn(st.Lang), color: st.Color, width: max(40, cmp.Or(st.Width, 80))}
}

func (s *screen) writeTo(w io.Writer) error {
	_, err := w.Write(s.Bytes())
	return err
}

func (s *screen) line(text string) { s.WriteString(strings.TrimRight(text, " ") + "\n") }

func (s *screen) paint(color, text string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return color + text + "\x1b[0m"
}

// wrap prints text behind head, and what does not fit behind spaces of the same width.
func (s *screen) wrap(head, headColor, text, color string) {
	indent := runewidth.StringWidth(head)
	for i, line := range wrapped(text, s.width-indent) {
		if i == 0 {
			head = s.paint(headColor, head)
		} else {
			head = strings.Repeat(" ", indent)
		}
		s.line(head + s.paint(color, line))
	}
}

// wrapped breaks text at spaces into lines of at most width columns, and anywhere where there is no space. Spaces
// within a line stay as they are: they may be a payload's.
func wrapped(text string, width int) []string {
	var lines []string
	for runewidth.StringWidth(text) > width {
		head := runewidth.Truncate(text, width+1, "")
		if at := strings.LastIndexByte(head, ' '); strings.TrimSpace(head[:max(0, at)]) != "" {
			head = head[:at]
		} else if head = runewidth.Truncate(text, width, ""); head == "" {
			break
		}
		lines = append(lines, head)
		text = strings.TrimPrefix(text[len(head):], " ")
	}
	return append(lines, text)
}

// clip shortens text to width columns.
func clip(text string, width int) string { return runewidth.Truncate(text, max(1, width), "…") }
