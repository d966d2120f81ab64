package roster

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/verdict"
)

func decompose(s string) string { return strings.ToLower(norm.NFKD.String(s)) }
func isMark(r rune) bool        { return unicode.Is(unicode.Mn, r) }
func isWord(r rune) bool        { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Match returns whose a submission is, as a position in People: by what a learning platform calls its student, if it
// came from one, and by the submission's own name. It is false where nobody, or more than one, may be meant.
func (r *Roster) Match(called string, lms *verdict.LMS) (int, bool) {
	if lms != nil && lms.ID != "" {
		if i, ok := r.only(func(i int) bool { return r.goesBy(i, lms.ID) }); ok {
			return i, true
		}
		called = lms.Name
	}
	for _, rule := range []func(int) bool{
		func(i int) bool { return r.goesBy(i, called) },
		func(i int) bool { return sameName(r.People[i].Name, called) },
		func(i int) bool {
			return slices.ContainsFunc(r.logins[i], func(l string) bool { return local(l) == plain(called, false) })
		},
	} {
		if i, ok := r.only(rule); ok {
			return i, true
		}
	}
	return 0, false
}

// only returns the one person of whom is holds.
func (r *Roster) only(is func(int) bool) (int, bool) {
	found := -1
	for i := range r.People {
		if is(i) {
			if found >= 0 {
				return 0, false
			}
			found = i
		}
	}
	return found, found >= 0
}

// goesBy reports whether somebody has this ID, login or address. Moodle writes IDs as "Participant 12".
func (r *Roster) goesBy(i int, id string) bool {
	return slices.ContainsFunc(r.logins[i], func(login string) bool {
		if strings.EqualFold(login, id) {
			return true
		}
		before, number, ok := strings.Cut(login, " ")
		return ok && number == id && strings.HasPrefix(before, "Participant")
	})
}

// sameName reports whether two names are one, whatever the order of first and last names, accents, case and signs:
// "García López, Ana" is "ana-garcia-lopez", and "garcíalópezana", as Canvas has it.
func sameName(whole, called string) bool {
	words := strings.Fields(plain(whole, true))
	want := plain(called, false)
	if want == "" {
		return false
	}
	for i := range words { // names are turned, hardly ever shuffled
		if strings.Join(slices.Concat(words[i:], words[:i]), "") == want {
			return true
		}
	}
	return false
}

// local is the part of an address before the host, in letters and digits.
func local(address string) string {
	user, _, _ := strings.Cut(address, "@")
	return plain(user, false)
}
