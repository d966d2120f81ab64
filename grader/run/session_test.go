//go:build unix

package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/harness"
	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// The test binary is also the hidden tests' process and the subject: modeEnv says which.
const modeEnv = "RUN_TEST_MODE"

func TestMain(m *testing.M) {
	sandbox.Main()
	switch os.Getenv(modeEnv) {
	case "hidden":
		if err := hidden(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	case "subject":
		harness.Main(map[string]func() http.Handler{lesson().ID: func() http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/exit":
					os.Exit(0)
				case "/pid":
					fmt.Fprint(w, os.Getpid())
					return
				}
				fmt.Fprint(w, "here")
			})
		}})
	default:
		os.Exit(m.Run())
	}
}

// hidden plays the process of a lesson's hidden tests. A test's name says what becomes of it.
func hidden() error {
	pattern := strings.TrimSuffix(strings.TrimPrefix(os.Args[1], "-test.run=^("), ")$")
	names := strings.Split(pattern, "|")
	grader := subject.NewClient(os.Getenv(subject.Env))
	var first []string // processes of the first test that shares them
	for _, name := range names {
		r := subject.Result{Test: name, Passed: true}
		switch {
		case strings.HasPrefix(name, "TestFails"):
			r.Passed, r.Message = false, lessons.Text{EN: "expected more", ES: "se esperaba más"}
			r.Answered = name != "TestFailsUnanswered"
			if !r.Answered {
				r.Ended = lessons.Text{EN: "the program crashed", ES: "el programa se cayó"}
			}
		case strings.HasPrefix(name, "TestLate"):
			n, err := runs(name)
			if err != nil {
				return err
			}
			if n < len(strings.Split(name, "Busy")) { // late once, or twice
				r.Passed, r.Bound, r.Message = false, true, lessons.Text{EN: "nothing within 10s", ES: "nada en 10s"}
			}
		case strings.HasPrefix(name, "TestShares"), name == "TestPassesAlone":
			shares := strings.HasPrefix(name, "TestShares")
			var pids []string
			for range 2 {
				started, err := grader.Start(context.Background(), name)
				if err != nil {
					return err
				}
				pid, err := ask(started, "/pid")
				if err != nil {
					return err
				}
				pids = append(pids, pid)
				r.Passed = r.Passed && started.Shared == shares
			}
			if shares && first == nil {
				first = pids
			}
			r.Passed = r.Passed && pids[0] != pids[1] && (!shares || slices.Equal(pids, first))
		case name == "TestEnds":
			started, err := grader.Start(context.Background(), name)
			if err != nil {
				return err
			}
			_ = answers(started, "/exit")
			end, err := grader.Stop(context.Background(), started.ID, false)
			if err != nil {
				return err
			}
			r.Passed = !end.Ended
		case strings.HasPrefix(name, "TestSilent"):
			continue
		case strings.HasPrefix(name, "TestDiesInCompany") && len(names) > 1, strings.HasPrefix(name, "TestDiesAlways"):
			if _, err := grader.Start(context.Background(), name); err != nil {
				return err
			}
			return errors.New("killed, with a subject left behind")
		case strings.HasPrefix(name, "TestSubjects"):
			if err := useSubjects(grader, name); err != nil {
				return err
			}
		}
		if err := grader.Report(context.Background(), r); err != nil {
			return err
		}
	}
	if strings.HasPrefix(names[0], "TestThenFails") {
		return errors.New("every test passed, and yet")
	}
	return nil
}

// runs counts how often a test has run in this session, this time included.
func runs(name string) (int, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600) // in the session's folder
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := f.WriteString("x"); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	return int(info.Size()), err
}

// useSubjects starts two subjects for a test, talks to both and stops them.
func useSubjects(grader *subject.Client, name string) error {
	ctx := context.Background()
	var ids []string
	for i := range 2 {
		started, err := grader.Start(ctx, name)
		if err != nil {
			return err
		}
		ids = append(ids, started.ID)
		if err := answers(started, "/"); err != nil {
			return fmt.Errorf("subject %d: %w", i, err)
		}
	}
	for _, id := range ids {
		if st, err := grader.Stop(ctx, id, false); err != nil || st.Ended {
			return fmt.Errorf("stopped: %+v: %w", st, err)
		}
		if _, err := grader.Stop(ctx, id, false); err == nil {
			return errors.New("a subject can be stopped twice")
		}
	}
	return nil
}

// answers talks to a subject.
func answers(started subject.Started, path string) error {
	said, err := ask(started, path)
	if err != nil || said != "here" {
		return fmt.Errorf("it says %q: %w", said, err)
	}
	return nil
}

// ask returns what a subject answers.
func ask(started subject.Started, path string) (string, error) {
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", started.Socket)
	}}}
	resp, err := client.Get("http://subject" + path)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func lesson(tests ...string) course.Lesson {
	l := course.Lesson{Lesson: lessons.Lesson{ID: "16-hub"}}
	for _, name := range tests {
		l.Tests = append(l.Tests, verdict.Test{Name: name, Points: 1})
	}
	return l
}

