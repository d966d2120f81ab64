package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/subject"
)

// A batch that was interrupted is no finished one: what it did not come to would be 0 points elsewhere.
func TestAnInterruptedBatchIsNotFinished(t *testing.T) {
	for lang, want := range map[string]struct{ refused, hint, note string }{
		"en": {"was interrupted: not all work in it is graded\n", "hint: run the same batch again, ", "note: the batch was interrupted: "},
		"es": {"se interrumpió: falta trabajo por calificar\n", "pista: ejecuta otra vez el mismo comando, ", "nota: la calificación se interrumpió: "},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Setenv(subject.LangEnv, lang)
			out := t.TempDir()
			text, err := os.ReadFile(filepath.Join("export", "testdata", lang, "report.json"))
			require.NoError(t, err)
			text = bytes.Replace(text, []byte(`"lang":`), []byte(`"interrupted": true, "lang":`), 1)
			require.NoError(t, os.WriteFile(filepath.Join(out, "report.json"), text, 0o600))
			to := filepath.Join(out, "to")
			for _, args := range [][]string{
				{"export", "moodle", "--worksheet", "export/testdata/moodle-en.csv", "--to", to},
				{"export", "moodle", "--feedback", to},
				{"export", "canvas", "--gradebook", "export/testdata/canvas.csv", "--assignment", "Wirelab", "--to", to},
				{"export", "gradescope", "--student", "bsilva"},
				{"export", "classroom50", "--to", to},
				{"export", "prairielearn", "--to", to},
				{"export", "exercism", "--to", to},
				{"export", "junit"},
				{"export", "csv"},
				{"export", "markdown"},
				{"regrade", "bsilva"},
			} {
				var stdout, stderr bytes.Buffer
				assert.Equal(t, exitFailed, run(append(args, "--out", out), &stdout, &stderr), "%q", args)
				assert.Contains(t, stderr.String(), want.refused, "%q", args)
				assert.Contains(t, stderr.String(), want.hint, "%q", args)
				assert.Empty(t, stdout.String(), "%q", args)
				assert.NoFileExists(t, to, "%q", args)
				assert.NoDirExists(t, to, "%q", args)
			}
			var stdout, stderr bytes.Buffer
			assert.Equal(t, exitOK, run([]string{"show", "bsilva", "--out", out}, &stdout, &stderr))
			assert.Contains(t, stdout.String(), "16-hub")
			assert.Contains(t, stderr.String(), want.note)
		})
	}
}
