//go:build !handout

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/pipeline"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

func newRun() *cobra.Command {
	var lang, sandbox string
	cmd := &cobra.Command{
		Use:   "run LESSON",
		Short: "Grade a lesson of your working copy, as a batch would",
		Long: `Run grades one lesson of your working copy with the hidden tests, in the sandbox, and
shows what went over the wire when one fails.`,
		Example: `  go run ./grader run 16-hub
  go run ./grader run 16`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runLesson(cmd, args[0], lang, sandbox) },
	}
	langFlag(cmd, &lang)
	sandboxFlag(cmd, &sandbox)
	return cmd
}

func runLesson(cmd *cobra.Command, name, lang, sandbox string) error {
	if err := errors.Join(checkLang(lang), checkSandbox(sandbox)); err != nil {
		return err
	}
	ctx := cmd.Context()
	c, err := find()
	if err != nil {
		return err
	}
	graded, err := choose(c, name)
	if err != nil {
		return err
	}
	l := graded[0]
	files, err := working(l)
	if err != nil {
		return err
	}
	step, done := longSteps(cmd.ErrOrStderr())
	defer done()
	p, err := pipeline.Open(ctx, c, graded, pipeline.Options{NoSandbox: sandbox == "off", Lang: lang, Step: step})
	if err != nil {
		return interruptible(ctx, err)
	}
	defer p.Close()
	built, err := p.Build(ctx, []pipeline.Work{{Lesson: l, Files: files}})
	if err != nil {
		return err
	}
	defer built.Discard()
	step(lessons.Text{
		EN: "running the hidden tests: one that waits for what never comes takes a while",
		ES: "ejecutando las pruebas ocultas: la que espera lo que nunca llega tarda un rato",
	}.In(lang))
	results, err := built.Run(ctx, pipeline.Watch{})
	done()
	if err != nil {
		return err
	}
	class := verdict.Class{Lessons: p.Lessons(), Head: p.Head(), Students: []verdict.Student{{ID: "you", Lessons: results}}}
	if err := report.Terminal(cmd.OutOrStdout(), class, style(cmd.OutOrStdout(), lang)); err != nil {
		return err
	}
	return graderFailed(class)
}

// working reads what the student has written of a lesson in the working copy.
func working(l course.Lesson) (intake.Files, error) {
	sources, err := filepath.Glob(filepath.Join(l.Dir, "*.go"))
	if err != nil {
		return nil, err
	}
	given, err := l.Given()
	if err != nil {
		return nil, err
	}
	files := intake.Files{}
	for _, path := range sources {
		name := filepath.Base(path)
		if _, isGiven := given[name]; isGiven || isTest(name) || !course.IsSource(name) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if len(text) > intake.MaxSource {
			return nil, fmt.Errorf("%s has %d bytes, and at most %d can be handed in", path, len(text), intake.MaxSource)
		}
		files[name] = course.Plain(text)
	}
	return files, nil
}

func isTest(name string) bool { return len(name) > 8 && name[len(name)-8:] == "_test.go" }