// played is this binary in another mode, as a program that needs no environment.
func played(t *testing.T, mode string) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), mode)
	script := fmt.Sprintf("#!/bin/sh\nexport %s=%s\nexec '%s' \"$@\"\n", modeEnv, mode, self)
	require.NoError(t, os.WriteFile(path, []byte(script), 0o755))
	return path
}

func newRunner(t *testing.T, subjects int) *Runner {
	t.Helper()
	box, err := sandbox.Open(t.Context(), sandbox.Options{Off: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	dir, err := os.MkdirTemp("", "r") // t.TempDir has paths that are too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left, "a session leaves nothing")
		require.NoError(t, os.Remove(dir))
	})
	return New(box, Options{Subjects: subjects, Dir: dir})
}

func TestLesson(t *testing.T) {
	for _, c := range []struct {
		name     string
		tests    []string
		outcomes []verdict.Outcome
		status   verdict.Status
		reports  int
	}{
		{
			"in the lesson's order, each reported once",
			[]string{"TestB", "TestFails", "TestA"},
			[]verdict.Outcome{verdict.Passed, verdict.Failed, verdict.Passed},
			verdict.Graded, 3,
		},
		{
			"what does not report has not passed",
			[]string{"TestSilent", "TestA"},
			[]verdict.Outcome{verdict.NotRun, verdict.Passed},
			verdict.Graded, 1,
		},
		{
			"a death costs nobody else",
			[]string{"TestA", "TestDiesInCompany", "TestB", "TestFails"},
			[]verdict.Outcome{verdict.Passed, verdict.Passed, verdict.Passed, verdict.Failed},
			verdict.Graded, 4,
		},
		{
			"nor does one that comes again",
			[]string{"TestDiesAlways", "TestA", "TestDiesAlwaysToo", "TestB"},
			[]verdict.Outcome{verdict.NotRun, verdict.Passed, verdict.NotRun, verdict.Passed},
			verdict.Graded, 2,
		},
		{
			"two subjects for a test, where one may run at once",
			[]string{"TestSubjects", "TestSubjectsAgain"},
			[]verdict.Outcome{verdict.Passed, verdict.Passed},
			verdict.Graded, 2,
		},
		{
			"a program that answers nothing has crashed",
			[]string{"TestFailsUnanswered", "TestSilent"},
			[]verdict.Outcome{verdict.Failed, verdict.NotRun},
			verdict.Crashed, 1,
		},
		{
			"one answer is enough to be graded",
			[]string{"TestFailsUnanswered", "TestFails"},
			[]verdict.Outcome{verdict.Failed, verdict.Failed},
			verdict.Graded, 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, 1)
			reports := 0
			res, err := r.Lesson(t.Context(), lesson(c.tests...), played(t, "hidden"), build.Program{Path: played(t, "subject")}, func() { reports++ })
			require.NoError(t, err)
			require.Equal(t, "16-hub", res.ID)
			require.Equal(t, c.status, res.Status)
			require.Equal(t, c.status == verdict.Crashed, !res.Message.IsZero())
			require.Len(t, res.Tests, len(c.tests))
			for i, tr := range res.Tests {
				require.Equal(t, c.tests[i], tr.Name)
				require.Equal(t, c.outcomes[i], tr.Outcome, tr.Name)
				require.Equal(t, tr.Outcome != verdict.Passed, !tr.Message.IsZero(), tr.Name)
			}
			require.Equal(t, c.reports, reports)
			require.True(t, allFree(r), "every slot was given back")
		})
	}
}

// Tests share a process, and another for the second subject of each, until one fails there, which says nothing of it: it
// runs again with processes of its own.
func TestSharedProcess(t *testing.T) {
	r := newRunner(t, 4)
	grade := func(l course.Lesson) (outcomes []verdict.Outcome, reports int) {
		res, err := r.Lesson(t.Context(), l, played(t, "hidden"), build.Program{Path: played(t, "subject")}, func() { reports++ })
		require.NoError(t, err)
		require.True(t, allFree(r), "every slot was given back")
		for _, tr := range res.Tests {
			outcomes = append(outcomes, tr.Outcome)
		}
		return outcomes, reports
	}
	const passed, failed = verdict.Passed, verdict.Failed
	outcomes, reports := grade(lesson("TestSharesA", "TestPassesAlone", "TestSharesB", "TestFails"))
	require.Equal(t, []verdict.Outcome{passed, passed, passed, failed}, outcomes)
	require.Equal(t, 4, reports, "a failure in the shared process is nobody's business")

	examiner := lesson("TestSharesA", "TestSharesB")
	examiner.Kind = "examiner"
	for _, l := range []course.Lesson{lesson("TestSharesA"), examiner} {
		outcomes, _ := grade(l)
		require.NotContains(t, outcomes, passed, "each subject has a process of its own")
	}
}

