package export

import (
	"cmp"
	"encoding/json"
	"regexp"
)

// known is what a report may say of a student besides the results, if the submission came with it.
type known struct {
	Name string `json:"name"` // full name, from a roster or from the name of a folder in a zip
	LMS  struct {
		System string `json:"system"` // "moodle", "canvas"
		ID     string `json:"id"`     // the system's own number of the person
	} `json:"lms"`
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

// people are the students of the batch as somebody looks for them in a file of system ("moodle", "canvas").
func (b *Batch) people(system string) []person {
	var all []person
	for i, s := range b.Students {
		p := person{shown: s.ID, name: cmp.Or(b.known[i].Name, s.ID), logins: []string{s.ID}}
		if b.known[i].LMS.System == system {
			p.number = b.known[i].LMS.ID
		}
		if m := moodleID.FindStringSubmatch(s.ID); m != nil {
			p.name = m[1]
			if system == "moodle" && p.number == "" {
				p.number = m[2]
			}
		}
		all = append(all, p)
	}
	return all
}
