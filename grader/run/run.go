// Package run lets the hidden tests of a lesson loose on a student's program. The tests run in a process of their
// own, outside of the sandbox; each asks for a fresh subject, which is started inside. What a test finds comes
// back over a socket that no submission can reach, never through anybody's output.
//
// A process is dear, the race detector's above all, and most tests pass. So the tests of a lesson first share one: each has
// a fresh subject there, behind a listener of its own, and one that passes has passed. What failed says nothing yet, since
// another test's subject may be why: it runs again in a process of its own, and only that counts. The subjects of one test,
// such as the nodes of a service, never share a process; and where an examiner could compare what it is to judge, each has one
// of its own from the beginning.
//
// Many more tests run at once than there are cores, and a verdict does not depend on how many: a test that failed because
// something did not come in time, while it or its subject waited for a core, runs once more with few beside it. If there
// was no core to be had even then it runs alone, and that counts.
//
// A test that does not report did not pass. A crash of the subject costs the test that saw it; should the tests'
// own process die, each test that had not reported runs once more by itself.
package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/process"
	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Runner runs hidden tests. It is safe for use by many goroutines.
type Runner struct {
	box   *sandbox.Box
	race  bool
	dir   string // for sockets: a short path
	slots *semaphore.Weighted
	most  int64 // slots
	lang  string
	redis string
	busy  bool
	load  time.Duration // see mayBeLoad
}

// Options says how to run.
type Options struct {
	Race     bool   // programs are built with the race detector
	Subjects int    // how many tests may have subjects running at once, over all lessons
	Busy     bool   // others keep every core busy anyway: a test that waited for one would wait alone as well
	Lang     string // language in which hidden tests print failures, for their log
	Redis    string // host:port of the broker that hidden tests are to use; "": they bring one
	Dir      string // where sockets go; its path must be short (Unix sockets allow about 100 bytes)
}

// New returns a Runner that starts subjects in the box; a nil box is enough for [Runner.InProcess].
func New(box *sandbox.Box, o Options) *Runner {
	most := int64(max(o.Subjects, 1))
	return &Runner{box: box, race: o.Race, dir: o.Dir, slots: semaphore.NewWeighted(most), most: most, busy: o.Busy, lang: o.Lang, redis: o.Redis, load: mayBeLoad}
}

// Bounds of one run of a lesson's tests.
const (
	testTimeout = 30 * time.Minute // of a lesson's tests, waiting for slots included; each subject has its own limits
	parallel    = "16"             // tests of one lesson at once; the runner's slots bound the sum
)

// RedisEnv names a Redis server, host:port, for hidden tests with a broker; see [Options].
const RedisEnv = "WIRELAB_REDIS"

// Lesson runs the hidden tests of the lesson against the program; to run some only, leave the others out of
// l.Tests. hidden is the compiled test binary; each is called whenever a test has ended, if it is not nil.
func (r *Runner) Lesson(ctx context.Context, l course.Lesson, hidden string, p build.Program, each func()) (verdict.LessonResult, error) {
	s, err := r.open(l, &p, each)
	if err != nil {
		return verdict.LessonResult{}, err
	}
	defer s.close()
	if Shares(l) && len(l.Tests) > 1 {
		if err := r.together(ctx, s, hidden); err != nil {
			return verdict.LessonResult{}, err
		}
	}
	if left := s.missing(); len(left) > 0 {
		if err := r.tests(ctx, s, hidden, left); err != nil {
			return verdict.LessonResult{}, err
		}
	}
	for _, test := range s.missing() { // the tests' process died: was it this one?
		if err := r.tests(ctx, s, hidden, []string{test}); err != nil {
			return verdict.LessonResult{}, err
		}
	}
	if err := r.again(ctx, s, hidden); err != nil {
		return verdict.LessonResult{}, err
	}
	return s.result(), s.unstarted()
}

