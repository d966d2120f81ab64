package export

import (
	"cmp"
	"encoding/json"
	"regexp"

	"wirelab/grader/verdict"
)

// known is what a report says of whose a submission is, if it came with that.
type known struct {
	LMS struct {
		System string `json:"system"` // verdict.Moodle, verdict.Canvas
		ID     string `json:"id"`     // the system's own number of the person, or in Moodle of a team
		Name   string `json:"name"`   // as the system writes it in file names
	} `json:"lms"`
	Person struct { // by the roster
		Name  string `json:"name"`
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"person"`
}

func readKnown(raw []byte) ([]known, error) {
	var r struct {
		Students []known `json:"students"`
	}
	err := json.Unmarshal(raw, &r)
	return r.Students, err
}

// moodleID matches an ID that is the name of a folder in Moodle's "Download all submissions".
var moodleID = regexp.MustCompile(`^(.*)_(\d+)_assignsubmission_`)

// people are the students of the batch as somebody looks for them in a file of system.
func (b *Batch) people(system string) []person {
	var all []person
	for i, s := range b.Students {
		k := b.known[i]
		p := person{shown: s.ID, name: cmp.Or(k.Person.Name, s.ID), logins: []string{s.ID, k.Person.ID, k.Person.Email}}
		if k.LMS.System == system {
			p.number = k.LMS.ID
			if system == verdict.Moodle { // Canvas writes names in lower case, without spaces
				p.called, p.name = k.LMS.Name, cmp.Or(k.LMS.Name, p.name)
			}
		}
		if m := moodleID.FindStringSubmatch(s.ID); m != nil && system == verdict.Moodle {
			p.called, p.name, p.number = m[1], m[1], cmp.Or(p.number, m[2])
		}
		all = append(all, p)
	}
	return all
}
