//go:build !handout

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wirelab/grader/cache"
	"wirelab/grader/course"
	"wirelab/grader/pipeline"
	"wirelab/grader/report"
	"wirelab/grader/store"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

type batchFlags struct {
	out     string
	lang    string
	lessons []string
	sandbox string
	fresh   bool
	live    string // address; "" without
	class   classFlags

	page  *liveView                         // of --live, or nil
	again func(student, lesson string) bool // of what the verdict does not count; nil: of everything with --fresh
}

func newBatch() *cobra.Command {
	var f batchFlags
	cmd := &cobra.Command{
		Use:   "batch CLASS",
		Short: "Grade a class, as it was handed in",
		Long: `Batch grades every submission of a class. CLASS is one of these:

  a folder or a zip    with a folder or a zip for each student, which holds lesson folders
                       (16-hub/hub.go) at any depth, or a whole copy of the course
  a Moodle download    "Download all submissions", as a zip or unpacked
  a Canvas download    "Download submissions", as a zip or unpacked
  a folder of clones   with --at: the last commit on each default branch until then
  a list               a text file; each line a repository's path or address, then, if you
                       like, the student's name

It writes into --out:

  index.html           the class at a glance
  students/ID.html     every failed test of a student, with what went over the wire
  students/ID.md       the same as feedback to hand back
  gradebook.csv        student, each lesson, total, points
  report.json          everything, for programs

With --roster those who handed in nothing appear as well, and submissions of nobody in it
are named. With --due late days are counted, and --late-penalty takes its percentage off
the total; the report shows the score before and after, the gradebook has the columns
late_days, penalty and final. A commit's own time counts, and Canvas' word that something
was late, as one day; of folders, zips and Moodle's downloads nobody knows. Times are like
2026-11-20T23:59:00-05:00; without a zone they are local, a date alone is its end.

With --live a page on this machine shows the batch as it goes, and stays with the reports
until Ctrl-C. At an address that others reach (--live=0.0.0.0:8014) it takes the token that
is in what is printed.

Verdicts are kept as they come: a batch that was stopped, by whatever, goes on where it
stopped, and a second one grades only what has changed: a student's file, the hidden
tests of a lesson, the grader. Ctrl-C ends it with reports about what is done.

They lie in your cache folder, or where WIRELAB_CACHE says, and beside them what was
compiled: new hidden tests compile nobody's work again. What was not used for 30 days goes,
and beyond 1 GiB of either what was not used for longest. What is built lies in TMPDIR while
it is needed, at most 400 MiB for each core, however large the class is.`,
		Example: `  go run ./grader batch submissions/
  go run ./grader batch submissions/ --out grades --lang es
  go run ./grader batch submissions/ --lesson 16-hub
  go run ./grader batch submissions/ --live
  go run ./grader batch Web-Hubs-4711.zip --roster participants.csv
  go run ./grader batch clones/ --at 2026-11-20T23:59:00-05:00
  go run ./grader batch repositories.txt --due 2026-11-20 --late-penalty 10%/day --grace 15m --max-late 5`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return batch(cmd, args[0], f) },
	}
	f.add(cmd)
	return cmd
}

func (f *batchFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "out", "folder for the reports; made if it is not there")
	cmd.Flags().StringSliceVar(&f.lessons, "lesson", nil, "grade these lessons only (default all)")
	cmd.Flags().BoolVar(&f.fresh, "fresh", false, "grade everything, whatever was graded before")
	cmd.Flags().StringVar(&f.live, "live", "", "serve a page that shows the batch as it goes (--live=ADDR for another address)")
	cmd.Flags().Lookup("live").NoOptDefVal = liveAddr
	f.class.add(cmd)
	langFlag(cmd, &f.lang)
	sandboxFlag(cmd, &f.sandbox)
}

// arguments are those of cmd that say what a batch grades, and how: whoever gives them again, from any folder, grades
// the same.
func (f *batchFlags) arguments(cmd *cobra.Command, class string) ([]string, error) {
	class, err := filepath.Abs(class)
	all := []string{class, "--lang=" + f.lang}
	cmd.Flags().Visit(func(given *pflag.Flag) {
		value := given.Value.String()
		switch given.Name {
		case "lang", "out", "fresh", "live":
			return
		case "lesson":
			value = strings.Join(f.lessons, ",")
		case "roster":
			path, absErr := filepath.Abs(value)
			value, err = path, errors.Join(err, absErr)
		}
		all = append(all, "--"+given.Name+"="+value)
	})
	return all, err
}

// openStore opens the store of verdicts in the user's cache.
func openStore() (*store.Store, error) {
	dir, err := cache.Open("verdicts")
	if err != nil {
		return nil, err
	}
	return store.Open(dir.Path())
}

