package course

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"

	"wirelab/grader/verdict"
)

// Mutant is the reference with one classic mistake in it. The lesson's tests are good when the test that the
// mutant names fails on it.
type Mutant struct {
	Name     string // file name of the patch without its extension
	Message  string // why it is wrong, as the patch says above the diff
	KilledBy string // the hidden test that must fail

	diff []*gitdiff.File
}

// readMutants parses solutions/NN-slug/mutants/*.patch. A patch that cannot be parsed is a problem of the lesson
// and no mutant.
func readMutants(l *Lesson, root string) error {
	dir := filepath.Join(l.SolutionDir, "mutants")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".patch")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		file := filepath.Join(dir, e.Name())
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		m, err := parseMutant(name, Plain(src))
		if err != nil {
			l.problem(root, file, 0, "not a patch: %v", "no es un parche: %v", err)
			continue
		}
		l.Mutants = append(l.Mutants, m)
		switch {
		case m.Message == "":
			l.problem(root, file, 0, "no message above the diff that says why it is wrong",
				"falta, encima del diff, el mensaje que dice por qué está mal")
		case m.KilledBy == "":
			l.problem(root, file, 0, "no trailer Killed-by: TestName", "falta la línea final Killed-by: TestName")
		case !slices.ContainsFunc(l.Tests, func(t verdict.Test) bool { return t.Name == m.KilledBy }):
			l.problem(root, file, 0, "Killed-by: %q is not a hidden test of this lesson",
				"Killed-by: %q no es una prueba oculta de esta lección", m.KilledBy)
		}
	}
	return nil
}

// parseMutant takes a patch apart: plain text above the diff, or the header that git format-patch writes.
func parseMutant(name string, src []byte) (Mutant, error) {
	diff, preamble, err := gitdiff.Parse(bytes.NewReader(src))
	if err != nil {
		return Mutant{}, err
	}
	if len(diff) == 0 {
		return Mutant{}, errors.New("no diff in it")
	}
	if strings.HasPrefix(preamble, "From ") || strings.HasPrefix(preamble, "From: ") {
		h, err := gitdiff.ParsePatchHeader(preamble)
		if err != nil {
			return Mutant{}, err
		}
		preamble = h.Message()
	}
	m := Mutant{Name: name, diff: diff}
	var message []string
	for line := range strings.Lines(preamble) {
		line = strings.TrimRight(line, " \n")
		if test, ok := strings.CutPrefix(line, "Killed-by:"); ok {
			m.KilledBy = strings.TrimSpace(test)
			continue
		}
		if line == "---" { // git format-patch puts a diffstat below this line
			break
		}
		message = append(message, line)
	}
	m.Message = strings.TrimSpace(strings.Join(message, "\n"))
	return m, nil
}

// Apply returns the mutant's files: a copy of the reference with the mistake in it. It is an error if the patch
// does not fit the reference exactly, or changes nothing.
func (m Mutant) Apply(reference map[string][]byte) (map[string][]byte, error) {
	files := maps.Clone(reference)
	for _, f := range m.diff {
		name := path.Base(f.OldName) // whatever folder the diff was made in
		src, ok := reference[name]
		if !ok || f.IsNew || f.IsDelete || f.IsRename || f.IsCopy {
			return nil, fmt.Errorf("mutant %s: a patch may only change the reference's files, not %q", m.Name, f.NewName)
		}
		var out bytes.Buffer
		if err := gitdiff.Apply(&out, bytes.NewReader(src), f); err != nil {
			return nil, fmt.Errorf("mutant %s does not fit the reference's %s: %w", m.Name, name, err)
		}
		files[name] = out.Bytes()
	}
	if maps.EqualFunc(files, reference, bytes.Equal) {
		return nil, fmt.Errorf("mutant %s changes nothing", m.Name)
	}
	return files, nil
}
