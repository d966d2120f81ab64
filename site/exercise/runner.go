package exercise

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"wirelab/site/tap"
	"wirelab/site/watch"
)

// quiet is how long a folder must have been left alone before it is built: editors save in several steps.
const quiet = 80 * time.Millisecond

// runner looks after one lesson. Its loop does one thing at a time; whatever makes that out of date cancels it.
type runner struct {
	all  *Runner
	id   string
	dir  string
	wake chan struct{} // something may be to be done; one is enough
	log  *log

	mu          sync.Mutex
	state       State
	run, tests  bool               // what is switched on
	once        bool               // tests is on for one run only
	build, test bool               // what is to be done again
	sums        [2]string          // of the sources and of the tests, as they were last seen
	cancel      context.CancelFunc // of what is being done
	unwatch     context.CancelFunc
	transcripts map[string][]tap.Row

	telling sync.Mutex // held while a state changes and is told, so that the last one told is the last one

	child *child // of the loop alone
}

func newRunner(all *Runner, id, dir string) *runner {
	x := &runner{all: all, id: id, dir: dir, wake: make(chan struct{}, 1), cancel: func() {}, transcripts: map[string][]tap.Row{}}
	x.state = State{
		Lesson: id, Phase: Off, Folder: "lessons/" + id, Race: all.race,
		Command: "go build " + raceFlag(all.race) + "./lessons/" + id, Paths: paths(filepath.Join(dir, "subject.go")),
		Tests: Tests{Phase: Off, Command: "go test ./lessons/" + id},
	}
	x.log = newLog(func(lines []Line, left int) {
		all.publish("log/"+id, Lines{Lines: lines, Left: left})
	}, x.raced)
	return x
}

func raceFlag(race bool) string {
	if race {
		return "-race "
	}
	return ""
}

// snapshot is called with mu held.
func (x *runner) snapshot(withLog bool) State {
	s := x.state
	s.Errors, s.Races, s.Tests.Tests = slices.Clone(s.Errors), slices.Clone(s.Races), slices.Clone(s.Tests.Tests)
	if withLog {
		s.Log = x.log.last()
	}
	return s
}

// change changes the state and tells the pages.
func (x *runner) change(how func(*State)) {
	x.telling.Lock()
	defer x.telling.Unlock()
	x.mu.Lock()
	how(&x.state)
	s := x.snapshot(false)
	x.mu.Unlock()
	x.all.publish("exercise/"+x.id, s)
}

// wish is what a page wants to have; nil leaves a switch as it is.
type wish struct {
	Run, Tests *bool
	Once       bool
}

// turn switches running and testing. Tests that are wanted have the phase Running from here on, even if a build comes
// before them: what is known of them is out of date.
func (x *runner) turn(w wish) {
	x.change(func(s *State) {
		if w.Run != nil {
			x.run, x.build = *w.Run, *w.Run
		}
		if w.Tests != nil {
			x.tests, x.test, x.once = *w.Tests, *w.Tests, false
			if !x.test && s.Tests.Phase == Running {
				s.Tests.Phase = Off
			}
		}
		if w.Once {
			x.once = x.once || !x.tests
			x.tests, x.test = true, true
		}
		s.Tests.On = x.tests && !x.once
		x.expectTests(s)
		x.cancel()
		x.keepWatch()
	})
	x.stir()
}

// expectTests takes back what is known of tests that are to run again. It is called with mu held.
func (x *runner) expectTests(s *State) {
	if x.test {
		s.Tests = Tests{On: s.Tests.On, Phase: Running, Command: s.Tests.Command}
	}
}

// keepWatch watches the folder while anything is switched on. It is called with mu held.
func (x *runner) keepWatch() {
	on := x.run || x.tests
	switch {
	case on && x.unwatch == nil:
		ctx, cancel := context.WithCancel(x.all.ctx)
		x.unwatch = cancel
		x.sums = sums(x.dir)
		if err := watch.Folder(ctx, x.dir, quiet, x.saved); err != nil {
			x.state.Words = err.Error() // it runs, but will not see a save
		}
	case !on && x.unwatch != nil:
		x.unwatch()
		x.unwatch = nil
	}
}

