package export

import (
	"embed"
	"io"
	"os"
	"path/filepath"

	"wirelab/grader/report"
)

//go:embed gradescope/setup.sh gradescope/run_autograder
var scripts embed.FS

// Autograder writes into dir, which it makes if it must, the two scripts that make of this grader an autograder for
// Gradescope: setup.sh and run_autograder. The course belongs beside them, as the folder "course".
func Autograder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"setup.sh", "run_autograder"} {
		text, err := scripts.ReadFile("gradescope/" + name)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if err := report.WriteFile(path, false, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}); err != nil {
			return err
		}
		if err := os.Chmod(path, 0o755); err != nil {
			return err
		}
	}
	return nil
}
