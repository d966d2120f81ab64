package intake

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake/roster"
	"wirelab/grader/verdict"
)

func TestEnroll(t *testing.T) {
	at := filepath.Join(t.TempDir(), "roster.csv")
	require.NoError(t, os.WriteFile(at, []byte("name,id,email\nAna García López,101,ana@example.org\nBo Li,102,\nBo Li,103,\nCy Young,104,\n"), 0o644))
	r, err := roster.Read(at)
	require.NoError(t, err)
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
	assert.Equal(t, "Not on the roster: Di Fu, garcia-lopez-ana.", notes[0].EN)
}
