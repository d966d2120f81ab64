package exercise

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"wirelab/site/exercise/host"
)

const (
	maxPlaces  = 20               // compile errors that are shown
	maxWords   = 16 << 10         // bytes of what the go command says
	startLimit = 20 * time.Second // for a program to listen: its initialisation may be slow
	stopLimit  = 2 * time.Second  // for a program to end by itself
)

// compile builds the program and returns its path, in a folder of its own, or why there is none.
func (x *runner) compile(ctx context.Context) (bin string, places []Place, words string) {
	dir, err := os.MkdirTemp("", "wirelab-site-")
	if err != nil {
		return "", nil, err.Error()
	}
	main := filepath.Join(dir, "main.go")
	bin = filepath.Join(dir, "exercise.exe") // the name that Windows needs does no harm elsewhere
	if err = os.WriteFile(main, mainFile(x.id), 0o600); err == nil {
		args := []string{"build", "-o", bin}
		if x.all.race {
			args = append(args, "-race")
		}
		var out bytes.Buffer
		cmd := exec.CommandContext(ctx, "go", append(args, main)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = x.all.root, &out, &out, stopLimit
		if err = cmd.Run(); err == nil {
			return bin, nil, ""
		}
		places, words = parseErrors(out.String())
		if out.Len() == 0 {
			words = err.Error()
		}
	} else {
		words = err.Error()
	}
	_ = os.RemoveAll(dir) // temporary
	return "", places, words
}

func mainFile(id string) []byte {
	return fmt.Appendf(nil, `package main

import (
	"wirelab/site/exercise/host"
	lesson %q
)

func main() { host.Main(lesson.Subject) }
`, "wirelab/lessons/"+id)
}

var compileError = regexp.MustCompile(`^(?:vet: )?(\S.*?\.go):(\d+)(?::(\d+))?: (.*)$`)

// parseErrors finds the places in the compiler's words; an indented line goes on with the one before.
func parseErrors(out string) (places []Place, rest string) {
	var other []string
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		m := compileError.FindStringSubmatch(line)
		switch {
		case m != nil && len(places) < maxPlaces:
			p := Place{File: filepath.ToSlash(strings.TrimPrefix(m[1], "./")), Text: m[4]}
			p.Line, _ = strconv.Atoi(m[2]) // digits
			p.Column, _ = strconv.Atoi(m[3])
			places = append(places, p)
		case strings.HasPrefix(line, "\t") && len(places) > 0:
			places[len(places)-1].Text += "\n" + strings.TrimSpace(line)
		case !strings.HasPrefix(line, "# ") && line != "":
			other = append(other, line)
		}
	}
	rest = strings.Join(other, "\n")
	return places, rest[:min(len(rest), maxWords)]
}

// child is a running program. Its standard input is open for as long as it shall run.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	addr  string
	gone  chan struct{}
	err   error // of Wait, once gone
}

// start runs the program, on the address of the one before if that is free, and returns when it listens.
func start(bin, addr string, log *log) (*child, error) {
	cmd := exec.Command(bin)
	// A server has no business with colours or a pager; the detector goes on after a race, so that all are seen.
	cmd.Env = append(os.Environ(), host.AddrEnv+"="+addr, "GORACE=halt_on_error=0 atexit_sleep_ms=0")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	stderr := log.writer("stderr")
	cmd.Stderr, cmd.WaitDelay = stderr, stopLimit
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	c := &child{cmd: cmd, stdin: stdin, gone: make(chan struct{})}
	listens := make(chan string, 1)
	go func() {
		relay(stdout, log.writer("stdout"), listens)
		c.err = cmd.Wait()
		log.flush()
		close(c.gone)
	}()
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case c.addr = <-listens:
		return c, nil
	case <-c.gone:
		c.stop()
		return nil, errors.New(c.why())
	case <-limit.C:
		c.stop()
		return nil, fmt.Errorf("it did not listen within %s", startLimit)
	}
}

// relay copies what the program prints, without the line that says where it listens.
func relay(from io.Reader, to io.Writer, listens chan<- string) {
	r := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		if addr, ok := strings.CutPrefix(string(line), host.Ready); ok {
			select {
			case listens <- strings.TrimSpace(addr):
			default:
			}
		} else if len(line) > 0 {
			_, _ = to.Write(line) // never fails
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// stop ends the program, by word first, and removes it.
func (c *child) stop() {
	_ = c.stdin.Close() // it may have ended already
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-c.gone:
	case <-limit.C:
		_ = c.cmd.Process.Kill() // likewise
		<-c.gone
	}
	_ = os.RemoveAll(filepath.Dir(c.cmd.Path)) // temporary
}

// why says how the program ended.
func (c *child) why() string {
	if c.err == nil {
		return "exit status 0"
	}
	return c.err.Error()
}
