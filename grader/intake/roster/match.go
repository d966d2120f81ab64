package roster

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/verdict"
)

func decompose(s string) string { return strings.ToLower(norm.NFKD.String(s)) }
func isMark(r rune) bool        { return unicode.Is(unicode.Mn, r) }
func isWord(r rune) bool        { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Match returns whose a submission is, as a position in People: by what a learning platform calls its student, if it
// came from one, and by the submission's own name. It is false where nobody, or more than one, may be meant.
//
// A platform's number need not be of the same kind as the roster's: Moodle's is that of a participant, and a roster has
// student numbers. So a name wins over a number, and a number alone counts only where the names do not speak against it.
func (r *Roster) Match(called string, lms *verdict.LMS) (int, bool) {
	var rules []func(int) bool
	named := func(i int) bool { return sameName(r.People[i].Name, called) }
	if lms != nil && lms.ID != "" {
		called = lms.Name
		rules = append(
			rules,
			func(i int) bool { return named(i) && r.numbered(i, *lms) },
			named,
			func(i int) bool { return r.numbered(i, *lms) },
		)
	}
	for _, rule := range append(
		rules,
		func(i int) bool { return r.goesBy(i, called) },
		named,
		func(i int) bool {
			return slices.ContainsFunc(r.logins[i], func(l string) bool { return local(l) == plain(called, false) })
		},
	) {
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
	return Anonymous(r.participant(i, id)) ||
		slices.ContainsFunc(r.logins[i], func(login string) bool { return strings.EqualFold(login, id) })
}

// numbered reports whether a platform's number may be that of somebody: they have it, and the platform's name for it is
// nobody's or has something of theirs.
func (r *Roster) numbered(i int, lms verdict.LMS) bool {
	p := r.People[i]
	who := r.participant(i, lms.ID)
	switch {
	case r.goesBy(i, lms.ID):
		nameless := slices.Contains(r.logins[i], p.Name)
		return Anonymous(lms.Name) || nameless || akin(p.Name, lms.Name)
	case who != "":
		return sameName(who, lms.Name) || akin(p.Name, lms.Name)
	}
	return false
}

// participant is what Moodle calls everybody, if one of somebody's IDs is an identifier of Moodle's with this number.
func (r *Roster) participant(i int, number string) string {
	for _, id := range r.ids[i] {
		if who, n := Participant(id); who != "" && n == number {
			return who
		}
	}
	return ""
}

// participant matches an identifier of Moodle's: "Participant 4711", "Participante4711", "Teilnehmer/in4711".
var participant = regexp.MustCompile(`^([^\d,;@]*\D)(\d+)$`)

// Participant takes apart what Moodle's grading worksheet writes as an identifier, which is in the site's language: what
// it calls everybody, and the number. Both are "" where it is none.
func Participant(id string) (who, number string) {
	if m := participant.FindStringSubmatch(id); m != nil {
		return strings.TrimSpace(m[1]), m[2]
	}
	return "", ""
}

// Anonymous reports whether a platform's name for somebody is the same for everybody.
func Anonymous(name string) bool {
	return slices.Contains([]string{"Participant", "Participante", "anon"}, name)
}

// akin reports whether two names have a word in common, or, where the platform squashes names into one word as Canvas
// does, whether that has a word of the other, of three letters or more, or all of its words. That is enough only for
// those who have the same number.
func akin(whole, called string) bool {
	ours, theirs := strings.Fields(plain(whole, true)), strings.Fields(plain(called, true))
	if slices.ContainsFunc(ours, func(w string) bool { return slices.Contains(theirs, w) }) {
		return true
	}
	if len(ours) == 0 || len(theirs) != 1 || Anonymous(called) {
		return false
	}
	within := func(w string) bool { return strings.Contains(theirs[0], w) }
	return slices.ContainsFunc(ours, func(w string) bool { return utf8.RuneCountInString(w) >= 3 && within(w) }) ||
		!slices.ContainsFunc(ours, func(w string) bool { return !within(w) })
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
