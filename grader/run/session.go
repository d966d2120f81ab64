package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
)

// session is one run of a lesson's tests over one program: the grader's side of package subject.
type session struct {
	r      *Runner
	lesson course.Lesson
	prog   *build.Program // nil where the tests have the exercise in their own process
	each   func()
	dir    string
	socket string
	srv    *http.Server

	mu       sync.Mutex
	next     int
	subjects map[string]*running
	company  *company        // nil: each subject has a process of its own
	active   map[string]int  // subjects by test: the first takes a slot, the last gives it back
	slotted  map[string]bool // tests that hold a slot
	results  map[string]*report
	noStart  error // of a subject, the last time that one did not start
	tests    int   // number of the tests' process
	looked   time.Time
	waited   time.Duration // see testsStarved
	booked   bool          // the slots of these tests are taken already: they run once more
	alone    bool          // and those are all that there are: nothing runs beside them
	closed   bool
}

// report is what is known of a test.
type report struct {
	subject.Result
	output  []byte        // of its last subject
	starved time.Duration // for which it and its subjects waited for a core
	unclear bool          // a subject of its did not end by itself, and it may not be why
	suspect bool          // it failed, and that may be why
	again   bool          // this is what it said when it ran once more
}

// mayBeLoad is for how long a test and its subjects may have waited for a core, all their threads taken together, before
// a bound that was missed is put down to that: half of what probe.Bound is. In the other half, at least, there was a core
// for what takes less than a second.
const mayBeLoad = 5 * time.Second

// of returns what is known of a test, to add to. The caller holds s.mu.
func (s *session) of(test string) *report {
	rep := s.results[test]
	if rep == nil {
		rep = &report{}
		s.results[test] = rep
	}
	return rep
}

// setTests says which process the tests are.
func (s *session) setTests(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tests, s.looked = pid, time.Time{}
	for _, rep := range s.results {
		rep.unclear = false
	}
}

// share lets tests have subjects in one process, until it is called with nil, which ends that.
func (s *session) share(c *company) {
	s.mu.Lock()
	before := s.company
	s.company = c
	s.mu.Unlock()
	before.end()
}

// testsStarved is how long the tests' process has waited for cores, as of not long ago: many tests begin together, and
// looking is dear. The caller holds s.mu.
func (s *session) testsStarved() time.Duration {
	if time.Since(s.looked) > time.Second {
		s.looked, s.waited = time.Now(), sandbox.Starved(s.tests)
	}
	return s.waited
}

// book says that the slots for the tests that come now are taken, and whether those are all.
func (s *session) book(alone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.booked, s.alone = true, alone
}

// suspects lists the tests that may have failed for want of a core.
func (s *session) suspects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, t := range s.lesson.Tests {
		if rep := s.results[t.Name]; rep != nil && rep.suspect {
			names = append(names, t.Name)
		}
	}
	return names
}

func (r *Runner) open(l course.Lesson, p *build.Program, each func()) (*session, error) {
	dir, err := os.MkdirTemp(r.dir, "s")
	if err != nil {
		return nil, err
	}
	s := &session{
		r: r, lesson: l, prog: p, each: each, dir: dir, socket: filepath.Join(dir, "g"),
		subjects: map[string]*running{}, active: map[string]int{}, slotted: map[string]bool{}, results: map[string]*report{},
	}
	ln, err := net.Listen("unix", s.socket)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /subjects", s.handleStart)
	mux.HandleFunc("GET /subjects/{id}", s.handleState)
	mux.HandleFunc("DELETE /subjects/{id}", s.handleStop)
	mux.HandleFunc("POST /results", s.handleResult)
	s.srv = &http.Server{Handler: mux}
	go func() { _ = s.srv.Serve(ln) }() // ends with close
	return s, nil
}

func (s *session) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	_ = s.srv.Close()
	s.stopAll()
	s.share(nil)
	_ = os.RemoveAll(s.dir)
}

func (s *session) handleStart(w http.ResponseWriter, req *http.Request) {
	test := req.FormValue("test")
	if s.prog == nil {
		http.Error(w, "this session starts no subjects", http.StatusConflict)
		return
	}
	c := s.companyOf(test)
	if c != nil {
		c.asks(test)
	}
	if err := s.acquire(req.Context(), test); err != nil {
		return // the tests are gone
	}
	run, err := s.start(req.Context(), test, c)
	if err != nil {
		s.release(test)
		if !errors.Is(err, errOver) {
			s.mu.Lock()
			s.noStart = err
			s.mu.Unlock()
		}
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	s.next++
	id := fmt.Sprint(s.next)
	orphan := s.closed || req.Context().Err() != nil // nobody is left to stop it
	s.subjects[id] = run
	s.mu.Unlock()
	if orphan {
		s.stop(id, run, false)
		return
	}
	answer(w, subject.Started{ID: id, Socket: run.socket, Peers: run.peers, Shared: run.shared})
}

// companyOf returns the company that a test has its subject in, nil if it has one in a process of its own.
func (s *session) companyOf(test string) *company {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.company; c != nil && c.tests[test] {
		return c
	}
	return nil
}

// start gives a test a fresh subject, in the process of the company or in one of its own.
func (s *session) start(ctx context.Context, test string, c *company) (*running, error) {
	if c != nil {
		return c.subject(ctx, s, test)
	}
	subjects, err := s.r.start(context.WithoutCancel(ctx), s, test)
	return subjects[test], err
}

// acquire takes a slot for a test's first subject; more subjects of the same test come with it, so that no test
// waits for another while it holds what the other needs.
func (s *session) acquire(ctx context.Context, test string) error {
	s.mu.Lock()
	s.active[test]++
	first := s.active[test] == 1
	if first {
		s.of(test).starved = -s.testsStarved()
	}
	booked := s.booked
	s.mu.Unlock()
	if !first || booked {
		return nil
	}
	err := s.r.slots.Acquire(ctx, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.active[test]--
		return err
	}
	s.slotted[test] = true
	return nil
}

func (s *session) release(test string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[test]--; s.active[test] == 0 && s.slotted[test] {
		delete(s.slotted, test)
		s.r.slots.Release(1)
	}
}

func (s *session) handleState(w http.ResponseWriter, req *http.Request) {
	run := s.find(req.PathValue("id"))
	if run == nil {
		http.NotFound(w, req)
		return
	}
	if wait, err := time.ParseDuration(req.FormValue("wait")); err == nil && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-run.proc.Done():
		case <-timer.C:
		}
	}
	answer(w, run.state())
}

