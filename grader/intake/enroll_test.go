package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake/roster"
	"wirelab/grader/verdict"
)

func readRoster(t *testing.T, text string) *roster.Roster {
	t.Helper()
	at := filepath.Join(t.TempDir(), "roster.csv")
	require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
	r, err := roster.Read(at)
	require.NoError(t, err)
	return r
}

func TestEnroll(t *testing.T) {
	r := readRoster(t, "name,id,email\nAna García López,101,ana@example.org\nBo Li,102,\nBo Li,103,\nCy Young,104,\n")
	class := readZip(t, map[string]string{
		"Ana García López_101_assignsubmission_file/16-hub/hub.go": work,
		"Bo Li_103_assignsubmission_file/16-hub/hub.go":            work,
		"Di Fu_105_assignsubmission_file/16-hub/hub.go":            work,
		"garcia-lopez-ana/10-echo/echo.go":                         echoWork,
	})
	notes := class.Enroll(r)
	assert.Equal(t, []string{
		"Ana García López (moodle 101): 16-hub", "Bo Li (102):", "Bo Li (103) (moodle 103): 16-hub", "Cy Young:",
		"Di Fu (moodle 105): 16-hub", "garcia-lopez-ana: 10-echo",
	}, summary(class.Submissions))
	assert.Equal(t, &verdict.Person{Name: "Ana García López", ID: "101", Email: "ana@example.org"}, class.Submissions[0].Origin.Person)
	assert.Equal(t, verdict.NotSubmitted, class.Submissions[3].Decided["16-hub"].Status)
	assert.Equal(t, "nothing was handed in", class.Submissions[3].Decided["16-hub"].Message.EN)
	assert.Equal(t, "nobody on the roster has this name, or more than one\n", texts(class.Submissions[4]))
	assert.Equal(t, "there is another submission of Ana García López\n", texts(class.Submissions[5]))
	require.Len(t, notes, 1)
	assert.Equal(t, "Not on the roster: Di Fu, garcia-lopez-ana (there is another submission of Ana García López). "+
		"Give these the name, ID or e-mail address of one person on it, or correct it, and grade again.", notes[0].EN)
}

// Whoever is taken for somebody by a guess is told so, and takes nobody's place.
func TestEnrollGuesses(t *testing.T) {
	r := readRoster(t, "Nombre;Apellidos;Número\nPedro;García;A1005\nAna;García Ruiz;A7777\nBo;Li Wu;A3\n")
	class := readZip(t, map[string]string{
		"Ana García_1005_assignsubmission_file/16-hub/hub.go": work,
		"Bo Li_1006_assignsubmission_file/16-hub/hub.go":      work,
		"Bo Li Wu_1007_assignsubmission_file/10-echo/echo.go": echoWork,
	})
	notes := class.Enroll(r)
	assert.Equal(t, []string{
		"Ana García Ruiz (moodle 1005): 16-hub", "Bo Li (moodle 1006): 16-hub", "Bo Li Wu (moodle 1007): 10-echo", "Pedro García:",
	}, summary(class.Submissions))
	assert.Equal(t, "taken for Ana García Ruiz on the roster, by a part of the name: it came as Ana García\n", texts(class.Submissions[0]))
	assert.Equal(t, "nobody on the roster has this name, or more than one\n", texts(class.Submissions[1]), "whoever grades is told more")
	require.Len(t, notes, 2)
	assert.Contains(t, notes[0].EN, "Ana García → Ana García Ruiz")
	assert.Contains(t, notes[1].EN, "Bo Li (there is another submission of Bo Li Wu)")
}

// Of two who may be the same person by a part of the name, neither is.
func TestEnrollGuessesOnce(t *testing.T) {
	r := readRoster(t, "name,id\nAna García Ruiz,7777\n")
	class := readZip(t, map[string]string{
		"Ana García_1005_assignsubmission_file/16-hub/hub.go":   work,
		"Ana García_1006_assignsubmission_file/10-echo/echo.go": echoWork,
	})
	notes := class.Enroll(r)
	require.Len(t, notes, 1)
	assert.Contains(t, notes[0].EN, "Ana García (1006) (this and another submission may be of Ana García Ruiz)")
	assert.Equal(t, []string{
		"Ana García (1005) (moodle 1005): 16-hub", "Ana García (1006) (moodle 1006): 10-echo", "Ana García Ruiz:",
	}, summary(class.Submissions))
}

func TestEnrollNamesEveryStranger(t *testing.T) {
	r := readRoster(t, "name,id\nAna,1\nAna,1\nBo Li,2\nBo Li,3\n")
	files := map[string]string{"bo-li/16-hub/hub.go": work}
	for i := range 12 {
		files[fmt.Sprintf("est%02d/16-hub/hub.go", i)] = work
	}
	class := readZip(t, files)
	notes := class.Enroll(r)
	require.Len(t, notes, 2)
	assert.Equal(t, "On more than one line of the roster, and counted once: Ana.", notes[0].EN)
	assert.Contains(t, notes[1].EN, "Not on the roster: bo-li (2 people on the roster have this name), est00, est01,")
	assert.Contains(t, notes[1].EN, "est10, est11. Give these")
}
