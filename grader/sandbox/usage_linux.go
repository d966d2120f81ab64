package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage returns what the program holds now. The error says so if it has ended.
func (p *Process) Usage() (Usage, error) {
	select {
	case <-p.done:
		return Usage{}, errGone
	default:
	}
	u, err := usage(p.proc.Pid)
	if err != nil {
		return u, fmt.Errorf("sandbox: %w", err)
	}
	u.Conns, err = sockets(p.proc.Pid, p.socket)
	if err != nil {
		return u, fmt.Errorf("sandbox: %w", err)
	}
	u.Starved = Starved(p.proc.Pid)
	return u, nil
}

// Starved is how long the threads of a process, taken together, were ready to run and had no core; threads that have
// ended do not count (Linux, Documentation/scheduler/sched-stats).
func Starved(pid int) (sum time.Duration) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0
	}
	for _, path := range threads {
		b, err := os.ReadFile(path)
		if f := strings.Fields(string(b)); err == nil && len(f) > 1 {
			ns, _ := strconv.ParseInt(f[1], 10, 64) // the kernel's own number
			sum += time.Duration(ns)
		}
	}
	return sum
}

// usage returns size and threads of a process.
func usage(pid int) (Usage, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Usage{}, err
	}
	rss, err := strconv.ParseInt(field(string(b), "VmRSS:"), 10, 64) // in kB
	if err != nil {                                                  // it is a zombie: it has no memory any more
		return Usage{}, errGone
	}
	threads, err := strconv.Atoi(field(string(b), "Threads:"))
	return Usage{RSS: rss << 10, Threads: threads}, err
}

// sockets counts the open sockets of a process, each once however many descriptors it has.
func sockets(pid int, listener uint64) (int, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	fds, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	found := map[string]bool{}
	for _, fd := range fds {
		target, err := os.Readlink(filepath.Join(dir, fd.Name()))
		if err == nil && strings.HasPrefix(target, "socket:") { // an error: closed since
			found[target] = true
		}
	}
	delete(found, fmt.Sprintf("socket:[%d]", listener))
	return len(found), nil
}

// watchEvery is the watchdog's period. In it a program can take some 100 MiB more than it may; waking up more often
// would cost a core as soon as dozens of programs run.
const watchEvery = 20 * time.Millisecond

// watchdog ticks when the program is to be looked at: never where a control group holds it.
func (p *Process) watchdog() (<-chan time.Time, func()) {
	if p.fence.off || p.fence.unwatched || p.slot.group != nil {
		return nil, func() {}
	}
	t := time.NewTicker(watchEvery)
	return t.C, t.Stop
}

// overLimit looks at the program and all that it started, and names the limit that they are over together.
func (p *Process) overLimit() Limit {
	var sum Usage
	for _, pid := range family(p.proc.Pid) {
		u, err := usage(pid)
		if err != nil {
			continue // gone since
		}
		sum.RSS += u.RSS
		sum.Threads += u.Threads
	}
	switch {
	case sum.RSS > p.limits.Memory:
		return LimitMemory
	case sum.Threads > p.limits.Processes:
		return LimitProcesses
	}
	return ""
}

// family returns a process and its descendants. With seccomp up there are none; pid 1 of a namespace inherits every
// orphan, so without it all of them are found.
func family(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		if err != nil {
			continue
		}
		for _, list := range lists {
			b, err := os.ReadFile(list)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			for _, f := range strings.Fields(string(b)) {
				if child, err := strconv.Atoi(f); err == nil {
					all = append(all, child)
				}
			}
		}
	}
	return all
}
