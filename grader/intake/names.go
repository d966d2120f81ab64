package intake

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wirelab/grader/verdict"
)

// maxID bounds an ID, which becomes part of file names, in bytes.
const maxID = 160

// printable makes a name of a file or folder fit to be shown, and to be part of another file's name on any system:
// what is invisible, changes the direction of writing, or separates paths is spelt out, as (U+202E) or (0xFF).
func printable(name string) string {
	var b strings.Builder
	for i, r := range name {
		_, size := utf8.DecodeRuneInString(name[i:])
		piece := string(r)
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf("(0x%02X)", name[i])
		case !unicode.IsPrint(r), r == '/', r == '\\':
			piece = fmt.Sprintf("(%U)", r)
		}
		if b.Len()+len(piece) > maxID {
			b.WriteString("…")
			break
		}
		b.WriteString(piece)
	}
	return b.String()
}

// Order sorts submissions as a report lists them, and makes their IDs unique: two people of one name keep it, with
// what a learning platform or a roster knows them by, and otherwise with a number.
func Order(all []Submission) {
	count := make(map[string]int)
	for _, s := range all {
		count[s.ID]++
	}
	for i, s := range all {
		if count[s.ID] < 2 {
			continue
		}
		if key := key(s.Origin); key != "" {
			all[i].ID = fmt.Sprintf("%s (%s)", s.ID, printable(key))
		}
	}
	slices.SortStableFunc(all, func(a, b Submission) int { return natural(a.ID, b.ID) })
	taken := make(map[string]bool)
	for i := range all {
		id := all[i].ID
		for n := 2; taken[all[i].ID]; n++ {
			all[i].ID = fmt.Sprintf("%s (%d)", id, n)
		}
		taken[all[i].ID] = true
	}
}

// key is what tells somebody from others of the same name.
func key(o verdict.Origin) string {
	switch {
	case o.Person != nil && o.Person.ID+o.Person.Email != "":
		return cmp.Or(o.Person.ID, o.Person.Email)
	case o.LMS != nil:
		return o.LMS.ID
	}
	return ""
}

// natural compares names as people sort them: "ana2" before "ana10".
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx > 0 && dy > 0 {
			m, n := strings.TrimLeft(x[:dx], "0"), strings.TrimLeft(y[:dy], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is the length of the number that s begins with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }

// copied matches what browsers and file managers add to the name of a copy: " (1)", " - copia", " copy 2", "_2".
var copied = regexp.MustCompile(`(?i)(?:[ _-]*\(\d{1,3}\)|[ _-]+\(?(?:copy|copia)(?: \d{1,3})?\)?|[ _-]\d)+$`)

// originalName is the name of the file of which another of this name is a copy.
func originalName(name string) string {
	ending := path.Ext(name)
	return copied.ReplaceAllString(strings.TrimSuffix(name, ending), "") + ending
}
