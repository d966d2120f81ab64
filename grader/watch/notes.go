package watch

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Colours are the terminal's own, so that they suit its background.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	cyan  = "36"
)

// painter colours text, or does not.
type painter bool

func (p painter) paint(color, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

var (
	image    = regexp.MustCompile(`!\[([^\]]*)\]\([^)]*\)`)
	link     = regexp.MustCompile(`\[([^\]]+)\]\((https?://[^)]*)\)`)
	emphasis = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	item     = regexp.MustCompile(`^(\s*)([-*]|\d+\.) `)
)

// render makes lines for a terminal of Markdown: paragraphs are wrapped, code stays as it is, pictures are told.
func render(markdown string, width int, p painter, w words) []string {
	var lines, paragraph []string
	flush := func() {
		if len(paragraph) == 0 {
			return
		}
		text := strings.Join(paragraph, " ")
		paragraph = nil
		text = image.ReplaceAllString(text, "["+w.picture()+": $1]")
		text = link.ReplaceAllString(text, "$1 ($2)")
		text = emphasis.ReplaceAllStringFunc(text, func(s string) string { return p.paint(bold, strings.Trim(s, "*")) })
		indent := ""
		if m := item.FindString(text); m != "" {
			indent = strings.Repeat(" ", len(m))
		}
		lines = append(lines, wrap(text, width, indent)...)
	}
	code, quiz := false, false
	for line := range strings.SplitSeq(markdown, "\n") {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "```"):
			flush()
			code, quiz = !code, trimmed == "```quiz"
			if quiz {
				lines = append(lines, p.paint(dim, w.quiz()))
			}
		case code && quiz: // with its answers in it
		case code, strings.HasPrefix(trimmed, "|"):
			flush()
			lines = append(lines, p.paint(cyan, ansi.Truncate("  "+strings.ReplaceAll(line, "\t", "    "), width, "…")))
		case strings.HasPrefix(line, "#"):
			flush()
			lines = append(lines, p.paint(bold, strings.TrimLeft(line, "# ")))
		case trimmed == "":
			flush()
			lines = append(lines, "")
		case item.MatchString(line):
			flush()
			paragraph = []string{strings.TrimRight(line, " ")}
		default:
			paragraph = append(paragraph, trimmed)
		}
	}
	flush()
	return lines
}

// wrap breaks text at spaces; all lines but the first are indented.
func wrap(text string, width int, indent string) []string {
	lines := strings.Split(ansi.Wrap(text, max(10, width-len(indent)), " "), "\n")
	for i := range lines[1:] {
		lines[i+1] = indent + strings.TrimLeft(lines[i+1], " ")
	}
	return lines
}