// A connection that ends because the shared process does is nothing that a test could take for the exercise's own doing.
func TestEndOfASharedProcess(t *testing.T) {
	r := newRunner(t, 2)
	for range 20 {
		res, err := r.Lesson(t.Context(), lesson("TestEnds", "TestA"), played(t, "hidden"), build.Program{Path: played(t, "subject")}, nil)
		require.NoError(t, err)
		require.Equal(t, verdict.Failed, res.Tests[0].Outcome)
		require.Equal(t, verdict.Passed, res.Tests[1].Outcome)
	}
}

// A bound that was missed while there was no core to be had counts only if it is missed again with cores to spare, or
// alone; other failures count at once.
func TestLateOnABusyMachine(t *testing.T) {
	grade := func(load time.Duration, busy bool) (outcomes []verdict.Outcome, again []bool, reports int) {
		r := newRunner(t, 3)
		r.load, r.busy = load, busy
		l := lesson("TestA", "TestLateBusy", "TestLateBusyBusy", "TestLateBusyBusyBusy", "TestFails")
		l.Kind = "examiner" // whose tests share no process, so that each run counts
		res, err := r.Lesson(t.Context(), l,
			played(t, "hidden"), build.Program{Path: played(t, "subject")}, func() { reports++ })
		require.NoError(t, err)
		require.True(t, allFree(r), "every slot was given back")
		for _, tr := range res.Tests {
			outcomes, again = append(outcomes, tr.Outcome), append(again, tr.Again)
		}
		return outcomes, again, reports
	}
	const passed, failed = verdict.Passed, verdict.Failed
	outcomes, again, reports := grade(-time.Hour, false) // of waiting for a core is enough, whenever
	require.Equal(t, []verdict.Outcome{passed, passed, passed, failed, failed}, outcomes, "late once, twice, and even alone")
	require.Equal(t, []bool{false, true, true, true, false}, again)
	require.Equal(t, 5, reports)

	outcomes, _, _ = grade(-time.Hour, true)
	require.Equal(t, []verdict.Outcome{passed, passed, failed, failed, failed}, outcomes, "where alone is nothing else")

	outcomes, again, reports = grade(time.Hour, false)
	require.Equal(t, []verdict.Outcome{passed, failed, failed, failed, failed}, outcomes)
	require.Equal(t, make([]bool, 5), again)
	require.Equal(t, 5, reports)
}

// Tests that pass in a process that fails are the grader's trouble: nobody is told a score.
func TestLessonWhoseTestsFailOutsideOfTests(t *testing.T) {
	r := newRunner(t, 1)
	_, err := r.Lesson(t.Context(), lesson("TestThenFails", "TestA"), played(t, "hidden"), build.Program{}, nil)
	require.ErrorContains(t, err, "hidden tests of 16-hub: every test passed, but their process failed: exit status 1\nevery test passed, and yet\n")

	_, err = r.Lesson(t.Context(), lesson("TestA"), filepath.Join(t.TempDir(), "missing"), build.Program{}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)

	_, err = r.Lesson(t.Context(), lesson("TestA", "TestSubjects"), played(t, "hidden"), build.Program{Path: filepath.Join(t.TempDir(), "missing")}, nil)
	require.ErrorContains(t, err, "start of the exercise: ", "who handed in a program has no part in that")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = r.Lesson(ctx, lesson("TestA"), played(t, "hidden"), build.Program{}, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// Tests that die while they wait for a slot take none.
func TestWaitingTestsThatDie(t *testing.T) {
	r := newRunner(t, 1)
	s, err := r.open(lesson("TestA"), &build.Program{Path: played(t, "subject")}, nil)
	require.NoError(t, err)
	defer s.close()
	require.NoError(t, r.slots.Acquire(t.Context(), 1))
	waiting := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.active["TestA"]
	}
	ctx, die := context.WithCancel(t.Context())
	asked := make(chan error)
	go func() {
		_, err := subject.NewClient(s.socket).Start(ctx, "TestA")
		asked <- err
	}()
	require.Eventually(t, func() bool { return waiting() == 1 }, 20*time.Second, time.Millisecond)
	die()
	require.ErrorIs(t, <-asked, context.Canceled)
	require.Eventually(t, func() bool { return waiting() == 0 }, 20*time.Second, time.Millisecond, "nobody waits any more")
	r.slots.Release(1)
	require.True(t, allFree(r))
}

func TestInProcess(t *testing.T) {
	r := newRunner(t, 1)
	res, failed, log, err := r.InProcess(t.Context(), lesson("TestThenFails", "TestA"), played(t, "hidden"))
	require.NoError(t, err)
	require.True(t, failed, "a leak is found by the process, not by a test")
	require.Equal(t, "every test passed, and yet\n", log)
	require.Equal(t, verdict.Passed, res.Tests[1].Outcome)

	res, failed, log, err = r.InProcess(t.Context(), lesson("TestA", "TestSubjects"), played(t, "hidden"))
	require.NoError(t, err)
	require.True(t, failed)
	require.Contains(t, log, "this session starts no subjects")
	require.Equal(t, verdict.NotRun, res.Tests[1].Outcome)
}
