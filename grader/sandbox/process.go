package sandbox

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Process is a program that was started in a box.
type Process struct {
	fence   fence
	slot    *slot
	limits  Limits
	profile Profile
	done    chan struct{}
	proc    *os.Process
	listen  []uint64 // inodes of the listeners

	mu     sync.Mutex
	why    Limit // the limit that we ended it for
	killed bool  // we ended it; for no limit: because the caller said so

	exit Exit // read after done is closed
}

// Done is closed when the program and whatever it started are gone.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the end of the program and says how it ended.
func (p *Process) Wait() Exit {
	<-p.done
	return p.exit
}

// Kill ends the program, and whatever it started, at once. It does not wait; killing twice is no error.
func (p *Process) Kill() { p.end("") }

func (p *Process) end(why Limit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return
	}
	p.killed, p.why = true, why
	_ = p.proc.Kill() // the only failure is that it is gone already
}

// Usage is what a running program holds at a moment, as the kernel counts it.
type Usage struct {
	RSS     int64 // bytes
	Threads int
	Starved time.Duration // for which its threads, taken together, were ready to run and had no core; 0 where nobody counts
}

// drainTime bounds how long output is waited for after the end of a program without walls: a child of it can hold the
// pipe open.
const drainTime = time.Second

// run is the life of a process, on its slot's thread. It sends one value to started.
func (p *Process) run(c Command, started chan<- error) {
	r, w, err := os.Pipe()
	if err != nil {
		started <- err
		return
	}
	defer r.Close()
	for _, ln := range c.Listeners {
		p.listen = append(p.listen, inode(ln))
	}
	if err = p.slot.group.begin(c.Limits); err == nil {
		p.proc, err = p.fence.launch(p.slot, c, w)
	}
	w.Close()
	if err != nil {
		started <- err
		return
	}
	out := newOutput(c.Keep, c.Limits.Output)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		out.readAll(r, func() { p.end(LimitOutput) })
	}()
	started <- nil

	state, err := p.proc.Wait()
	if p.fence.mayLeaveChildren() {
		_ = r.SetReadDeadline(time.Now().Add(drainTime))
	}
	<-drained
	p.exit = p.examine(state, err, out)
	close(p.done)
}

// supervise ends the program when its time is over, when its caller or the box has no more use for it, or when the
// watchdog finds it over its limits.
func (p *Process) supervise(ctx, closed context.Context) {
	const step = 5 * time.Second
	left, last := p.limits.Wall, time.Now()
	timer := time.NewTimer(min(left, step))
	defer timer.Stop()
	look, stop := p.watchdog()
	defer stop()
	for {
		select {
		case <-p.done:
			return
		case <-ctx.Done():
			p.Kill()
		case <-closed.Done():
			p.Kill()
		case <-timer.C:
			// What is more was not its time: the grader itself stood still, as by Ctrl-Z.
			left -= min(time.Since(last), 2*step)
			if last = time.Now(); left > 0 {
				timer.Reset(min(left, step))
				continue
			}
			p.end(LimitWall)
		case <-look:
			if over := p.overLimit(); over != "" {
				p.end(over)
			}
			continue
		}
		<-p.done
		return
	}
}

// examine says how the program ended, and names the limit that ended it.
func (p *Process) examine(state *os.ProcessState, err error, out *output) Exit {
	p.mu.Lock()
	killed, why := p.killed, p.why
	p.mu.Unlock()
	e := Exit{Code: -1, Output: out.bytes(), OutputCut: out.cut(), limits: p.limits}
	if err != nil { // only if somebody else reaped it
		e.Signal = err.Error()
		return e
	}
	spent := p.slot.group.spent()
	e.CPU, e.MaxRSS = state.UserTime()+state.SystemTime(), maxRSS(state, spent)
	e.Code = state.ExitCode()
	status, _ := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		e.Signal = signalName(status.Signal())
	}
	switch {
	case out.over():
		e.Limit = LimitOutput
	case status.Signaled() && killed:
		e.Limit, e.Stopped = why, why == ""
	case status.Signaled() && spent.oom:
		e.Limit = LimitMemory
	case e.Signal == "SIGKILL" && e.CPU > p.limits.CPU/2:
		// The kernel limits by its ticks and reports by its clock: on a busy virtual machine the two differ.
		e.Limit = LimitCPU
	case spent.forksRefused || out.contains(noThread) && out.contains(tooMany):
		e.Limit = LimitProcesses
	}
	return e
}

// spent is what a control group counted for one program.
type spent struct {
	oom          bool  // the kernel killed it over its memory limit, not for want of memory elsewhere
	forksRefused bool  // it was refused a thread
	peak         int64 // bytes, 0 where not known
}

// What Go's runtime says when a limit (EAGAIN) denies it another thread.
const (
	noThread = "runtime: failed to create new OS thread"
	tooMany  = "errno=11)"
)

// errGone is what Usage returns for a program that has ended.
var errGone = errors.New("sandbox: the program has ended")
