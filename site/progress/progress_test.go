package progress

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/lessons"
)

// handedOut is what a file was when the course was handed out.
type handedOut string

func (h handedOut) Changes(l course.Lesson) ([]origin.Change, error) {
	if h == "" {
		return nil, os.ErrNotExist
	}
	changes := []origin.Change{{Name: "notes_test.go"}}
	src, err := os.ReadFile(filepath.Join(l.Dir, "hub.go"))
	if err == nil && string(src) != string(h) {
		changes = append(changes, origin.Change{Name: "hub.go", Old: []byte(h), New: src})
	}
	return changes, err
}

func TestALessonComesAlong(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "new", "progress.json")
	hub := lessons.Lesson{ID: "16-hub", Files: []string{"hub.go"}}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "16-hub"), 0o755))
	write := func(src string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "16-hub", "hub.go"), []byte(src), 0o600))
	}
	tracker := Open(dir, file, handedOut("starter"))
	is := func(want State) {
		t.Helper()
		assert.Equal(t, map[string]State{"16-hub": want}, tracker.States([]lessons.Lesson{hub}))
	}
	write("starter")
	is(New)
	require.NoError(t, tracker.Tested(hub, false))
	is(New)
	write("half")
	is(Started)
	write("done")
	require.NoError(t, tracker.Tested(hub, true))
	is(Green)
	write("done, and more")
	is(Started)
	write("done")
	is(Green)

	tracker = Open(dir, file, handedOut("starter")) // the site is started again
	is(Green)
	require.NoError(t, tracker.Tested(hub, false)) // the same files: the tests have changed
	is(Started)
	write("starter")
	is(New)
	assert.Error(t, tracker.Tested(lessons.Lesson{ID: "99-none", Files: []string{"x.go"}}, true))
}

func TestWhatIsNotKnownIsNotStarted(t *testing.T) {
	hub := []lessons.Lesson{{ID: "16-hub", Files: []string{"hub.go"}}}
	assert.Equal(t, New, Open(t.TempDir(), "none", handedOut("")).States(hub)["16-hub"])

	torn := filepath.Join(t.TempDir(), "progress.json")
	require.NoError(t, os.WriteFile(torn, []byte("{"), 0o600))
	assert.Empty(t, Open(t.TempDir(), torn, handedOut("x")).passed)
}

func TestEachWorkingCopyHasItsOwn(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("LocalAppData", t.TempDir())
	one, err := File("lessons")
	require.NoError(t, err)
	two, err := File("other/lessons")
	require.NoError(t, err)
	assert.NotEqual(t, one, two)
}
