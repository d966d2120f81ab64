package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// A group is the control group of a slot, kept from one program to the next. All methods do nothing on nil.
type group struct {
	tree    *tree
	memory  string // directory
	pids    string // directory; the same in version 2
	fd      *os.File
	memMax  int64
	pidsMax int
	before  counted
}

func (t *tree) newGroup(slot int) (*group, error) {
	if t == nil {
		return nil, nil
	}
	g := &group{tree: t}
	name := "slot" + strconv.Itoa(slot)
	for _, root := range t.roots {
		if err := os.Mkdir(filepath.Join(root, name), 0o755); err != nil {
			return nil, err
		}
	}
	g.memory = filepath.Join(t.roots["memory"], name)
	g.pids = g.memory
	if t.version == 1 {
		g.pids = filepath.Join(t.roots["pids"], name)
		return g, nil
	}
	_ = writeFile(filepath.Join(g.memory, "memory.oom.group"), "1") // not in the first kernels of version 2
	fd, err := os.Open(g.memory)
	g.fd = fd
	return g, err
}

// enter puts the slot's thread into its groups, so that all it forks is born there: version 1 lets threads of one
// process be in different groups, and to move a process afterwards costs up to 20 ms. In version 2 the kernel
// puts the child there: see place.
func (g *group) enter() error {
	if g == nil || g.tree.version == 2 {
		return nil
	}
	return errors.Join(g.move(filepath.Join(g.memory, "tasks")), g.move(filepath.Join(g.pids, "tasks")))
}

func (g *group) move(tasks string) error { return writeFile(tasks, strconv.Itoa(unix.Gettid())) }

// leave takes the thread out again and removes the groups.
func (g *group) leave() error {
	if g == nil {
		return nil
	}
	var errs []error
	for _, home := range g.tree.homes {
		errs = append(errs, g.move(home))
	}
	if g.fd != nil {
		g.fd.Close()
	}
	errs = append(errs, removeGroup(g.memory))
	if g.pids != g.memory {
		errs = append(errs, removeGroup(g.pids))
	}
	return errors.Join(errs...)
}

func (g *group) place(a *syscall.SysProcAttr) {
	if g != nil && g.tree.version == 2 {
		a.UseCgroupFD, a.CgroupFD = true, int(g.fd.Fd())
	}
}

// begin sets the limits of the next program and notes what has been counted so far.
func (g *group) begin(l Limits) error {
	if g == nil {
		return nil
	}
	if err := g.limit(l); err != nil {
		return fmt.Errorf("control group: %w", err)
	}
	if g.tree.version == 1 {
		_ = writeFile(filepath.Join(g.memory, "memory.max_usage_in_bytes"), "0")
	}
	g.before = g.count()
	return nil
}

func (g *group) limit(l Limits) error {
	set := func(dir, name, value string) error { return writeFile(filepath.Join(dir, name), value) }
	if threads := l.Processes; threads != g.pidsMax {
		if g.tree.version == 1 {
			threads++ // the slot's own
		}
		if err := set(g.pids, "pids.max", strconv.Itoa(threads)); err != nil {
			return err
		}
		g.pidsMax = l.Processes
	}
	// Files on a tmpfs that an earlier program has written are still the group's, for as long as they exist.
	most := l.Memory + number(filepath.Join(g.memory, "memory.stat"), "shmem")
	if most == g.memMax {
		return nil
	}
	bytes := strconv.FormatInt(most, 10)
	if g.tree.version == 2 {
		_ = set(g.memory, "memory.swap.max", "0") // absent where the kernel does not swap
		if err := set(g.memory, "memory.max", bytes); err != nil {
			return err
		}
	} else {
		// Memory and swap together may not be less than memory, at any moment; absent where swap is not counted.
		_ = set(g.memory, "memory.memsw.limit_in_bytes", "-1")
		if err := set(g.memory, "memory.limit_in_bytes", bytes); err != nil {
			return err
		}
		_ = set(g.memory, "memory.memsw.limit_in_bytes", bytes)
	}
	g.memMax = most
	return nil
}

// counted is what the kernel has counted in a group since it was made.
type counted struct {
	limited int64 // times that its memory was at the limit; version 2 alone tells
	killed  int64 // processes killed for want of memory, the machine's included
	refused int64 // threads that it did not get
}

func (g *group) count() counted {
	c := counted{refused: number(filepath.Join(g.pids, "pids.events"), "max")}
	if g.tree.version == 1 {
		c.killed = number(filepath.Join(g.memory, "memory.oom_control"), "oom_kill")
		return c
	}
	events := filepath.Join(g.memory, "memory.events")
	c.limited, c.killed = number(events, "oom"), number(events, "oom_kill")
	return c
}

func number(file, name string) int64 {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(field(string(b), name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// spent returns what the kernel counted since begin.
func (g *group) spent() spent {
	if g == nil {
		return spent{}
	}
	now := g.count()
	limited := now.limited > g.before.limited
	s := spent{forksRefused: now.refused > g.before.refused}
	if g.tree.version == 1 { // version 2 has a peak since the group was made, so not of this program
		const charge = 1 << 20 // more than what the kernel charges at once
		s.peak = readNumber(filepath.Join(g.memory, "memory.max_usage_in_bytes"))
		limited = s.peak > g.memMax-charge
	}
	s.oom = limited && now.killed > g.before.killed
	return s
}

func isFirstThread() bool { return unix.Gettid() == unix.Getpid() }
