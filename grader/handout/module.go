package handout

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"wirelab/grader/course"
)

// addModule adds go.mod and go.sum with no more in them than what the handout imports. Versions stay those of the
// course, with which every package was tested.
func (files Files) addModule(c *course.Course, modules map[string]bool) error {
	at := filepath.Join(c.Root, "go.mod")
	src, err := os.ReadFile(at)
	if err != nil {
		return err
	}
	mod, err := modfile.Parse(at, src, nil)
	if err != nil {
		return err
	}
	dropped := map[string]bool{}
	for _, r := range mod.Require {
		if !modules[r.Mod.Path] {
			dropped[r.Mod.Path] = true
		}
	}
	for path := range dropped {
		if err := mod.DropRequire(path); err != nil {
			return err
		}
	}
	for _, t := range mod.Tool {
		if err := mod.DropTool(t.Path); err != nil {
			return err
		}
	}
	mod.Cleanup()
	if files["go.mod"], err = mod.Format(); err != nil {
		return fmt.Errorf("go.mod: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(c.Root, "go.sum"))
	if err != nil {
		return err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(course.Plain(sums))) {
		path, rest, _ := strings.Cut(line, " ")
		version, _, _ := strings.Cut(rest, " ")
		if !dropped[path] || strings.HasSuffix(version, "/go.mod") {
			kept.WriteString(line) // of what is not used, the requirements may still have a say
		}
	}
	files["go.sum"] = []byte(kept.String())
	return nil
}
