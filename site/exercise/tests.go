package exercise

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wirelab/grader/process"
	"wirelab/site/tap"
)

const (
	testLimit = "60s"    // for all tests of a lesson
	maxOutput = 16 << 10 // bytes that are kept of a test's output
	maxTests  = 500
)

// Tests says how the visible tests of a lesson do.
type Tests struct {
	On      bool    `json:"on"`      // they run at every save
	Phase   string  `json:"phase"`   // Off, Running, Broken if they do not compile, Ended
	Command string  `json:"command"` // what runs
	Tests   []Test  `json:"tests"`   // in the order in which they ran
	Errors  []Place `json:"errors"`  // why they do not compile
	Words   string  `json:"words"`   // what the go command said besides, and their program if it died
}

// A Test is one of them, or a part of one: "TestLimits/10_bytes". If they failed and none of them did, the last is
// their program: "lessons/10-echo".
type Test struct {
	Name       string  `json:"name"`
	Status     string  `json:"status"` // "run", "pass", "fail" or "skip"
	Seconds    float64 `json:"seconds"`
	Output     string  `json:"output,omitempty"` // what it printed, if it did not pass
	Place      *Place  `json:"place,omitempty"`  // where it failed
	Transcript bool    `json:"transcript"`       // what went over its connections is known
}

