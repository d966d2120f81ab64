package run

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/harness"
	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Limits of one subject, for one test.
const (
	maxMemory = 256 << 20       // bytes; the most that a reference of the course has used is 46 MiB, race detector included
	maxCPU    = 2 * time.Second // the most that one has used is 0.25
	maxWall   = 90 * time.Second
	// Of a process that all tests of a lesson share, some of which wait until others are done.
	maxSharedCPU  = 3 * maxCPU
	maxSharedWall = 10 * time.Minute

	maxThreads = 64
	maxFiles   = 1024
	maxOutput  = 1 << 20  // bytes before the program is killed
	keepOutput = 32 << 10 // bytes kept, enough for a race report or a panic
)

// Statuses with which a program ends by what Go's runtime found.
const (
	panicExit = 2  // a panic, or an error that the runtime calls fatal
	raceExit  = 66 // a data race
)

// running is a subject in the sandbox.
type running struct {
	test   string
	socket string
	addr   string // of its listener, as the kernel knows it
	peers  string // folder with what it may dial; "" if it may dial nothing
	proc   *sandbox.Process
	shared bool // its process is that of a company
}

// start starts a process with a fresh subject for each of the tests. They may be dialed at once: connections wait in the
// listener's queue until the program serves.
func (r *Runner) start(ctx context.Context, s *session, tests ...string) (map[string]*running, error) {
	subjects := map[string]*running{}
	shared := len(tests) > 1
	var listeners []*os.File
	defer func() {
		for _, f := range listeners {
			f.Close()
		}
	}()
	for _, test := range tests {
		run := &running{test: test, socket: s.newSocket(), shared: shared}
		f, addr, err := listenAt(run.socket)
		if err != nil {
			return nil, err
		}
		run.addr = addr
		listeners, subjects[test] = append(listeners, f), run
	}
	limits := sandbox.Limits{
		Memory: maxMemory, CPU: maxCPU, Wall: maxWall, Processes: maxThreads, FileSize: 1 << 20,
		OpenFiles: maxFiles, Output: maxOutput,
	}
	if shared {
		limits.CPU, limits.Wall = maxSharedCPU, maxSharedWall
	}
	env := []string{
		fmt.Sprintf("%s=inherited:%d", harness.ListenEnv, len(listeners)), "GOMAXPROCS=2", "GOTRACEBACK=single",
		// No garbage is collected until memory is short: it would close connections that the exercise has forgotten.
		"GOGC=off", fmt.Sprintf("GOMEMLIMIT=%d", maxMemory*3/4),
	}
	if r.race {
		// The first race ends the program: its status cannot be hidden by closing stderr, as its report can.
		env = append(env, fmt.Sprintf("GORACE=halt_on_error=1 exitcode=%d atexit_sleep_ms=0", raceExit))
	}
	profile, binds, peers := sandbox.Serve, s.prog.Binds, ""
	if mayDial(s.lesson) {
		profile, peers = sandbox.Dial, subjects[tests[0]].socket+".peers"
		if err := os.Mkdir(peers, 0o755); err != nil {
			return nil, err
		}
		binds = append(slices.Clone(binds), sandbox.Bind{Path: peers})
	}
	proc, err := r.box.Start(ctx, sandbox.Command{
		Path: s.prog.Path, Args: []string{s.lesson.ID}, Env: env, Profile: profile,
		Listeners: listeners, Binds: binds, Limits: limits, Keep: keepOutput,
	})
	if err != nil {
		return nil, fmt.Errorf("start of the exercise: %w", err)
	}
	for _, run := range subjects {
		run.proc, run.peers = proc, peers
	}
	return subjects, nil
}

// newSocket is a path for a listener. Its last part is no other listener's on this machine, for [listenAt].
func (s *session) newSocket() string {
	return filepath.Join(s.dir, fmt.Sprintf("%x-%d", socketMark, sockets.Add(1)))
}

var (
	sockets    atomic.Int64
	socketMark = rand.Uint32() // of this process
)

