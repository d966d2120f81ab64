package intake

import (
	"fmt"

	"wirelab/grader/intake/roster"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Enroll gives each submission the name that the roster has for its student, and adds those who handed in nothing. It
// returns what whoever grades must know: whose submissions are nobody's on the roster.
func (c *Class) Enroll(r *roster.Roster) []lessons.Text {
	handed := make(map[int]bool)
	var strangers []string
	for i := range c.Submissions {
		s := &c.Submissions[i]
		at, ok := r.Match(s.ID, s.Origin.LMS)
		switch {
		case !ok:
			strangers = append(strangers, s.ID)
			s.note("nobody on the roster has this name, or more than one", "nadie en la lista tiene este nombre, o más de uno")
			continue
		case handed[at]:
			strangers = append(strangers, s.ID)
			s.note("there is another submission of "+printable(r.People[at].Name), "hay otra entrega de "+printable(r.People[at].Name))
			continue
		}
		handed[at] = true
		person := r.People[at]
		s.Origin.Person = &person
		s.ID = printable(person.Name)
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
	if len(strangers) == 0 {
		return nil
	}
	en, es := enumerate(strangers)
	return []lessons.Text{{
		EN: fmt.Sprintf("Not on the roster: %s.", en),
		ES: fmt.Sprintf("No están en la lista: %s.", es),
	}}
}

func (s *Submission) note(en, es string) {
	s.Notes = append(s.Notes, lessons.Text{EN: en, ES: es})
}
