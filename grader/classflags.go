//go:build !handout

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/intake/late"
	"wirelab/grader/intake/roster"
	"wirelab/lessons"
)

// classFlags say whose the submissions are, and when they were due.
type classFlags struct {
	at, due, penalty, roster string
	grace                    time.Duration
	maxLate                  int
}

func (f *classFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.at, "at", "", `of repositories: grade the last commit until this time, or "now"`)
	flags.StringVar(&f.roster, "roster", "", "CSV file with the class: who handed in nothing appears as well")
	flags.StringVar(&f.due, "due", "", "when the work was due: counts late days")
	flags.StringVar(&f.penalty, "late-penalty", "", "percent taken off the score for each day late that has begun, such as 10%/day")
	flags.DurationVar(&f.grace, "grace", 0, "how long after --due nothing counts as late, such as 15m")
	flags.IntVar(&f.maxLate, "max-late", 0, "days after which nothing is left of the score (default no end)")
}

// policy is what lateness costs; nil where nothing was due.
func (f classFlags) policy(now time.Time) (*late.Policy, error) {
	if f.due == "" {
		if f.penalty != "" || f.grace != 0 || f.maxLate != 0 {
			return nil, usageError{&course.Error{
				Text: "--late-penalty, --grace and --max-late: late after when? --due is missing",
				ES:   course.Spanish{Text: "--late-penalty, --grace y --max-late: ¿tarde respecto a cuándo? Falta --due"},
			}}
		}
		return nil, nil
	}
	due, err := late.ParseTime(f.due, now)
	if err != nil {
		return nil, usageError{fmt.Errorf("--due %w", err)}
	}
	p := &late.Policy{Due: due, Grace: f.grace, MaxDays: f.maxLate}
	if f.penalty != "" {
		if p.Percent, err = late.ParsePercent(f.penalty); err != nil {
			return nil, usageError{fmt.Errorf("--late-penalty %w", err)}
		}
	}
	if f.grace < 0 || f.maxLate < 0 {
		return nil, usageError{&course.Error{
			Text: fmt.Sprintf("--grace %s, --max-late %d: neither can be below zero", f.grace, f.maxLate),
			ES:   course.Spanish{Text: fmt.Sprintf("--grace %s, --max-late %d: ninguno puede ser menor que cero", f.grace, f.maxLate)},
		}}
	}
	return p, nil
}

// notices are what readers of the scores must know: everybody, and whoever grades alone.
type notices struct{ head, about []lessons.Text }

// read reads the class that the command line names, and says so in lang.
func (f classFlags) read(cmd *cobra.Command, from string, c *course.Course, lang string) (intake.Class, notices, error) {
	now := time.Now()
	policy, err := f.policy(now)
	if err != nil {
		return intake.Class{}, notices{}, err
	}
	var at time.Time
	if f.at != "" {
		if at, err = late.ParseTime(f.at, now); err != nil {
			return intake.Class{}, notices{}, usageError{fmt.Errorf("--at %w", err)}
		}
	}
	var people *roster.Roster
	if f.roster != "" {
		if people, err = roster.Read(f.roster); err != nil {
			return intake.Class{}, notices{}, usageError{err}
		}
	}
	steps(cmd.ErrOrStderr())(lessons.Text{EN: "reading what was handed in", ES: "leyendo las entregas"}.In(lang))
	class, err := intake.ReadAt(cmd.Context(), from, c, at)
	var notAClass *course.Error
	if errors.As(err, &notAClass) {
		return intake.Class{}, notices{}, usageError{err}
	}
	if err != nil {
		return intake.Class{}, notices{}, err
	}
	var n notices
	if people != nil {
		n.about = class.Enroll(people)
	}
	if policy != nil {
		said := policy.Apply(class.Submissions)
		n.head, n.about = said[:1], append(n.about, said[1:]...)
	}
	return class, n, nil
}
