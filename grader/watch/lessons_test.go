package watch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
)

// Every visible test of the course says what it asks for, has a hint, and names a part of the notes, so that nobody is
// left alone with a failure.
func TestVisibleTestsHelp(t *testing.T) {
	wd, err := os.Getwd()
	require.NoError(t, err)
	c, err := course.Find(wd)
	require.NoError(t, err)
	notes := regexp.MustCompile(`(?m)^//wirelab:notes (.+?)\r?$`)
	for _, l := range c.Lessons {
		visible, err := l.Visible()
		require.NoError(t, err)
		asked := 0
		for _, test := range visible {
			if regexp.MustCompile(`^Example`).MatchString(test.Name) {
				continue // it shows how something is used, and asks for nothing
			}
			asked++
			for what, text := range map[string]string{"text": test.Text.EN, "//wirelab:es": test.Text.ES, "//wirelab:hint": test.Hint.EN, "//wirelab:hint.es": test.Hint.ES} {
				assert.NotEmpty(t, text, "%s %s: no %s", l.ID, test.Name, what)
			}
		}
		files, err := filepath.Glob(filepath.Join(l.Dir, "*_test.go"))
		require.NoError(t, err)
		named := 0
		for _, at := range files {
			src, err := os.ReadFile(at)
			require.NoError(t, err)
			for _, m := range notes.FindAllStringSubmatch(string(src), -1) {
				named++
				assert.True(t, strings.Contains("\n"+l.Notes.EN, "\n## "+m[1]+"\n"), "%s: no heading %q in the notes", at, m[1])
			}
		}
		assert.Equal(t, asked, named, "%s: tests, and headings of the notes that they name", l.ID)
	}
}