// saved is called after files have changed. Notes are none of its business.
func (x *runner) saved() {
	now := sums(x.dir)
	x.mu.Lock()
	source, tests := now[0] != x.sums[0], now[1] != x.sums[1]
	x.sums = now
	x.mu.Unlock()
	if !source && !tests {
		return
	}
	x.change(func(s *State) {
		x.build = x.build || x.run && source
		x.test = x.test || x.tests
		x.expectTests(s)
		x.cancel()
	})
	x.stir()
}

func (x *runner) stir() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

func (x *runner) loop() {
	for {
		var gone <-chan struct{}
		if x.child != nil {
			gone = x.child.gone
		}
		select {
		case <-x.all.ctx.Done():
			x.stop()
			return
		case <-gone:
			x.ended()
		case <-x.wake:
			for x.step() {
			}
		}
	}
}

// step does the next thing that is to be done and reports whether there may be more.
func (x *runner) step() bool {
	ctx, cancel := context.WithCancel(x.all.ctx)
	defer cancel()
	x.mu.Lock()
	x.cancel = cancel
	off := !x.run && (x.child != nil || slices.Contains([]string{Building, Broken, Ended}, x.state.Phase))
	build, test := x.build && !off, x.test && !x.build && !off
	x.build = false
	if test {
		x.test = false
	}
	x.mu.Unlock()
	switch {
	case x.all.ctx.Err() != nil:
		return false
	case off:
		x.stop()
		x.change(func(s *State) { s.Phase, s.Address, s.Words, s.Errors = Off, "", "", nil })
	case build:
		x.rebuild(ctx)
	case test:
		x.runTests(ctx)
		x.tested(ctx)
	default:
		return false
	}
	return true
}

// tested ends what was wanted once, if that run has come to its end.
func (x *runner) tested(ctx context.Context) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.test = x.test || x.tests && ctx.Err() != nil
	if x.once && !x.test {
		x.once, x.tests = false, false
		x.keepWatch()
	}
}

// rebuild builds the program and puts it in the place of the one before.
func (x *runner) rebuild(ctx context.Context) {
	x.change(func(s *State) { s.Phase, s.Words = Building, "" })
	bin, places, words := x.compile(ctx)
	if ctx.Err() != nil { // out of date already
		x.mu.Lock()
		x.build = x.run
		x.mu.Unlock()
		return
	}
	if bin == "" {
		x.change(func(s *State) { s.Phase, s.Errors, s.Words = Broken, places, words })
		return
	}
	x.mu.Lock()
	before := x.state.Address
	x.mu.Unlock()
	x.stop()
	child, err := start(bin, before, x.log)
	if err != nil {
		_ = os.RemoveAll(filepath.Dir(bin))
		x.change(func(s *State) { s.Phase, s.Address, s.Words = Ended, "", err.Error() })
		return
	}
	x.child = child
	x.change(func(s *State) {
		s.Phase, s.Address, s.Errors, s.Words, s.Races = Running, child.addr, nil, "", nil
		s.Builds++
		s.Paths = paths(filepath.Join(x.dir, "subject.go"))
	})
}

func (x *runner) stop() {
	if x.child == nil {
		return
	}
	x.child.stop()
	x.child = nil
}

func (x *runner) ended() {
	why := x.child.why()
	x.stop()
	x.change(func(s *State) { s.Phase, s.Address, s.Words = Ended, "", why })
}

// raced is told every report of the race detector.
func (x *runner) raced(report []string) {
	race := parseRace(report, x.all.root)
	x.change(func(s *State) {
		if len(s.Races) < maxRaces {
			s.Races = append(s.Races, race)
		}
	})
}

// sums returns what tells whether the sources, and the tests, have changed.
func sums(dir string) (two [2]string) {
	hashes := [2]io.Writer{sha256.New(), sha256.New()}
	names, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well formed
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // gone since
		}
		which := 0
		if strings.HasSuffix(name, "_test.go") {
			which = 1
		}
		_, _ = io.WriteString(hashes[which], name+"\x00")
		_, _ = hashes[which].Write(append(text, 0))
	}
	for i, h := range hashes {
		two[i] = string(h.(interface{ Sum([]byte) []byte }).Sum(nil))
	}
	return two
}
