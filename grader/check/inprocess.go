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
		out, err := p.goTest(ctx, c.files, "-count=1", "./lessons/"+p.lesson.ID)
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
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	g.Go(func() error {
		return p.hidden(ctx, p.lesson, "reference", v.reference, func(res verdict.LessonResult, failed bool, log string) {
			p.graded(1)
			p.mustPass("reference, in process", res)
			if failed {
				p.fault("the reference fails in process:\n%s", indent([]byte(log)))
			}
		})
	})
	g.Go(func() error {
		return p.hidden(ctx, p.lesson, "starter", v.starter, func(res verdict.LessonResult, _ bool, _ string) {
			p.mustFail("starter, in process", res)
		})
	})
	for _, m := range v.mutants {
		g.Go(func() error {
			return p.hidden(ctx, p.only(m.KilledBy), m.Name, m.files, func(_ verdict.LessonResult, failed bool, _ string) {
				if !failed {
					p.fault("mutant %s survives %s, in process", m.Name, m.KilledBy)
				}
			})
		})
	}
	return g.Wait()
}

// hidden compiles the hidden tests with a version of the exercise in them and runs those in l. A version that
// does not compile is a problem of the lesson and is not judged.
func (p *prover) hidden(ctx context.Context, l course.Lesson, name string, files files, judge func(res verdict.LessonResult, failed bool, log string)) error {
	bin := filepath.Join(p.dir, l.ID+"-"+name+".test")
	out, err := p.goTest(ctx, files, "-c", "-o", bin, "./lessons/"+l.ID+"/hidden")
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		p.fault("%s does not compile:\n%s", name, indent(out))
		return nil
	}
	if err != nil {
		return err
	}
	defer os.Remove(bin)
	res, failed, log, err := run.New(nil, run.Options{}).InProcess(ctx, l, bin)
	if err != nil {
		return err
	}
	judge(res, failed, log)
	return nil
}

// goTest runs `go test -race` in the course, with this version in place of the student's files.
func (p *prover) goTest(ctx context.Context, files files, args ...string) ([]byte, error) {
	dir, err := os.MkdirTemp(p.dir, "overlay-")
	if err != nil {
		return nil, err
	}
	replace := map[string]string{}
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, text, 0o600); err != nil {
			return nil, err
		}
		replace[filepath.Join(p.lesson.Dir, name)] = at
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

// indent shortens what a tool said to its last lines and sets it off.
func indent(text []byte) string {
	const most = 40
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) > most {
		lines = slices.Concat([]string{fmt.Sprintf("… %d lines", len(lines)-most)}, lines[len(lines)-most:])
	}
	return "    " + strings.Join(lines, "\n    ")
}
