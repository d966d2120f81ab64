package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wirelab/grader/verdict"
)

// A cause is what the failures of one test by several students have in common: their messages, without what differs
// in each run.
type cause struct {
	message
	Who  []link // to the failure on each student's page; at most maxNames
	More int    // students beyond those
	N    int    // students
}

// maxNames bounds the names of one cause, and so the page's size.
const maxNames = 100

// A failed is a test that a student failed: where it is shown, and what was said.
type failed struct {
	link
	said string
}

// causes groups failures by cause, the most common first.
func causes(all []failed) []cause {
	var found []cause
	at := map[string]int{}
	for _, f := range all {
		m := essence(f.said)
		key := m.key()
		i, ok := at[key]
		if !ok {
			i, at[key] = len(found), len(found)
			found = append(found, cause{message: m})
		}
		c := &found[i]
		c.N++
		if len(c.Who) < maxNames {
			c.Who = append(c.Who, f.link)
		} else {
			c.More++
		}
	}
	slices.SortStableFunc(found, func(a, b cause) int { return cmp.Compare(b.N, a.N) })
	return found
}

// essence is the beginning of a message without what differs in each run: why, the first line of what a program said,
// what was expected and what came.
func essence(said string) message {
	m := parseMessage(said)
	m.Why = steady(m.Why)
	m.Said = steady(firstLine(m.Said))
	if len(m.Pairs) > 2 {
		m.Pairs = m.Pairs[:2] // what follows "expected" and "got" is the case that was tried
	}
	for i := range m.Pairs {
		m.Pairs[i].Text = steady(firstLine(m.Pairs[i].Text))
	}
	return m
}

func (m message) key() string {
	parts := []string{m.Why, m.Said}
	for _, p := range m.Pairs {
		parts = append(parts, p.Label, p.Text)
	}
	return strings.Join(parts, "\x00")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}

var (
	payload = regexp.MustCompile("\"(\\\\.|[^\"\\\\])*\"…?( \\([0-9]+ bytes\\))?|`[^`]*`")
	word    = regexp.MustCompile(`[\pL\pN_./:@-]*[\pL\pN_]`)
	words16 = regexp.MustCompile(`^(0x)?[0-9a-f]{6,}$`)
	address = regexp.MustCompile(`^(\[?[0-9a-f.:]*\]?|localhost):[0-9]{2,5}$`)
	measure = regexp.MustCompile(`^[0-9]+\.[0-9]+(ns|µs|ms|s|m)?$`)
)

// longestCause bounds a line of a cause, in characters.
const longestCause = 160

// steady replaces what differs in each run, or from student to student without making another mistake of it: payloads,
// numbers that count or measure, ports, addresses in memory, lines in a file. Numbers of three or four digits stay: they
// are most often a status or a close code.
func steady(line string) string {
	line = payload.ReplaceAllString(line, `"…"`)
	line = word.ReplaceAllStringFunc(line, func(w string) string {
		prefix, rest, named := strings.Cut(w, "w-") // what the probe calls its payloads
		switch {
		case named && words16.MatchString(rest) && (prefix == "" || strings.HasSuffix(prefix, ":")):
			return prefix + "w-…"
		case place.MatchString(w):
			file, _, _ := strings.Cut(w, ":")
			return file
		case digits(w) && (len(w) < 3 || len(w) > 4), measure.MatchString(w), address.MatchString(w):
			return "…"
		case words16.MatchString(w) && strings.ContainsFunc(w, unicode.IsDigit):
			return "…"
		}
		return w
	})
	if utf8.RuneCountInString(line) > longestCause {
		line = string([]rune(line)[:longestCause]) + "…"
	}
	return line
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// failures lists who failed the test at position j of the lesson at position i.
func failures(r Report, rows []gridRow, i, j int) (all []failed) {
	for k, s := range r.Students {
		l := s.Lessons[i]
		if l.Status == verdict.Graded && l.Tests[j].Status == verdict.Failed {
			all = append(all, failed{link{s.ID, rows[k].Href + "#" + anchor(l.ID, l.Tests[j].Name)}, l.Tests[j].Message})
		}
	}
	return all
}

// anchor is the place of a failed test on its student's page.
func anchor(lesson, test string) string { return lesson + "." + test }