// listenAt listens at a path, and returns the address as the kernel knows it, which is no other listener's. A program can
// ask for that: where there is a shorter one, through a descriptor, it tells nothing of where the grader keeps its files.
func listenAt(socket string) (*os.File, string, error) {
	ln, err := listenNear(socket)
	if err != nil {
		return nil, "", err
	}
	ln.SetUnlinkOnClose(false)
	defer ln.Close()
	f, err := ln.File()
	return f, ln.Addr().String(), err
}

func listenNear(socket string) (*net.UnixListener, error) {
	if dir, err := os.Open(filepath.Dir(socket)); err == nil {
		defer dir.Close()
		name := fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(socket))
		if ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"}); err == nil {
			return ln, nil
		}
	}
	return net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
}

// mayDial reports whether a lesson's exercise has somebody to talk to: a server, or a broker. What it can reach are
// the sockets that the test serves, nothing else.
func mayDial(l course.Lesson) bool {
	return l.Kind == "client" || l.Kind == "examiner" || l.Library == "go-redis"
}

// state says how the subject is, from outside of it.
func (run *running) state() subject.State {
	select {
	case <-run.proc.Done():
		return diagnose(run.proc.Wait())
	default:
	}
	conns, _ := run.proc.Conns(run.addr) // an error: it is ending at this moment
	return subject.State{Conns: conns}
}

// stop ends the subject's process and returns how it was until then, and how it ended.
func (run *running) stop() (subject.State, sandbox.Exit) {
	run.proc.Kill()
	exit := run.proc.Wait()
	_ = os.Remove(run.socket) // the session's folder goes anyway
	return diagnose(exit), exit
}

// mayBeOthers reports whether a program may have ended for what others did: it was killed, over no limit of its own, as
// happens where the machine has no memory left.
func mayBeOthers(exit sandbox.Exit) bool {
	return exit.Signal == "SIGKILL" && exit.Limit == "" && !exit.Stopped
}

// diagnose turns the end of a process into words. A race whose report was cut off is one.
func diagnose(exit sandbox.Exit) subject.State {
	switch {
	case exit.Stopped && bytes.Contains(exit.Output, []byte(raceHead)):
		return subject.State{Ended: true, Text: theProgram(sandbox.Exit{Code: raceExit}), Race: raceReport(exit.Output)}
	case exit.Stopped:
		return subject.State{}
	case exit.Limit != "":
		return subject.State{Ended: true, Text: theProgram(exit)}
	case exit.Code == raceExit:
		return subject.State{Ended: true, Text: theProgram(exit), Race: raceReport(exit.Output)}
	}
	if why := panicReport(exit.Output); !why.IsZero() && exit.Code == panicExit {
		return subject.State{Ended: true, Text: lessons.Text{EN: "the program crashed\n" + why.EN, ES: "el programa se cayó\n" + why.ES}}
	}
	return subject.State{Ended: true, Text: theProgram(exit)}
}

func theProgram(exit sandbox.Exit) lessons.Text {
	text := exit.Text()
	return lessons.Text{EN: "the program " + text.EN, ES: "el programa " + text.ES}
}

var (
	raceAccess = regexp.MustCompile(`(?m)^(?:Previous )?([Rr]ead|[Ww]rite|[Aa]tomic \w+) at 0x[0-9a-f]+ by (.*):\n`)
	goroutine  = regexp.MustCompile(`^goroutine \d+`)
	// What the race detector's runtime says in a root without /proc.
	sanitizerNoise = regexp.MustCompile(`(?m)^==\d+==WARNING: reading executable name failed.*\n`)
	frame          = regexp.MustCompile(`(?m)^\s*(\S+)\(.*\)\n\s+(\S+\.go:\d+)`)
)

// raceHead begins the race detector's report.
const raceHead = "WARNING: DATA RACE\n"

