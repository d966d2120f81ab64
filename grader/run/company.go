package run

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/sandbox"
)

// company is what several tests share: a process with a first subject for each of them, one with a second, and so on. So
// the nodes of a service, which are subjects of one test, never share a process. Each starts when a test asks for it.
type company struct {
	tests map[string]bool

	mu    sync.Mutex
	over  bool
	procs []*sharedProcess
	had   map[string]int       // subjects, by test
	since map[string]time.Time // when the tests that are under way got their first; zero: it waits for a slot
}

// sharedProcess is one process of a company.
type sharedProcess struct {
	begin    sync.Once
	err      error // of the start
	proc     *sandbox.Process
	subjects map[string]*running // by test
}

// errOver is why a company gives out no subject: the shared process has ended, or is about to.
var errOver = errors.New("the tests that share a process are over")

// patience is how long a test may take while its failure does not count. Most that pass take a tenth of a second; what
// would pass later passes as well in a process of its own.
const patience = 8 * time.Second

// Shares reports whether the tests of a lesson share processes at first: not where one subject could compare what others
// are asked to judge.
func Shares(l course.Lesson) bool { return l.Kind != "examiner" }

// newCompany returns a company for the tests.
func newCompany(tests []string) *company {
	c := &company{tests: map[string]bool{}, had: map[string]int{}, since: map[string]time.Time{}}
	for _, test := range tests {
		c.tests[test] = true
	}
	return c
}

// subject returns the next subject of a test.
func (c *company) subject(ctx context.Context, s *session, test string) (*running, error) {
	p, err := c.next(test)
	if err != nil {
		return nil, err
	}
	p.begin.Do(func() { p.err = p.start(context.WithoutCancel(ctx), s, c.tests) })
	if p.err != nil {
		return nil, p.err
	}
	select {
	case <-p.proc.Done():
		return nil, errOver
	default:
		return p.subjects[test], nil
	}
}

// next returns the process with the next subject of a test.
func (c *company) next(test string) (*sharedProcess, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return nil, errOver
	}
	n := c.had[test]
	if n == 0 {
		c.since[test] = time.Now()
	}
	c.had[test]++
	if n == len(c.procs) {
		c.procs = append(c.procs, &sharedProcess{})
	}
	return c.procs[n], nil
}

// asks notes that a test is about to ask for a subject.
func (c *company) asks(test string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.had[test] == 0 {
		c.since[test] = time.Time{}
	}
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

// end ends the processes, and sees to it that no other starts. A nil company has none.
func (c *company) end() {
	if c == nil {
		return
	}
	c.mu.Lock()
	c.over = true
	procs := c.procs
	c.mu.Unlock()
	for _, p := range procs {
		p.end()
	}
}

func (p *sharedProcess) start(ctx context.Context, s *session, among map[string]bool) (err error) {
	tests := slices.Collect(maps.Keys(among))
	// A subject is not to know from its place whose it is.
	rand.Shuffle(len(tests), func(i, j int) { tests[i], tests[j] = tests[j], tests[i] })
	if p.subjects, err = s.r.start(ctx, s, tests...); err == nil {
		p.proc = p.subjects[tests[0]].proc
	}
	return err
}

// end ends the process, or sees to it that it never starts.
func (p *sharedProcess) end() {
	p.begin.Do(func() { p.err = errOver })
	if p.proc != nil {
		p.proc.Kill()
		p.proc.Wait()
	}
}
