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

// By is what a match goes by.
type By int

// What a match goes by. The last two are guesses, which whoever grades must know of.
const (
	Surely   By = iota // all of the name, or what is somebody's alone
	ByPart             // the words of one name are among those of the other
	ByNumber           // a platform's number and one word of the name; other words differ
)

// Match returns whose a submission is, as a position in People: by what a learning platform calls its student, if it
// came from one, and by the submission's own name. It is false where nobody, or more than one, may be meant.
//
// A platform's number need not be of the same kind as the roster's: Moodle's is that of a participant, and a roster has
// student numbers. So a name wins over a number, and a number alone counts only where the names do not speak against it.
func (r *Roster) Match(called string, lms *verdict.LMS) (at int, by By, ok bool) {
	type rule struct {
		by By
		is func(int) bool
	}
	var rules []rule
	named := func(i int) bool { return sameName(r.People[i].Name, called) }
	if lms != nil && lms.ID != "" {
		called = lms.Name
		rules = []rule{
			{Surely, func(i int) bool { return named(i) && r.numbered(i, lms.ID) }},
			{Surely, named},
			{Surely, func(i int) bool {
				return r.numbered(i, lms.ID) && (r.nameless(i, *lms) || within(r.People[i].Name, called))
			}},
			{ByPart, func(i int) bool {
				return several(called) && several(r.People[i].Name) && within(r.People[i].Name, called)
			}},
			{ByNumber, func(i int) bool { return r.mayBe(i, *lms) }},
		}
	}
	for _, rule := range append(
		rules,
		rule{Surely, func(i int) bool { return r.goesBy(i, called) }},
		rule{Surely, named},
		rule{Surely, func(i int) bool {
			return slices.ContainsFunc(r.logins[i], func(l string) bool { return local(l) == plain(called, false) })
		}},
	) {
		if i, ok := r.only(rule.is); ok {
			return i, rule.by, true
		}
	}
	return 0, Surely, false
}

// Namesakes is how many people have a name.
func (r *Roster) Namesakes(name string) int {
	n := 0
	for _, p := range r.People {
		if sameName(p.Name, name) {
			n++
		}
	}
	return n
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

// numbered reports whether somebody has a platform's number.
func (r *Roster) numbered(i int, number string) bool {
	return r.goesBy(i, number) || r.participant(i, number) != ""
}

// nameless reports whether the names say nothing: the platform calls everybody the same, or the roster has only what
// somebody goes by.
func (r *Roster) nameless(i int, lms verdict.LMS) bool {
	if r.goesBy(i, lms.ID) {
		return Anonymous(lms.Name) || slices.Contains(r.logins[i], r.People[i].Name)
	}
	return sameName(r.participant(i, lms.ID), lms.Name)
}

// mayBe reports whether whoever has a platform's number may be who it names otherwise. Where names are written in full
// and differ, a number is not enough unless it is certainly one of that platform's.
func (r *Roster) mayBe(i int, lms verdict.LMS) bool {
	return r.numbered(i, lms.ID) && akin(r.People[i].Name, lms.Name) && (!several(lms.Name) || Anonymous(r.participant(i, lms.ID)))
}

// participant is what Moodle calls everybody, if one of somebody's IDs is an identifier of Moodle's with this number.
func (r *Roster) participant(i int, number string) string {
	for _, id := range r.ids[i] {
		if who, n := Participant(id); n == number && r.isEverybody(who) {
			return who
		}
	}
	return ""
}

// isEverybody reports whether a word is what Moodle calls everybody: one that it is known to write, or one that a whole
// column of IDs begins with. The letters before a university's numbers are fewer.
func (r *Roster) isEverybody(who string) bool {
	const letters = 3
	return Anonymous(who) || utf8.RuneCountInString(plain(who, false)) >= letters && slices.Contains(r.shared, who)
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

// several reports whether a name is of two words or more.
func several(name string) bool { return len(strings.Fields(plain(name, true))) > 1 }

// within reports whether all words of one name are among those of the other. Where the platform squashes names into one
// word, it is so if that has all words of the other, or is made of them.
func within(whole, called string) bool {
	ours, theirs := strings.Fields(plain(whole, true)), strings.Fields(plain(called, true))
	if len(ours) == 0 || len(theirs) == 0 || Anonymous(called) {
		return false
	}
	if len(theirs) == 1 {
		rest, all := theirs[0], true
		for _, w := range ours {
			all = all && strings.Contains(theirs[0], w)
			rest = strings.Replace(rest, w, " ", 1)
		}
		return all || strings.TrimSpace(rest) == ""
	}
	among := func(some, all []string) bool {
		return !slices.ContainsFunc(some, func(w string) bool { return !slices.Contains(all, w) })
	}
	return among(ours, theirs) || among(theirs, ours)
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
