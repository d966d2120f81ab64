package watch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/process"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
)

// Result is what became of the visible tests of a lesson, up to the first one that failed.
type Result struct {
	Passed, Total int
	Test          verdict.Test // the one that failed; without a name if none did or nothing was compiled
	Broken        bool         // the package does not compile: Text are the compiler's words
	Text          []string     // what there is to read about a failure, as lines
	Took          time.Duration
}

// Green reports whether everything passed.
func (r Result) Green() bool { return r.Test.Name == "" && !r.Broken && r.Total > 0 }

// toRead is how package wiretest names a part of the notes.
var toRead = regexp.MustCompile(`^(?:To read|Para leer): ("(?:[^"\\]|\\.)*") `)

// heading is the part of the notes that the failure names, "" if it names none.
func (r Result) heading() string {
	for _, line := range r.Text {
		if m := toRead.FindStringSubmatch(line); m != nil {
			heading, _ := strconv.Unquote(m[1]) // "" is none as well
			return heading
		}
	}
	return ""
}

// timeout bounds a run of one lesson's tests: those of the course take a few seconds at most.
const timeout = time.Minute

// Run runs the visible tests of a lesson with the go command, until one fails. The error is ctx's, or says that the go
// command cannot be run.
func Run(ctx context.Context, c *course.Course, l course.Lesson, lang string) (Result, error) {
	begun := time.Now()
	tests, err := l.Visible()
	if err != nil { // not Go, and the go command says so better
		tests = nil
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-failfast", "-timeout", timeout.String(), "./lessons/"+l.ID)
	cmd.Dir = c.Root
	cmd.Env = append(os.Environ(), subject.LangEnv+"="+lang, "WIRELAB_WATCH=1")
	cmd.WaitDelay = time.Second
	process.Together(cmd)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, fmt.Errorf("go test: %w", err)
	}
	r := parse(out, tests)
	if exit != nil && r.Green() || exit != nil && r.Total == 0 {
		r.Broken = true
		r.Text = append(r.Text, strings.Split(strings.TrimSpace(string(exit.Stderr)), "\n")...)
	}
	r.Took = time.Since(begun)
	return r, nil
}

// event is a line of what go test -json prints.
type event struct {
	Action, Test, Output string
}

// parse makes a result of the output of go test -json.
func parse(out []byte, tests []verdict.Test) Result {
	r := Result{Total: len(tests)}
	output := map[string][]string{} // lines by test
	var failed, first string
	var build []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // a line that is not the go command's own
		}
		top, _, isSub := strings.Cut(e.Test, "/")
		switch e.Action {
		case "build-output":
			build = append(build, strings.TrimRight(e.Output, "\n"))
		case "build-fail":
			r.Broken = true
		case "output":
			output[e.Test] = append(output[e.Test], strings.TrimRight(e.Output, "\n"))
		case "pass":
			if e.Test != "" && !isSub {
				r.Passed++
			}
		case "fail":
			if e.Test != "" && first == "" {
				first, failed = e.Test, top // a subtest fails before the test that it belongs to
			}
		}
	}
	switch {
	case r.Broken:
		r.Text = compiler(build)
	case failed != "":
		r.Test = verdict.Test{Name: failed}
		for _, t := range tests {
			if t.Name == failed {
				r.Test = t
			}
		}
		r.Test.Name = first
		r.Text = readable(output[first])
		if first != failed {
			r.Text = append(r.Text, readable(output[failed])...)
		}
	}
	r.Total = max(r.Total, r.Passed)
	return r
}

// compiler is what a compiler says, without the lines of the go command around it.
func compiler(build []string) (lines []string) {
	for _, line := range build {
		if line != "" && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	return lines
}