// testEvent is a line of go test -json.
type testEvent struct {
	Action      string
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// heard is what a run has said besides what it said of its tests.
type heard struct {
	compiler limited
	program  limited // what it printed while no test ran
	began    bool    // the go command has found something to test
	unbuilt  bool    // but it does not compile
}

func (x *runner) runTests(ctx context.Context) {
	begun := time.Now()
	x.change(func(s *State) { s.Tests = Tests{On: s.Tests.On, Phase: Running, Command: s.Tests.Command} })
	dir, err := os.MkdirTemp("", "wirelab-site-")
	if err != nil {
		x.change(func(s *State) { s.Tests.Phase, s.Tests.Words = Broken, err.Error() })
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	args := []string{"test", "-json", "-count=1", "-timeout=" + testLimit}
	record := filepath.Join(dir, "record.jsonl")
	if overlay, err := recorderOverlay(ctx, dir); err == nil {
		args = append(args, "-overlay="+overlay) // else there are no transcripts
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./lessons/"+x.id)...)
	cmd.Dir, cmd.WaitDelay = x.all.root, stopLimit
	cmd.Env = append(os.Environ(), recordEnv+"="+record)
	process.Together(cmd)
	var words limited
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		x.change(func(s *State) { s.Tests.Phase, s.Tests.Words = Broken, err.Error() })
		return
	}
	run := x.follow(out)
	err = cmd.Wait()
	if ctx.Err() != nil { // out of date: the next run says what holds
		x.mu.Lock()
		x.test = x.tests
		again := x.test
		x.mu.Unlock()
		if !again {
			x.change(func(s *State) { s.Tests.Phase = Off })
		}
		return
	}
	_, _ = io.WriteString(&run.compiler, words.String()) // never fails
	x.finishTests(begun, record, run, err)
}

// verdict is a line with which a program of tests, or the go command, sums up.
var verdict = regexp.MustCompile(`^(?:(?:PASS|FAIL)\n$|(?:ok  |FAIL)\t)`)

// follow reads the events of a run, tells the pages of its tests, and returns the rest.
func (x *runner) follow(out io.Reader) *heard {
	run := &heard{}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var e testEvent
		if json.Unmarshal(line, &e) == nil {
			switch {
			case e.Test != "":
				x.testEvent(e)
			case e.Action == "start":
				run.began = true
			case e.Action == "build-output":
				_, _ = io.WriteString(&run.compiler, e.Output) // never fails
			case e.Action == "build-fail" || e.FailedBuild != "":
				run.unbuilt = true
			case e.Action == "output" && !verdict.MatchString(e.Output):
				_, _ = io.WriteString(&run.program, e.Output) // never fails
			}
		}
		if err != nil {
			return run
		}
	}
}

func (x *runner) testEvent(e testEvent) {
	how := func(s *State) { s.Tests.hear(e) }
	if e.Action == "output" {
		x.mu.Lock()
		how(&x.state)
		x.mu.Unlock()
		return
	}
	x.change(how)
}

// hear takes an event into account.
func (s *Tests) hear(e testEvent) {
	i := slices.IndexFunc(s.Tests, func(t Test) bool { return t.Name == e.Test })
	if i < 0 {
		if len(s.Tests) >= maxTests {
			return
		}
		i = len(s.Tests)
		s.Tests = append(s.Tests, Test{Name: e.Test, Status: "run"})
	}
	t := &s.Tests[i]
	switch e.Action {
	case "output":
		if len(t.Output) < maxOutput && !strings.HasPrefix(e.Output, "=== ") {
			t.Output += e.Output
		}
	case "pass", "fail", "skip":
		t.Status, t.Seconds = e.Action, e.Elapsed
		if e.Action == "pass" {
			t.Output = ""
		}
	}
}

// failedAt is testify's line, or that of t.Error: "    echo_test.go:31: …".
var failedAt = regexp.MustCompile(`(?m)([\w./-]+_test\.go):(\d+)(?::|\s*$)`)

func (x *runner) finishTests(begun time.Time, record string, run *heard, err error) {
	transcripts := readRecord(record, begun)
	places, rest := parseErrors(run.compiler.String())
	x.mu.Lock()
	x.transcripts = transcripts
	x.mu.Unlock()
	x.change(func(s *State) {
		s.Tests.Phase, s.Tests.Words = Ended, rest
		if err != nil && (run.unbuilt || !run.began) {
			s.Tests.Phase, s.Tests.Errors = Broken, places
			if len(places) == 0 && rest == "" {
				s.Tests.Words = err.Error()
			}
			return
		}
		s.Tests.blame(s.Folder, run.program.String(), err)
		for i := range s.Tests.Tests {
			t := &s.Tests.Tests[i]
			if m := failedAt.FindStringSubmatch(t.Output); m != nil && t.Status == "fail" {
				n, _ := strconv.Atoi(m[2]) // digits
				t.Place = &Place{File: "lessons/" + x.id + "/" + filepath.Base(m[1]), Line: n}
			}
			_, t.Transcript = transcripts[top(t.Name)]
		}
	})
}

// blame finds out what has failed in a run that ended with err: the tests that have not come to an end, since their
// program has ended with them, or, if none has failed, the program itself. words is what it printed while no test ran.
func (s *Tests) blame(program, words string, err error) {
	failed, died, silent := false, false, words == ""
	for i := range s.Tests {
		t := &s.Tests[i]
		if t.Status == "run" {
			t.Status, died = "fail", true
			silent = silent && t.Output == ""
		}
		failed = failed || t.Status == "fail"
	}
	if err != nil && !failed {
		s.Tests, died = append(s.Tests, Test{Name: program, Status: "fail"}), true
	}
	if !died {
		return
	}
	if silent && err != nil {
		words = err.Error()
	}
	s.Words = strings.TrimSpace(s.Words + "\n" + words)
}

// top is the test that a part belongs to.
func top(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// transcript returns what went over the connections of a test.
func (x *runner) transcript(test string) ([]tap.Row, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	rows, ok := x.transcripts[top(test)]
	return rows, ok
}

// limited keeps the beginning of what is written to it.
type limited struct{ text strings.Builder }

// Write implements io.Writer; it never fails.
func (l *limited) Write(p []byte) (int, error) {
	l.text.Write(p[:min(len(p), maxWords-min(maxWords, l.text.Len()))])
	return len(p), nil
}

// String returns what was kept.
func (l *limited) String() string { return l.text.String() }

var errNoRecorder = errors.New("this Go's httptest is not one that can be recorded")
