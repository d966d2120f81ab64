package sandbox

import (
	"bytes"
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
	u.Starved = Starved(p.proc.Pid)
	return u, nil
}

// Conns returns how many connections the program holds of those that it has accepted at this address, and how many it has
// opened itself, to whomever. The error says so if it has ended.
//
// What is looked up in the program's own folder of /proc has to be forgotten by the kernel when the program ends, which
// costs more than looking it up. So that is done only for programs that can open connections.
func (p *Process) Conns(addr string) (int, error) {
	select {
	case <-p.done:
		return 0, errGone
	default:
	}
	table, err := os.ReadFile("/proc/self/net/unix")
	if err != nil {
		return 0, fmt.Errorf("sandbox: %w", err)
	}
	if p.profile != Dial {
		return len(accepted(table, addr)), nil
	}
	open, err := p.sockets()
	if err != nil {
		return 0, fmt.Errorf("sandbox: %w", err)
	}
	n := 0
	for inode, at := range accepted(table, "") {
		if at == addr {
			n++
		}
		delete(open, inode)
	}
	return n + len(open), nil
}

// accepted returns the Unix connections in a table that were accepted at the address, or at any if it is empty: addresses
// by inode. A connection that was accepted bears the address of the listener, and is listed where its client is (unix(7),
// proc_pid_net(5)).
func accepted(table []byte, addr string) map[uint64]string {
	const listens = 0x10000 // __SO_ACCEPTCON
	at := map[uint64]string{}
	for line := range bytes.Lines(table) {
		if !bytes.HasSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte(addr)) {
			continue // most of them, and taking a line apart takes longer
		}
		f := strings.Fields(string(line)) // Num: RefCount Protocol Flags Type St Inode Path
		if len(f) < 8 || addr != "" && f[7] != addr {
			continue
		}
		flags, err := strconv.ParseUint(f[3], 16, 64)
		if err != nil || flags&listens != 0 {
			continue
		}
		if inode, err := strconv.ParseUint(f[6], 10, 64); err == nil && inode != 0 { // 0: nobody has accepted it yet
			at[inode] = f[7]
		}
	}
	return at
}

// Ending reports whether the program has ended, or is on its way to: then it is the kernel that closes its connections.
func (p *Process) Ending() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.proc.Pid))
	if err != nil {
		return true
	}
	// After the name in parentheses: state ppid pgrp session tty_nr tpgid flags (proc_pid_stat(5)).
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 7 {
		return true
	}
	flags, _ := strconv.ParseUint(f[6], 10, 64) // the kernel's own number
	const exiting = 0x4                         // PF_EXITING, set before files are closed (linux/sched.h)
	return f[0] == "Z" || f[0] == "X" || flags&exiting != 0
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

// sockets returns the inodes of the program's open sockets but its listeners, each once however many descriptors it has.
func (p *Process) sockets() (map[uint64]bool, error) {
	dir := fmt.Sprintf("/proc/%d/fd", p.proc.Pid)
	fds, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	found := map[uint64]bool{}
	for _, fd := range fds {
		var inode uint64
		target, err := os.Readlink(filepath.Join(dir, fd.Name()))
		if err != nil {
			continue // closed since
		}
		if n, _ := fmt.Sscanf(target, "socket:[%d]", &inode); n == 1 {
			found[inode] = true
		}
	}
	for _, ln := range p.listen {
		delete(found, ln)
	}
	return found, nil
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
