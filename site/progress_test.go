package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/exercise"
	"wirelab/site/progress"
)

func TestPagesHearHowFarALessonHasCome(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	const front = "---\ntitle: T\nsummary: S\nminutes: 30\nkind: server\nlibrary: std\nfiles: [x.go]\nreads: []\n---\n"
	write("lessons/02-x/README.md", front)
	write("lessons/02-x/x.go", "package x\n")
	write(".wirelab/lessons/02-x/x.go", "package x\n")

	told := map[string]any{}
	publish := func(topic string, v any) { told[topic] = v }
	f, err := follow(t.Context(), os.DirFS(notesDir), true, publish)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.close()) }()
	is := func(want progress.State) {
		t.Helper()
		assert.Equal(t, map[string]progress.State{"02-x": want}, told["progress"])
	}
	is(progress.New)
	write("lessons/02-x/x.go", "package x // changed\n")
	f.look()
	is(progress.Started)

	tests := func(phase string, results ...string) {
		s := exercise.State{Lesson: "02-x", Tests: exercise.Tests{Phase: phase}}
		for _, status := range results {
			s.Tests.Tests = append(s.Tests.Tests, exercise.Test{Status: status})
		}
		f.hear("exercise/02-x", s)
		assert.Equal(t, s, told["exercise/02-x"], "what exercises say is passed on")
	}
	tests(exercise.Ended, "pass") // nobody knows which files these had
	is(progress.Started)
	tests(exercise.Running, "pass", "run")
	tests(exercise.Ended, "pass", "fail")
	is(progress.Started)
	tests(exercise.Running)
	tests(exercise.Broken)
	is(progress.Started)
	tests(exercise.Running)
	tests(exercise.Ended, "pass", "skip")
	is(progress.Green)

	w := httptest.NewRecorder()
	f.ServeHTTP(w, nil)
	assert.JSONEq(t, `{"02-x": "green"}`, w.Body.String())
}
