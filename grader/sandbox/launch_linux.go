package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A fence says which walls stand. Tests take single ones away to see what the others hold.
type fence struct {
	off        bool // none of the others
	namespaces bool
	root       bool // an empty one; it needs the namespaces
	userNS     bool // an ordinary user's way to the other namespaces; root needs none, and starts faster without
	throwaway  bool // each slot has a user of its own: only root can give that
	seccomp    bool
	landlock   int // version of the kernel's landlock to use, 0 for none
	limits     bool
	tree       *tree // control groups; nil: the watchdog
	unwatched  bool  // nor the watchdog
}

// Users above this one belong to nobody by any convention (systemd, "Users, Groups, UIDs and GIDs"); the last valid
// one is math.MaxInt32 for old file systems.
const firstUID = 0x7000_0000

func (f *fence) uid(slot int) int {
	if !f.throwaway {
		return 0
	}
	return firstUID + os.Getpid()%(1<<20)*maxSlots + slot // two graders share no user
}

func (f *fence) mayLeaveChildren() bool { return !f.namespaces && !f.seccomp }

// launch starts the inner stage on the slot's thread and returns when the program has taken over from it.
func (f *fence) launch(s *slot, c Command, out *os.File) (*os.Process, error) {
	if err := unix.SetNonblock(int(out.Fd()), false); err != nil { // programs expect a stdout that blocks
		return nil, err
	}
	if f.off {
		return launchOff(c, out, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true})
	}
	if c.Profile == Dial && !f.mayDial() {
		return nil, errNoDial
	}
	if err := s.handOver(c.Binds); err != nil {
		return nil, err
	}
	var open files
	defer open.close()
	null := open.add(os.Open(os.DevNull))
	program := open.add(os.Open(c.Path))
	orders := open.add(memoryFile(f.orders(s, c)))
	status, say, err := os.Pipe()
	open.add(status, err)
	open.add(say, nil)
	if err := open.err(); err != nil {
		return nil, err
	}
	inherited := make([]*os.File, c.Limits.OpenFiles+1)
	stage := copy(inherited, append([]*os.File{null, out, out}, c.Listeners...))
	copy(inherited[stage:], []*os.File{orders, say})
	inherited[c.Limits.OpenFiles] = program
	proc, err := os.StartProcess("/proc/self/exe", []string{innerName, strconv.Itoa(stage)}, &os.ProcAttr{
		Env:   []string{"GOMAXPROCS=1", "GOGC=off"},
		Files: inherited,
		Sys:   f.attributes(s),
	})
	if err != nil {
		return nil, err
	}
	say.Close()
	if err := hear(status); err != nil {
		_ = proc.Kill()
		_, _ = proc.Wait()
		return nil, err
	}
	return proc, nil
}

// attributes are what makes a child of the kernel's a stage of the sandbox: from its first instruction on it is
// pid 1 of new namespaces and dies with the thread that forked it.
func (f *fence) attributes(s *slot) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	s.group.place(a)
	if !f.namespaces {
		return a
	}
	a.Cloneflags = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP
	if f.userNS {
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: innerUID, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: innerUID, HostID: os.Getgid(), Size: 1}}
		a.Credential = &syscall.Credential{Uid: innerUID, Gid: innerUID, NoSetGroups: true}
		a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP} // over these namespaces alone
	}
	return a
}

// innerUID is the grader's own user as a program sees it in a user namespace.
const innerUID = 1000

// orders are what the inner stage is told.
type orders struct {
	Args, Env []string
	Profile   Profile
	Binds     []Bind
	Dir       string
	Root      bool // build an empty root
	UID       int  // become this user, unless 0
	Seccomp   bool
	Landlock  int
	Limits    [][2]uint64 // resource, value
	ProgramFD int         // see descriptors
}

func (f *fence) orders(s *slot, c Command) orders {
	o := orders{
		Args: append([]string{filepath.Base(c.Path)}, c.Args...), Env: c.Env, Profile: c.Profile,
		Binds: c.Binds, Dir: c.Dir, Root: f.root, UID: s.uid,
		Seccomp: f.seccomp, Landlock: f.landlock, ProgramFD: c.Limits.OpenFiles,
	}
	if !f.limits {
		return o
	}
	o.Limits = [][2]uint64{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_MSGQUEUE, 0},
		{unix.RLIMIT_NOFILE, uint64(c.Limits.OpenFiles)},
		{unix.RLIMIT_FSIZE, uint64(c.Limits.FileSize)},
		{unix.RLIMIT_CPU, uint64(math.Ceil(c.Limits.CPU.Seconds()))},
	}
	// The kernel counts threads for each user, and since 5.14 for each user within a user namespace. Otherwise the
	// program would be charged with all that the grader's user runs: there the watchdog counts.
	if f.throwaway || f.userNS && kernelIsAtLeast(5, 14) {
		const spare = 8 // where there is a control group, which tells that it refused a thread, let it be the first to refuse
		o.Limits = append(o.Limits, [2]uint64{unix.RLIMIT_NPROC, uint64(c.Limits.Processes + spare)})
	}
	return o
}

// handOver gives writable directories to the slot's own user.
func (s *slot) handOver(binds []Bind) error {
	for _, b := range binds {
		if s.uid == 0 || !b.Writable {
			continue
		}
		if err := os.Chown(b.Path, s.uid, s.uid); err != nil {
			return fmt.Errorf("hand over a writable directory: %w", err)
		}
	}
	return nil
}

// stageTime bounds the inner stage, which takes about a millisecond on an idle machine.
const stageTime = 30 * time.Second

// hear waits for the end of the inner stage: it says ready and is replaced by the program, or it says why not.
func hear(status *os.File) error {
	if err := status.SetReadDeadline(time.Now().Add(stageTime)); err != nil {
		return err
	}
	said, err := io.ReadAll(io.LimitReader(status, 4096))
	if err != nil {
		return fmt.Errorf("inner stage: %w", err)
	}
	said, isReady := bytes.CutPrefix(said, []byte(ready))
	if isReady && len(said) == 0 {
		return nil
	}
	var c complaint
	switch err := json.Unmarshal(said, &c); {
	case err != nil:
		return fmt.Errorf("inner stage: ended saying %q", said)
	case c.Wall != "":
		return &WallError{Wall: c.Wall, Err: errors.New(c.Error), Hint: wallHint(c.Wall)}
	}
	return errors.New(c.Error)
}

// memoryFile returns v as JSON in a file that has no name.
func memoryFile(v any) (*os.File, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("orders", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd: %w", err)
	}
	f := os.NewFile(uintptr(fd), "orders")
	if _, err := f.WriteAt(b, 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func kernelIsAtLeast(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var a, b int
	_, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &a, &b)
	return err == nil && (a > major || a == major && b >= minor)
}
