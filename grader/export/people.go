package export

import (
	"cmp"
	"regexp"

	"wirelab/grader/verdict"
)

// moodleID matches an ID that is the name of a folder in Moodle's "Download all submissions".
var moodleID = regexp.MustCompile(`^(.*)_(\d+)_assignsubmission_`)

// people are the students of the batch as somebody looks for them in a file of system.
func (b *Batch) people(system string) []person {
	var all []person
	for _, s := range b.Students {
		p := person{shown: s.ID, name: s.ID, logins: []string{s.ID}}
		if s.Person != nil {
			p.name, p.logins = s.Person.Name, append(p.logins, s.Person.ID, s.Person.Email)
		}
		if s.LMS != nil && s.LMS.System == system {
			p.number = s.LMS.ID
			if system == verdict.Moodle { // Canvas writes names in lower case, without spaces
				p.called, p.name = s.LMS.Name, cmp.Or(s.LMS.Name, p.name)
			}
		}
		if m := moodleID.FindStringSubmatch(s.ID); m != nil && system == verdict.Moodle {
			p.called, p.name, p.number = m[1], m[1], cmp.Or(p.number, m[2])
		}
		all = append(all, p)
	}
	return all
}