// raceReport shortens the race detector's report to the two places in the student's files.
func raceReport(output []byte) lessons.Text {
	_, report, ok := strings.Cut(string(output), raceHead)
	if !ok {
		return lessons.Text{
			EN: "  (the program kept the report of the race detector from being read)",
			ES: "  (el programa impidió leer el informe del detector de carreras)",
		}
	}
	spanish := map[string]string{
		"read": "lectura", "write": "escritura", "atomic read": "lectura atómica", "atomic write": "escritura atómica",
		"main goroutine": "goroutine principal",
	}
	var en, es []string
	for i, at := range raceAccess.FindAllStringSubmatchIndex(report, 2) {
		what, who := strings.ToLower(report[at[2]:at[3]]), report[at[4]:at[5]]
		stack, _, _ := strings.Cut(report[at[1]:], "\n\n")
		fn, place := culprit(stack)
		who = goroutine.ReplaceAllString(who, "goroutine "+string(rune('A'+i))) // its number is another in each run
		en = append(en, fmt.Sprintf("  %-5s  %s  in %s, %s", what, place, fn, who))
		es = append(es, fmt.Sprintf("  %-9s  %s  en %s, %s", cmp.Or(spanish[what], what), place, fn, cmp.Or(spanish[who], who)))
	}
	return lessons.Text{EN: strings.Join(en, "\n"), ES: strings.Join(es, "\n")}
}

// culprit is the first frame of the stack that lies in a lesson, or else the first.
func culprit(stack string) (fn, place string) {
	all := frame.FindAllStringSubmatch(stack, -1)
	for _, f := range all {
		if strings.HasPrefix(f[2], "lessons/") {
			return shortName(f[1]), f[2]
		}
	}
	if len(all) > 0 {
		return shortName(all[0][1]), all[0][2]
	}
	return "?", "?"
}

// maxFunc bounds what is shown of a function's name, in bytes.
const maxFunc = 100

// shortName is a function's name without the path of its package.
func shortName(fn string) string {
	fn = fn[strings.LastIndexByte(fn, '/')+1:]
	if len(fn) > maxFunc {
		fn = strings.ToValidUTF8(fn[:maxFunc], "") + "…"
	}
	return fn
}

// maxPanic bounds what is shown of a panic's value, in bytes.
const maxPanic = 1 << 10

// panicReport is the panic or fatal error, and where in the student's files it happened; empty if there is none.
func panicReport(output []byte) lessons.Text {
	text := string(output)
	at := -1
	for _, mark := range []string{"panic: ", "fatal error: "} {
		if i := strings.Index("\n"+text, "\n"+mark); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return lessons.Text{}
	}
	head, stack, _ := strings.Cut(text[at:], "\n\ngoroutine ")
	head, _, _ = strings.Cut(head, "\n\nruntime stack:")
	if len(head) > maxPanic {
		head = strings.ToValidUTF8(head[:maxPanic], "") + "…"
	}
	said := "  " + strings.ReplaceAll(strings.TrimSpace(head), "\n", "\n  ")
	why := lessons.Text{EN: said, ES: said}
	if fn, place := culprit(stack); strings.HasPrefix(place, "lessons/") {
		why.EN += fmt.Sprintf("\n  at %s in %s", place, fn)
		why.ES += fmt.Sprintf("\n  en %s, dentro de %s", place, fn)
	}
	return why
}

// result turns what a test reported into a verdict. What the program had printed is shown with a failure.
func (rep *report) result() verdict.TestResult {
	tr := verdict.TestResult{Name: rep.Test, Outcome: verdict.Failed, Seconds: rep.Seconds, Again: rep.again}
	if rep.Passed {
		tr.Outcome = verdict.Passed
		return tr
	}
	tr.Message, tr.Transcript = rep.Message, rep.Transcript
	if out := bytes.TrimSpace(sanitizerNoise.ReplaceAll(rep.output, nil)); len(out) > 0 {
		e := wire.Entry{At: rep.Seconds, Conn: wire.Output, Kind: wire.KindNote}
		e.SetData(out)
		tr.Transcript = append(tr.Transcript, e)
	}
	return tr
}