// together runs the tests with their subjects in shared processes, until all are done or those that are left are late.
func (r *Runner) together(ctx context.Context, s *session, hidden string) error {
	c := newCompany(s.missing())
	s.share(c)
	defer s.share(nil)
	patient, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		look := time.NewTicker(patience / 16)
		defer look.Stop()
		for {
			select {
			case <-patient.Done():
				return
			case <-look.C:
				if c.late() {
					stop()
				}
			}
		}
	}()
	err := r.tests(patient, s, hidden, s.missing())
	if patient.Err() != nil && ctx.Err() == nil {
		return nil
	}
	return err
}

// again runs the tests that may have failed because the machine was busy once more: with few others beside them, and
// those that waited for a core even then, with none. Nearly all of them only wait for what never comes, so that whoever
// ran each alone at once would grade a class with idle cores.
func (r *Runner) again(ctx context.Context, s *session, hidden string) error {
	rounds := []int64{(r.most + 3) / 4, r.most}
	if r.busy {
		rounds = rounds[:1]
	}
	for _, slots := range rounds {
		names := s.suspects()
		if len(names) == 0 {
			return nil
		}
		if err := r.slots.Acquire(ctx, slots); err != nil {
			return err
		}
		s.book(slots == r.most)
		err := r.tests(ctx, s, hidden, names)
		r.slots.Release(slots)
		if err != nil {
			return err
		}
	}
	return nil
}

// InProcess runs the hidden tests in l.Tests from a binary that has the exercise compiled in. Failed is whether
// that process failed, for which a leak is enough; log is what it printed. env is added to its environment.
func (r *Runner) InProcess(ctx context.Context, l course.Lesson, binary string, env ...string) (res verdict.LessonResult, failed bool, log string, err error) {
	s, err := r.open(l, nil, nil)
	if err != nil {
		return res, true, "", err
	}
	defer s.close()
	cmd := r.command(ctx, s, binary, s.missing())
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return res, true, string(out), fmt.Errorf("hidden tests of %s: %w", l.ID, err)
	}
	return s.result(), err != nil, string(out), ctx.Err()
}

// tests runs the named tests in one process.
func (r *Runner) tests(ctx context.Context, s *session, hidden string, names []string) error {
	cmd := r.command(ctx, s, hidden, names)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	hold, err := cmd.StdinPipe() // package probe ends with it: when this process is killed, its tests are not left alone
	if err != nil {
		return err
	}
	defer hold.Close()
	err = cmd.Start()
	if err == nil {
		s.setTests(cmd.Process.Pid)
		err = cmd.Wait()
	}
	s.stopAll()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("hidden tests of %s: %w", s.lesson.ID, err)
	}
	if err != nil && s.allPassed(names) {
		return fmt.Errorf("hidden tests of %s: every test passed, but their process failed: %w\n%s", s.lesson.ID, err, tail(log.Bytes()))
	}
	return ctx.Err()
}

func (r *Runner) command(ctx context.Context, s *session, binary string, names []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary,
		"-test.run=^("+strings.Join(names, "|")+")$", "-test.parallel="+parallel, "-test.timeout="+testTimeout.String())
	cmd.Dir = s.dir
	cmd.Env = []string{
		subject.Env + "=" + s.socket, subject.LangEnv + "=" + r.lang, "HOME=" + s.dir, "TMPDIR=" + os.TempDir(),
		"GOGC=800", "GOMEMLIMIT=512MiB", // most end before their heap is worth collecting
	}
	if r.redis != "" {
		cmd.Env = append(cmd.Env, RedisEnv+"="+r.redis)
	}
	cmd.WaitDelay = 5 * time.Second
	process.Apart(cmd)
	return cmd
}

func tail(p []byte) []byte {
	const most = 4 << 10
	if len(p) > most {
		p = p[len(p)-most:]
	}
	return p
}

// notRun is the message of a test that never reported.
func notRun() lessons.Text {
	return lessons.Text{
		EN: "the test did not come to an end, so it does not count as passed",
		ES: "la prueba no llegó a su fin, así que no cuenta como superada",
	}
}
