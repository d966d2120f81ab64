package probe

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wirelab/grader/subject"
)

// Bound is how long an Expect waits before it gives up, unless [Subject.Within] says otherwise. It is generous:
// it is met only by what never comes.
const Bound = 10 * time.Second

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
	// state says how the subject is; with wait it holds back until the subject has ended, at most that long.
	state(wait time.Duration) subject.State
	stop() subject.State
}

// Subject is the exercise under test, running.
type Subject struct {
	t     *testing.T
	run   backend
	log   *transcript
	bound time.Duration
	own   *ownership
}

// ownership is what a subject and its copies with another bound share.
type ownership struct {
	mu      sync.Mutex
	closers []func()
	conns   int // named so far, for names like "ws2"
	failure *failure
	stopped bool
	final   subject.State
}

// Start gives the test a fresh subject and lets it run beside the others (it calls t.Parallel). The subject is
// stopped when the test ends; a data race or a crash that nothing else noticed fails the test then.
func Start(t *testing.T) *Subject {
	t.Helper()
	t.Parallel()
	var grader *subject.Client
	if path := os.Getenv(subject.Env); path != "" {
		grader = subject.NewClient(path)
	}
	s := &Subject{t: t, bound: Bound, own: &ownership{}, log: newTranscript()}
	switch {
	case inProcess != nil:
		s.run = startInProcess(inProcess())
	case grader != nil:
		run, err := startGraded(t, grader)
		if err != nil {
			t.Fatal(err)
		}
		s.run = run
	default:
		t.Fatalf("no subject: neither probe.Main was called nor is %s set", subject.Env)
	}
	s.log.restart()
	t.Cleanup(func() { s.finish(grader) })
	return s
}

// Within returns the same subject with another bound for its expectations and those of connections made with it.
func (s *Subject) Within(d time.Duration) *Subject {
	other := *s
	other.bound = d
	return &other
}

// Stop ends the subject now. What it still had to say is lost; most tests leave this to the end of the test.
func (s *Subject) Stop() {
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	if !s.own.stopped {
		s.own.stopped = true
		s.own.final = s.run.stop()
	}
}

// OpenConns is how many connections the subject itself holds open, as seen from outside of it.
func (s *Subject) OpenConns() int { return s.run.state(0).Conns }

// onEnd has f called when the test ends, before the subject is stopped.
func (s *Subject) onEnd(f func()) {
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	s.own.closers = append(s.own.closers, f)
}

// finish ends the test: clients first, then the subject, then the result goes to the grader.
func (s *Subject) finish(grader *subject.Client) {
	s.own.mu.Lock()
	closers := s.own.closers
	s.own.closers = nil
	s.own.mu.Unlock()
	for _, f := range closers {
		f()
	}
	if inProcess != nil && !s.t.Failed() {
		s.expectNoConns()
	}
	s.Stop()
	end := s.own.final
	if end.Ended && s.failure() == nil {
		s.errorNow(failure{})
	}
	if grader == nil {
		return
	}
	r := subject.Result{Test: s.t.Name(), Passed: !s.t.Failed(), Seconds: s.log.since(), Answered: s.log.answered()}
	if end.Ended {
		r.Ended = s.endText(end)
	}
	if f := s.failure(); f != nil {
		r.Message, r.Bound, r.Transcript = f.message, f.bound, s.log.entries()
	}
	if err := grader.Report(context.Background(), r); err != nil {
		s.t.Error(err)
	}
}