func (s *session) handleStop(w http.ResponseWriter, req *http.Request) {
	id := req.PathValue("id")
	run := s.find(id)
	if run == nil {
		http.NotFound(w, req)
		return
	}
	answer(w, s.stop(id, run, req.FormValue("failed") == "true"))
}

func (s *session) handleResult(w http.ResponseWriter, req *http.Request) {
	var res subject.Result
	if err := json.NewDecoder(req.Body).Decode(&res); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c := s.companyOf(res.Test)
	if c != nil {
		c.done(res.Test)
	}
	if !res.Passed && (c != nil || res.Shared) { // which says nothing yet
		answer(w, struct{}{})
		return
	}
	s.mu.Lock()
	rep := s.of(res.Test)
	rep.Result, rep.again = res, s.booked
	rep.suspect = false
	if !res.Passed && !s.alone {
		rep.starved += sandbox.Starved(s.tests)
		rep.suspect = rep.unclear || res.Bound && rep.starved > s.r.load
	}
	final := !rep.suspect
	s.mu.Unlock()
	if final && s.each != nil {
		s.each()
	}
	answer(w, struct{}{})
}

func (s *session) find(id string) *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.subjects[id]
}

// stop ends a subject, keeps what it had printed, and gives its slot back. One that shares a process is only let go: its
// connections are closed already.
func (s *session) stop(id string, run *running, failed bool) (st subject.State) {
	var output []byte
	var starved time.Duration
	var unclear bool
	if run.shared {
		if run.proc.Ending() { // which may be why its connections have ended
			<-run.proc.Done()
		}
		st = run.state()
	} else {
		if failed {
			usage, _ := run.proc.Usage() // an error: it had ended, by itself
			starved = usage.Starved
		}
		var exit sandbox.Exit
		st, exit = run.stop()
		output, unclear = exit.Output, mayBeOthers(exit)
	}
	s.mu.Lock()
	_, mine := s.subjects[id]
	delete(s.subjects, id)
	rep := s.of(run.test)
	rep.output = output
	rep.starved += starved
	rep.unclear = rep.unclear || unclear
	s.mu.Unlock()
	if mine {
		s.release(run.test)
	}
	return st
}

// stopAll ends what the tests have left behind, as they do when their process dies.
func (s *session) stopAll() {
	s.mu.Lock()
	left := make(map[string]*running, len(s.subjects))
	for id, run := range s.subjects {
		left[id] = run
	}
	s.mu.Unlock()
	for id, run := range left {
		s.stop(id, run, false)
	}
}

// missing lists the tests that have not reported, in file order.
func (s *session) missing() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, t := range s.lesson.Tests {
		if rep := s.results[t.Name]; rep == nil || rep.Test == "" {
			names = append(names, t.Name)
		}
	}
	return names
}

// unstarted is why there is a test without a result, if that is because its subject could not be started: the student has
// no part in that.
func (s *session) unstarted() error {
	if len(s.missing()) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noStart
}

func (s *session) allPassed(names []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if rep := s.results[name]; rep == nil || !rep.Passed {
			return false
		}
	}
	return true
}

// result puts the reports into the order of the lesson's tests.
func (s *session) result() verdict.LessonResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	res := verdict.LessonResult{ID: s.lesson.ID, Status: verdict.Graded}
	answered := false
	for _, t := range s.lesson.Tests {
		rep := s.results[t.Name]
		tr := verdict.TestResult{Name: t.Name, Outcome: verdict.NotRun, Message: notRun()}
		if rep != nil && rep.Test != "" {
			tr = rep.result()
			answered = answered || rep.Answered
		}
		res.Tests = append(res.Tests, tr)
	}
	if !answered && s.prog != nil && len(res.Tests) > 0 && res.Tests[0].Outcome == verdict.Failed {
		if end := s.results[res.Tests[0].Name].Ended; !end.IsZero() {
			res.Status, res.Message = verdict.Crashed, end
		}
	}
	return res
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the probe went away: nothing to tell it
}
