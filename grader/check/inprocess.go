package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"wirelab/grader/course"
	"wirelab/grader/run"
	"wirelab/grader/verdict"
)

// visible runs the lesson's visible tests: they pass on the reference and fail on the starter.
func (p *prover) visible(ctx context.Context, v variants) error {
	for _, c := range []struct {
		name  string
		files files
		pass  bool
	}{{"starter", v.starter, false}, {"reference", v.reference, true}} {
		replace := files{}
		for name, text := range c.files {
			replace[filepath.Join(p.lesson.Dir, name)] = text
		}
		out, err := p.goTest(ctx, replace, "-count=1", "./lessons/"+p.lesson.ID)
		var exit *exec.ExitError
		switch {
		case err != nil && !errors.As(err, &exit):
			return err
		case c.pass && err != nil:
			p.fault("the %s fails a visible test:\n%s", c.name, indent(out))
		case !c.pass && err == nil:
			p.fault("the %s passes every visible test", c.name)
		case !c.pass && !bytes.Contains(out, []byte("--- FAIL")):
			p.fault("the %s does not fail as a test does:\n%s", c.name, indent(out))
		}
	}
	return nil
}

// inProcess runs the hidden tests with the exercise compiled in, behind an httptest.Server.
func (p *prover) inProcess(ctx context.Context, v variants) error {
	bin, err := p.compileAll(ctx, v)
	if err != nil || bin == "" {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	version := func(n int, l course.Lesson, judge func(res verdict.LessonResult, failed bool, log string)) {
		g.Go(func() error {
			res, failed, log, err := run.New(nil, run.Options{Redis: os.Getenv(run.RedisEnv)}).InProcess(ctx, l, bin, fmt.Sprintf("%s=%d", versionEnv, n))
			if err != nil {
				return err
			}
			judge(res, failed, log)
			return nil
		})
	}
	for n, ver := range v.all() {
		switch {
		case ver.mutant != nil:
			m := *ver.mutant
			version(n, p.only(m.KilledBy), func(_ verdict.LessonResult, failed bool, _ string) {
				if !failed {
					p.fault("mutant %s survives %s, in process", m.Name, m.KilledBy)
				}
			})
		case ver.name == "starter":
			version(n, p.lesson, func(res verdict.LessonResult, _ bool, _ string) { p.mustFail("starter, in process", res) })
		default:
			version(n, p.lesson, func(res verdict.LessonResult, failed bool, log string) {
				p.graded(1)
				p.mustPass("reference, in process", res)
				if failed {
					p.fault("the reference fails in process:\n%s", indent([]byte(log)))
				}
			})
		}
	}
	return g.Wait()
}

// versionEnv tells a binary that [prover.compileAll] has made which version to test, by its number.
const versionEnv = "WIRELAB_VERSION"

// compileAll compiles the hidden tests with every version of the exercise in one binary, each a package of its own:
// linking takes most of the time. If a version does not compile, that is a fault and the path is empty.
func (p *prover) compileAll(ctx context.Context, v variants) (string, error) {
	given, err := p.lesson.Given()
	if err != nil {
		return "", err
	}
	replace := map[string][]byte{}
	var imports, table bytes.Buffer
	for n, ver := range v.all() {
		for _, set := range []files{given, ver.files} {
			for name, text := range set {
				replace[filepath.Join(p.lesson.Dir, fmt.Sprint("version", n), name)] = text
			}
		}
		fmt.Fprintf(&imports, "\tv%d %q\n", n, fmt.Sprintf("wirelab/lessons/%s/version%d", p.lesson.ID, n))
		fmt.Fprintf(&table, "\t\t%q: v%d.Subject,\n", fmt.Sprint(n), n)
	}
	replace[filepath.Join(p.lesson.HiddenDir, "main_test.go")] = fmt.Appendf(nil, `package hidden

import (
	"net/http"
	"os"
	"testing"

	"wirelab/grader/probe"
%s)

func TestMain(m *testing.M) {
	probe.Main(m, map[string]func() http.Handler{
%s	}[os.Getenv(%q)])
}
`, imports.String(), table.String(), versionEnv)
	bin := filepath.Join(p.dir, p.lesson.ID+".test")
	out, err := p.goTest(ctx, replace, "-vet=off", "-c", "-o", bin, "./lessons/"+p.lesson.ID+"/hidden")
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		var names []string
		for n, ver := range v.all() {
			names = append(names, fmt.Sprintf("version%d: %s", n, ver.name))
		}
		p.fault("a version does not compile:\n%s\n    (%s)", indent(out), strings.Join(names, ", "))
		return "", nil
	}
	return bin, err
}

// goTest runs `go test -race` in the course, with these files in place of, or beside, what is there.
func (p *prover) goTest(ctx context.Context, files files, args ...string) ([]byte, error) {
	dir, err := os.MkdirTemp(p.dir, "overlay-")
	if err != nil {
		return nil, err
	}
	replace := map[string]string{}
	for path, text := range files {
		at := filepath.Join(dir, fmt.Sprint(len(replace), ".go"))
		if err := os.WriteFile(at, text, 0o600); err != nil {
			return nil, err
		}
		replace[path] = at
	}
	overlay := filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-race", "-overlay", overlay}, args...)...)
	cmd.Dir = p.course.Root
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	return out, err
}

// mustPass notes each test that did not pass.
func (p *prover) mustPass(who string, res verdict.LessonResult) {
	if res.Status != verdict.Graded {
		p.fault("%s: %s: %s", who, res.Status, res.Message.EN)
	}
	for _, t := range res.Tests {
		if t.Outcome != verdict.Passed {
			p.fault("%s: %s %s:\n%s", who, t.Name, t.Outcome, indent([]byte(story(t))))
		}
	}
}

// mustFail notes each test that did not fail.
func (p *prover) mustFail(who string, res verdict.LessonResult) {
	if res.Status != verdict.Graded {
		p.fault("%s: %s: %s", who, res.Status, res.Message.EN)
	}
	for _, t := range res.Tests {
		if t.Outcome != verdict.Failed {
			p.fault("%s: %s %s, and should have failed", who, t.Name, t.Outcome)
		}
	}
}

// story is a test's message and transcript.
func story(t verdict.TestResult) string {
	lines := []string{t.Message.EN}
	for _, e := range t.Transcript {
		lines = append(lines, e.Line())
	}
	return strings.Join(lines, "\n")
}

// indent shortens what a tool said to its first and last lines and sets it off.
func indent(text []byte) string {
	const first, last = 8, 32
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if cut := len(lines) - first - last; cut > 0 {
		lines = slices.Concat(lines[:first], []string{fmt.Sprintf("… %d lines", cut)}, lines[len(lines)-last:])
	}
	return "    " + strings.Join(lines, "\n    ")
}
