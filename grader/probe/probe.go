package probe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wirelab/grader/subject"
)

// Bound is how long an Expect waits before it gives up, unless [Subject.Within] says otherwise. It is generous:
// it is met only by what never comes.
const Bound = 10 * time.Second

// sharedBound is the bound of a subject that shares its process with those of other tests: a test that misses it runs
// again, with the process to itself and [Bound].
const sharedBound = Bound / 2

// Main runs the tests of a lesson's hidden package against the exercise in this process, behind an
// httptest.Server for each test, and afterwards fails if the exercise has left goroutines behind.
func Main(m *testing.M, fresh func() http.Handler) {
	inProcess = fresh
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "the tests passed, but the exercise left goroutines behind:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// inProcess is set once, by Main, before any test runs: TestMain has no other way to hand something to tests.
var inProcess func() http.Handler

// backend runs subjects; where and how is no test's business.
type backend interface {
	dial(ctx context.Context) (net.Conn, error)
	// listen opens a listener that the subject can dial: at the Unix socket, or at its TCP address if that is "".
	listen() (ln net.Listener, socket string, err error)
	// state says how the subject is; with wait it holds back until the subject has ended, at most that long.
	state(wait time.Duration) subject.State
	// stop ends it and says how it was until then; failed is whether the test has failed by now.
	stop(failed bool) subject.State
	// shared reports whether subjects of other tests are in the same process, so that this one cannot be ended by itself.
	shared() bool
}

// Subject is the exercise under test, running.
type Subject struct {
	t     *testing.T
	run   *instance
	log   *transcript
	bound time.Duration
	own   *ownership
}

// ownership is what all subjects of a test share, and their copies with another bound.
type ownership struct {
	grader  *subject.Client // nil outside of a grading
	mu      sync.Mutex
	runs    []*instance
	closers []func()
	conns   int // named so far, for names like "ws2"
	failure *failure
	held    atomic.Int64 // bytes received that no expectation has taken yet
}

// instance is one running subject.
type instance struct {
	backend

	once  sync.Once
	mu    sync.Mutex
	final *subject.State // once it was stopped
}

// Start gives the test a fresh subject and lets it run beside the others (it calls t.Parallel). The subject is
// stopped when the test ends; a data race or a crash that nothing else noticed fails the test then.
func Start(t *testing.T) *Subject {
	t.Helper()
	t.Parallel()
	own := &ownership{}
	if path := os.Getenv(subject.Env); path != "" {
		own.grader = subject.NewClient(path)
		if inProcess == nil {
			endWithGrader()
		}
	}
	s := &Subject{t: t, bound: Bound, own: own, log: newTranscript()}
	s.run = s.start()
	if s.run.shared() {
		s.bound = sharedBound
	}
	s.log.restart()
	t.Cleanup(s.finish)
	return s
}

// endWithGrader ends this process when the grader, which holds the other end of stdin, is gone: killed, it could not
// stop the tests.
var endWithGrader = sync.OnceFunc(func() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
})

// Another starts one more subject for the same test: the second node of a service, or the same one after a
// restart. Its connections are in the same transcript.
func (s *Subject) Another() *Subject {
	s.t.Helper()
	other := *s
	other.run = s.start()
	return &other
}

func (s *Subject) start() *instance {
	s.t.Helper()
	run := &instance{}
	switch {
	case inProcess != nil:
		run.backend = startInProcess(inProcess())
	case s.own.grader != nil:
		graded, err := startGraded(s.t, s.own.grader)
		if err != nil {
			s.t.Fatal(err)
		}
		run.backend = graded
	default:
		s.t.Fatalf("no subject: neither probe.Main was called nor is %s set", subject.Env)
	}
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	s.own.runs = append(s.own.runs, run)
	return run
}

// Within returns the same subject with another bound for its expectations and those of connections made with it.
func (s *Subject) Within(d time.Duration) *Subject {
	other := *s
	other.bound = d
	return &other
}

// Stop ends the subject now, as a pulled plug does. What it still had to say is lost; most tests leave this to the
// end of the test.
func (s *Subject) Stop() {
	s.t.Helper()
	if s.run.shared() { // with subjects of other tests: the grader runs this one again, with a process for each
		s.t.FailNow()
	}
	s.run.end(s.t.Failed())
}

// end stops the subject, once, and keeps how it was until then.
func (run *instance) end(failed bool) {
	run.once.Do(func() {
		final := run.stop(failed)
		run.mu.Lock()
		defer run.mu.Unlock()
		run.final = &final
	})
}

// now is how the subject is, or was when it was stopped; see backend.state for wait.
func (run *instance) now(wait time.Duration) subject.State {
	run.mu.Lock()
	final := run.final
	run.mu.Unlock()
	if final != nil {
		return *final
	}
	return run.state(wait)
}

// Bound is how long expectations wait for this subject: for what a test waits for by itself.
func (s *Subject) Bound() time.Duration { return s.bound }

// deadline is when an expectation that begins now gives up.
func (s *Subject) deadline() time.Time { return time.Now().Add(s.bound) }

// OpenConns is how many connections the subject itself holds open, as seen from outside of it.
func (s *Subject) OpenConns() int { return s.run.now(0).Conns }

// onEnd has f called when the test ends, before the subject is stopped.
func (s *Subject) onEnd(f func()) {
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	s.own.closers = append(s.own.closers, f)
}

// finish ends the test: clients first, then the subjects, then the result goes to the grader.
func (s *Subject) finish() {
	s.own.mu.Lock()
	closers, runs := s.own.closers, s.own.runs
	s.own.closers = nil
	s.own.mu.Unlock()
	for _, f := range closers {
		f()
	}
	if inProcess != nil && !s.t.Failed() {
		s.expectNoConns()
	}
	for _, run := range runs {
		run.end(s.t.Failed())
	}
	end := s.state()
	if end.Ended && s.failure() == nil {
		s.errorNow(failure{})
	}
	if s.own.grader == nil {
		return
	}
	r := subject.Result{Test: s.t.Name(), Passed: !s.t.Failed(), Shared: s.run.shared(), Seconds: s.log.since(), Answered: s.log.answered()}
	if end.Ended {
		r.Ended = s.endText(end)
	}
	if f := s.failure(); f != nil {
		r.Message, r.Bound, r.Transcript = f.message, f.bound, f.transcript
	}
	if err := s.own.grader.Report(context.Background(), r); err != nil {
		s.t.Error(err)
	}
}
