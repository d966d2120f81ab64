package export

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
)

func TestMatchGoesFromSureToLikely(t *testing.T) {
	rows := []person{
		{shown: "row 0", number: "7", name: "Ana Ruiz", logins: []string{"ana@example.edu"}},
		{shown: "Ana Ruiz (Participant 8)", number: "8", name: "Ana Ruiz", logins: []string{"ruiz2@example.edu"}},
		{shown: "row 2", number: "9", name: "João Pedro da Silva"},
		{shown: "row 3", number: "10", name: "Muñoz, Íñigo"},
		{shown: "row 4", number: "11", name: "Walter Ortiz", logins: []string{"2026-0042"}},
	}
	for what, c := range map[string]struct {
		student person
		want    int
	}{
		"the number wins over the name": {person{number: "9", name: "Walter Ortiz"}, 2},
		"name, other case and spaces":   {person{name: "walter   ORTIZ"}, 4},
		"name, accents spelled apart":   {person{name: "In\u0303igo Mun\u0303oz"}, 3},
		"a folder's name":               {person{name: "silva-joao-pedro-da"}, 2},
		"login before the @":            {person{logins: []string{"Ruiz2"}}, 1},
		"two of a name, told by e-mail": {person{name: "Ana Ruiz", logins: []string{"ana@example.edu"}}, 0},
		"student number":                {person{logins: []string{"2026-0042"}}, 4},
		"the number of a team":          {person{number: "9", called: "Team A"}, -1},
		"a number, names hidden then":   {person{number: "8", called: "Participant"}, 1},
		"nobody":                        {person{name: "Ana", logins: []string{"x"}}, -1},
		"nothing is known":              {person{}, -1},
	} {
		got, err := match([]person{c.student}, rows)
		require.NoError(t, err, what)
		assert.Equal(t, []int{c.want}, got, what)
	}
}

// Moodle numbers its participants anew in each assignment.
func TestMatchByTheWorksheetOfAnotherAssignment(t *testing.T) {
	got, err := match([]person{
		{number: "7", called: "Bo García", name: "Bo García"},
		{number: "8", called: "Ana García", name: "Ana García"},
	}, []person{
		{shown: "Ana García (Participant 7)", number: "7", name: "Ana García"},
		{shown: "Bo García (Participant 8)", number: "8", name: "Bo García"},
	})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, got)
}

func TestMatchNeverGuesses(t *testing.T) {
	two := []person{{shown: "7", name: "Ana Ruiz"}, {shown: "8", name: "Ana Ruiz"}}
	for _, students := range [][]person{{{shown: "ana", name: "ana ruiz"}}, two} {
		_, err := match(students, two)
		var told *course.Error
		require.ErrorAs(t, err, &told)
		assert.Contains(t, told.Text, `may be any of "7", "8"`)
	}
	_, err := match(two, two[:1])
	assert.ErrorContains(t, err, `"7" of the class is not the only one who may be "7" in the file`)

	_, err = match([]person{{shown: "ana", logins: []string{"ana"}}},
		[]person{{shown: "7", logins: []string{"ana@example.edu"}}, {shown: "8", logins: []string{"ana"}}})
	assert.ErrorContains(t, err, `may be any of "7", "8"`)

	got, err := match([]person{{shown: "ana", number: "2", name: "Ana Ruiz"}, {shown: "b", name: "Ana Ruiz"}},
		[]person{{shown: "7", number: "1", name: "Ana Ruiz"}, {shown: "8", number: "2", name: "Ana Ruiz"}})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, got, "one left on each side")

	got, err = match([]person{{shown: "a", name: "Ana Ruiz"}, {shown: "b", name: "Ana Ruiz", logins: []string{"ruiz2"}}},
		[]person{{shown: "7", name: "Ana Ruiz"}, {shown: "8", name: "Ana Ruiz", logins: []string{"ruiz2"}}})
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1}, got, "one left on each side, after a later rule")
}
