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
	"slices"
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
	Died          bool         // the program that runs the tests ended by itself, during Test or without any
	Text          []string     // what there is to read about a failure, as lines
	Took          time.Duration
}

// Green reports whether everything passed.
func (r Result) Green() bool { return r.Test.Name == "" && !r.Broken && !r.Died && r.Total > 0 }

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
	r := parse(out, tests, words{lang})
	if exit != nil && !r.Broken && !r.Died && r.Test.Name == "" { // the go command did not come to the package
		r.Broken = true
		r.Text = strings.Split(strings.TrimSpace(string(exit.Stderr)), "\n")
	}
	r.Took = time.Since(begun)
	return r, nil
}

// event is a line of what go test -json prints.
type event struct {
	Action, Test, Output string
}

// parse makes a result of the output of go test -json.
func parse(out []byte, tests []verdict.Test, say words) Result {
	r := Result{Total: len(tests)}
	output := map[string][]string{} // lines by test
	var failed, first string
	var running []string // tests that have not ended, the one that speaks last
	var late []string    // lines since a test ended or began
	var build []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue // a line that is not the go command's own
		}
		top, _, isSub := strings.Cut(e.Test, "/")
		if e.Test != "" && e.Action != "output" {
			running = slices.DeleteFunc(running, func(name string) bool { return name == e.Test })
			late = nil
		}
		switch e.Action {
		case "build-output":
			build = append(build, strings.TrimRight(e.Output, "\n"))
		case "build-fail":
			r.Broken = true
		case "run", "cont":
			running = append(running, e.Test)
		case "output":
			line := strings.TrimRight(e.Output, "\n")
			output[e.Test], late = append(output[e.Test], line), append(late, line)
		case "pass":
			if e.Test != "" && !isSub {
				r.Passed++
			}
		case "fail":
			switch {
			case e.Test == "":
				r.Died = !r.Broken && first == ""
			case first == "":
				first, failed = e.Test, top // a subtest fails before the test that it belongs to
			}
		}
	}
	switch {
	case r.Broken:
		r.Text = compiler(build)
	case r.Died && len(running) == 0:
		r.Text = lastWords(late, "", say)
	case r.Died:
		first = running[len(running)-1]
		failed, _, _ = strings.Cut(first, "/")
		r.Text = lastWords(append(output[first], output[""]...), first, say)
	case failed != "":
		r.Text = readable(output[first])
		if first != failed {
			r.Text = append(r.Text, readable(output[failed])...)
		}
	}
	if failed != "" {
		r.Test = verdict.Test{Name: failed}
		for _, t := range tests {
			if t.Name == failed {
				r.Test = t
			}
		}
		r.Test.Name = first
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
