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
	ooms    int64
	refused int64
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
	g.ooms, g.refused = g.count()
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
	if l.Memory == g.memMax {
		return nil
	}
	bytes := strconv.FormatInt(l.Memory, 10)
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
	g.memMax = l.Memory
	return nil
}

// count returns how often the kernel killed in this group for memory, and refused it a thread.
func (g *group) count() (ooms, refused int64) {
	events := "memory.events"
	if g.tree.version == 1 {
		events = "memory.oom_control"
	}
	return number(filepath.Join(g.memory, events), "oom_kill"), number(filepath.Join(g.pids, "pids.events"), "max")
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
	ooms, refused := g.count()
	s := spent{oom: ooms > g.ooms, forksRefused: refused > g.refused}
	if g.tree.version == 1 { // version 2 has a peak since the group was made, so not of this program
		s.peak = readNumber(filepath.Join(g.memory, "memory.max_usage_in_bytes"))
	}
	return s
}

func isFirstThread() bool { return unix.Gettid() == unix.Getpid() }
