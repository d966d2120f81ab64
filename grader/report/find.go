package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Find returns the positions of the students whom name may mean, as somebody types it who has a student at the door:
// the ID itself; the ID whatever its case and accents; how it begins; a part of it, or words of it in any order. The
// first of these that fits anybody decides, so the result has more than one only if name is ambiguous.
func (r Report) Find(name string) []int {
	want := foldName(name)
	words := strings.Fields(want)
	for _, fits := range []func(id, folded string) bool{
		func(id, _ string) bool { return id == name },
		func(_, folded string) bool { return want != "" && folded == want },
		func(_, folded string) bool { return want != "" && strings.HasPrefix(folded, want) },
		func(_, folded string) bool {
			for _, w := range words {
				if !strings.Contains(folded, w) {
					return false
				}
			}
			return want != ""
		},
	} {
		var found []int
		for i, s := range r.Students {
			if fits(s.ID, foldName(s.ID)) {
				found = append(found, i)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// foldName is a name without case and accents, its words one space apart.
func foldName(name string) string {
	var plain strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			plain.WriteRune(r)
		default: // "garcia-lopez-ana" and "García López, Ana" are made of the same words
			plain.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(plain.String()), " ")
}
