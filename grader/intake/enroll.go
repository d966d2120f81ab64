package intake

import (
	"fmt"
	"slices"
	"strings"

	"wirelab/grader/intake/roster"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Enroll gives each submission the name that the roster has for its student, and adds those who handed in nothing. It
// returns what whoever grades must know: whose submissions are nobody's on the roster, and why.
func (c *Class) Enroll(r *roster.Roster) []lessons.Text {
	handed := make(map[int]bool)
	var strangers []lessons.Text
	var guesses []string
	type match struct {
		at  int
		how roster.By
		ok  bool
	}
	matches := make([]match, len(c.Submissions))
	for i, s := range c.Submissions {
		matches[i].at, matches[i].how, matches[i].ok = r.Match(s.ID, s.Origin.LMS)
	}
	for _, by := range []roster.By{roster.Surely, roster.ByPart, roster.ByNumber} { // a guess takes nobody's place
		meant := make(map[int][]*Submission)
		for i, m := range matches {
			if m.ok && m.how == by && !handed[m.at] {
				meant[m.at] = append(meant[m.at], &c.Submissions[i])
			}
		}
		for at, all := range meant {
			if by == roster.Surely || len(all) == 1 {
				if by != roster.Surely {
					guesses = append(guesses, fmt.Sprintf("%s → %s", all[0].ID, printable(r.People[at].Name)))
				}
				handed[at] = true
				all[0].enroll(r.People[at], by)
			}
		}
	}
	for i := range c.Submissions {
		s := &c.Submissions[i]
		if s.Origin.Person != nil {
			continue
		}
		called := s.ID
		if s.Origin.LMS != nil {
			called = s.Origin.LMS.Name
		}
		m := matches[i]
		other, why := printable(r.People[m.at].Name), lessons.Text{}
		switch n := r.Namesakes(called); {
		case m.ok && handed[m.at]:
			why = lessons.Text{EN: "there is another submission of " + other, ES: "hay otra entrega de " + other}
		case m.ok:
			why = lessons.Text{EN: "this and another submission may be of " + other, ES: "esta y otra entrega pueden ser de " + other}
		case n > 1:
			why = lessons.Text{EN: fmt.Sprintf("%d people on the roster have this name", n), ES: fmt.Sprintf("%d personas de la lista tienen este nombre", n)}
		default:
			s.note(unlisted.EN, unlisted.ES)
			strangers = append(strangers, lessons.Text{EN: s.ID, ES: s.ID})
			continue
		}
		if m.ok && m.how == roster.Surely {
			s.Notes = append(s.Notes, why)
		} else { // who else there is, is not the student's to know
			s.note(unlisted.EN, unlisted.ES)
		}
		strangers = append(strangers, lessons.Text{EN: s.ID + " (" + why.EN + ")", ES: s.ID + " (" + why.ES + ")"})
	}
	for at, person := range r.People {
		if handed[at] {
			continue
		}
		s := c.known.absent("nothing was handed in", "no se entregó nada")
		s.ID = printable(person.Name)
		s.Origin = verdict.Origin{Person: &person}
		c.Submissions = append(c.Submissions, s)
	}
	Order(c.Submissions)
	said := slices.Clone(r.Notes)
	if len(guesses) > 0 {
		slices.Sort(guesses)
		said = append(said, lessons.Text{
			EN: "Found on the roster by a part of the name or by the number alone; check that it is them: " + strings.Join(guesses, ", ") + ".",
			ES: "Encontrados en la lista por una parte del nombre o solo por el número; comprueba que sean ellos: " + strings.Join(guesses, ", ") + ".",
		})
	}
	if len(strangers) == 0 {
		return said
	}
	var en, es []string
	for _, who := range strangers {
		en, es = append(en, who.EN), append(es, who.ES)
	}
	return append(said, lessons.Text{
		EN: fmt.Sprintf("Not on the roster: %s. Give these the name, ID or e-mail address of one person on it, or correct it, and grade again.", strings.Join(en, ", ")),
		ES: fmt.Sprintf("No están en la lista: %s. Ponles el nombre, el número o el correo de una sola persona de la lista, o corrígela, y califica de nuevo.", strings.Join(es, ", ")),
	})
}

var unlisted = lessons.Text{EN: "nobody on the roster has this name, or more than one", ES: "nadie en la lista tiene este nombre, o más de uno"}

// enroll gives a submission the name of somebody on the roster.
func (s *Submission) enroll(person verdict.Person, by roster.By) {
	called, name := s.ID, printable(person.Name)
	s.Origin.Person = &person
	s.ID = name
	switch by {
	case roster.Surely:
	case roster.ByPart:
		s.note(fmt.Sprintf("taken for %s on the roster, by a part of the name: it came as %s", name, called),
			fmt.Sprintf("se toma por %s, de la lista, por una parte del nombre: llegó como %s", name, called))
	case roster.ByNumber:
		s.note(fmt.Sprintf("taken for %s on the roster by the number alone, though the names differ: it came as %s", name, called),
			fmt.Sprintf("se toma por %s, de la lista, solo por el número, aunque los nombres difieren: llegó como %s", name, called))
	}
}

func (s *Submission) note(en, es string) {
	s.Notes = append(s.Notes, lessons.Text{EN: en, ES: es})
}
