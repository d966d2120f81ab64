package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/sandbox"
)

// company is one process with a subject for each of several tests. It starts when the first of them asks for its own.
type company struct {
	tests map[string]bool

	begin    sync.Once
	err      error // of the start
	proc     *sandbox.Process
	mu       sync.Mutex
	subjects map[string]*running  // that no test has had yet
	since    map[string]time.Time // when the tests that are under way got theirs; zero: it waits for a slot
}

// patience is how long a test may take while its failure does not count. Most that pass take a tenth of a second; what
// would pass later passes as well in a process of its own.
const patience = 8 * time.Second

// Shares reports whether the subjects of a lesson share a process at first: not where they are to reach each other through
// a broker alone, nor where one could compare what several are asked to judge.
func Shares(l course.Lesson) bool {
	return l.Kind != "examiner" && l.Library != "go-redis"
}

// newCompany returns a company for the tests.
func newCompany(tests []string) *company {
	c := &company{tests: map[string]bool{}, since: map[string]time.Time{}}
	for _, test := range tests {
		c.tests[test] = true
	}
	return c
}

// subject returns the subject of a test, once.
func (c *company) subject(ctx context.Context, s *session, test string) (*running, error) {
	c.begin.Do(func() { c.err = c.start(context.WithoutCancel(ctx), s) })
	if c.err != nil {
		return nil, c.err
	}
	c.mu.Lock()
	run := c.subjects[test]
	delete(c.subjects, test)
	c.since[test] = time.Now()
	c.mu.Unlock()
	if run == nil {
		return nil, errors.New("a test has one subject in a shared process")
	}
	select {
	case <-c.proc.Done():
		return nil, errors.New("another test's subject has ended the shared process")
	default:
		return run, nil
	}
}

// asks notes that a test is about to ask for its subject.
func (c *company) asks(test string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since[test] = time.Time{}
}

// done notes that a test is no longer under way.
func (c *company) done(test string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.since, test)
}

// late reports whether there are tests under way, and all of them have taken longer than they may.
func (c *company) late() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, since := range c.since {
		if since.IsZero() || time.Since(since) < patience {
			return false
		}
	}
	return len(c.since) > 0
}

func (c *company) start(ctx context.Context, s *session) (err error) {
	var tests []string
	for test := range c.tests {
		tests = append(tests, test)
	}
	// A subject is not to know from its place whose it is.
	rand.Shuffle(len(tests), func(i, j int) { tests[i], tests[j] = tests[j], tests[i] })
	if c.subjects, err = s.r.start(ctx, s, tests...); err == nil {
		c.proc = c.subjects[tests[0]].proc
	}
	return err
}

// end ends the process, or sees to it that it never starts. A nil company has none.
func (c *company) end() {
	if c == nil {
		return
	}
	c.begin.Do(func() { c.err = errors.New("the tests that share a process are over") })
	if c.proc != nil {
		c.proc.Kill()
		c.proc.Wait()
	}
}
