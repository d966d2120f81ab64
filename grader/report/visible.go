package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// controls names the C0 control characters, by code.
const controls = "NULSOHSTXETXEOTENQACKBELBS HT LF VT FF CR SO SI DLEDC1DC2DC3DC4NAKSYNETBCANEM SUBESCFS GS RS US "

// shownRune returns what stands for a character that would not be seen, or would move others: its name or its
// number, in quotes that no program prints. The second result says whether r is such a character. Line ends and
// tabs are left to the callers.
func shownRune(r rune) (string, bool) {
	switch {
	case r < 0x20:
		return "‹" + strings.TrimSpace(controls[3*r:3*r+3]) + "›", true
	case r == 0x7f:
		return "‹DEL›", true
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point), blank(r):
		return fmt.Sprintf("‹U+%04X›", r), true
	}
	return "", false
}

// blank reports whether r is a letter that looks like nothing: the Hangul fillers and the Braille blank.
func blank(r rune) bool { return strings.ContainsRune("\u115f\u1160\u3164\uffa0\u2800", r) }

// Visible makes every character of s that hides or moves text visible. With keepLines, line ends and tabs stay
// what they are; without, the result is one line.
func Visible(s string, keepLines bool) string {
	var b strings.Builder
	for _, p := range pieces(s, keepLines) {
		b.WriteString(p.Text)
	}
	return b.String()
}

// A piece is a run of text of one kind, for pages that show odd characters as odd.
type piece struct {
	Text string
	Odd  bool // stands for a character that is not printable
}

// pieces splits s into what can be read and what stands for something that cannot.
func pieces(s string, keepLines bool) []piece {
	var all []piece
	add := func(text string, odd bool) {
		if n := len(all); n > 0 && all[n-1].Odd == odd {
			all[n-1].Text += text
			return
		}
		all = append(all, piece{text, odd})
	}
	start := 0
	flush := func(end int) {
		if end > start {
			add(s[start:end], false)
		}
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		shown, odd := shownRune(r)
		switch {
		case r == utf8.RuneError && size == 1:
			shown, odd = fmt.Sprintf("‹%02X›", s[i]), true
		case keepLines && (r == '\n' || r == '\t'):
			odd = false
		}
		if odd {
			flush(i)
			add(shown, true)
			start = i + size
		}
		i += size
	}
	flush(len(s))
	return all
}

// A message is what is said of a failure, taken apart: a sentence, what a program or a tool said itself, and the
// probe's "expected" and "got".
type message struct {
	Why   string // one line
	Said  string // its shape must be kept: a stack, a compiler's output
	Pairs []pair
}

// A pair is a label and what it introduces.
type pair struct {
	Label, Text string
	Got         bool // what came, rather than what was expected
}

// label matches the beginning of a line that the probe writes in columns.
var label = regexp.MustCompile(`^(expected|got|se esperaba|llegó) {2,}`)

// parseMessage never loses a line: what it does not know is said, or goes on with the pair above it.
func parseMessage(s string) message {
	var m message
	var before []string
	for line := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		head := label.FindString(line)
		switch name := strings.TrimSpace(head); {
		case head != "":
			m.Pairs = append(m.Pairs, pair{name, line[len(head):], name == "got" || name == "llegó"})
		case len(m.Pairs) > 0:
			m.Pairs[len(m.Pairs)-1].Text += "\n" + line
		default:
			before = append(before, line)
		}
	}
	first, rest, _ := strings.Cut(strings.Trim(strings.Join(before, "\n"), "\n"), "\n")
	if place.MatchString(first) {
		m.Said = strings.TrimSuffix(first+"\n"+rest, "\n")
		return m
	}
	m.Why, m.Said = first, strings.TrimLeft(rest, "\n")
	return m
}

// place matches a place in a source file.
var place = regexp.MustCompile(`[\pL\pN_./@-]*\.go:[0-9]+(?::[0-9]+)?`)