// sandboxFlag adds --sandbox to a command.
func sandboxFlag(cmd *cobra.Command, value *string) {
	cmd.Flags().StringVar(value, "sandbox", "on", `"on", or "off" to run student code without any wall`)
}

func checkSandbox(v string) error {
	if v != "on" && v != "off" {
		return usageError{fmt.Errorf(`--sandbox %q: "on" or "off"`, v)}
	}
	return nil
}

func batch(cmd *cobra.Command, dir string, f batchFlags) error {
	arguments, err := f.arguments(cmd, dir)
	if err != nil {
		return err
	}
	if f.live != "" {
		if f.page, err = openLive(cmd.Context(), cmd.ErrOrStderr(), f); err != nil {
			return err
		}
		defer f.page.server.Close()
	}
	class, interrupted := gradeClass(cmd, dir, f, arguments)
	if class.Students == nil {
		return interrupted
	}
	if err := report.Summary(cmd.OutOrStdout(), class, f.out, style(cmd.OutOrStdout(), f.lang)); err != nil {
		return err
	}
	if interrupted != nil {
		return stopped{interrupted, goOn(f.fresh)}
	}
	if f.page != nil {
		f.page.stay(cmd.Context(), cmd.ErrOrStderr())
	}
	return graderFailed(class)
}

// goOn says how a batch that was interrupted goes on.
func goOn(fresh bool) lessons.Text {
	if fresh {
		return lessons.Text{
			EN: "run the same command without --fresh: it goes on where it stopped",
			ES: "ejecuta el mismo comando sin --fresh: sigue donde se quedó",
		}
	}
	return lessons.Text{
		EN: "run the same command again: it goes on where it stopped",
		ES: "ejecuta otra vez el mismo comando: sigue donde se quedó",
	}
}

// gradeClass grades a class and writes the reports, which name the arguments. A class with students has its reports;
// the error is then that of an interruption.
func gradeClass(cmd *cobra.Command, dir string, f batchFlags, arguments []string) (verdict.Class, error) {
	var none verdict.Class
	if err := errors.Join(checkLang(f.lang), checkSandbox(f.sandbox)); err != nil {
		return none, err
	}
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	c, err := find()
	if err != nil {
		return none, err
	}
	graded, err := choose(c, f.lessons...)
	if err != nil {
		return none, err
	}
	handedIn, notices, err := f.class.read(cmd, dir, c, f.lang)
	if err != nil {
		return none, err
	}
	for _, n := range handedIn.Notes {
		note(cmd, f.lang, []string{n.In(f.lang)})
	}
	if err := report.Ready(f.out); err != nil { // before the work, not after it
		return none, err
	}
	verdicts, err := openStore()
	if err != nil {
		return none, err
	}
	defer verdicts.Close()
	again := f.again
	if again == nil {
		again = func(_, _ string) bool { return f.fresh }
	}
	options := pipeline.Options{NoSandbox: f.sandbox == "off", Lang: f.lang, Step: steps(stderr), Store: verdicts, Again: again}
	if !f.fresh {
		objects, err := cache.Open("objects")
		if err != nil {
			return none, err
		}
		options.Objects = &objects
	}
	p, err := pipeline.Open(ctx, c, graded, options)
	if err != nil {
		return none, err
	}
	defer p.Close()
	shown := newProgress(stderr, f.lang)
	var progress pipeline.Progress = shown
	if f.page != nil {
		page, err := f.page.begin(ctx, p.Lessons(), handedIn.Submissions)
		if err != nil {
			return none, err
		}
		progress = both{shown, page}
	}
	class, interrupted := p.Class(ctx, handedIn.Submissions, progress)
	shown.Wait()
	class.Regraded = f.again != nil
	if class.Students == nil || class.Regraded && interrupted != nil { // the reports that are there say more
		return none, interrupted
	}
	class.Head, class.About = append(notices.head, class.Head...), notices.about
	class.Notes, class.Batch = handedIn.Notes, arguments
	class.Interrupted = interrupted != nil
	if err := report.Write(f.out, class, f.lang); err != nil {
		return none, &course.Error{
			Text: fmt.Sprintf("the reports: %v", err),
			Tip:  "every verdict is kept: once there is room, or with another --out, the same command writes the reports without grading again",
			ES:   course.Spanish{Text: fmt.Sprintf("los informes: %v", err), Tip: "todos los veredictos se conservan: cuando haya espacio, o con otro --out, el mismo comando escribe los informes sin calificar de nuevo"},
		}
	}
	return class, interrupted
}

// graderFailed is an error if a lesson could not be graded through no fault of the student's.
func graderFailed(class verdict.Class) error {
	for _, s := range class.Students {
		for _, l := range s.Lessons {
			if l.Status == verdict.NotGradable {
				return errFailed
			}
		}
	}
	return nil
}
