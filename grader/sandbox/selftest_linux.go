package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"wirelab/lessons"
)

// selfTestName is argv[1] of the program that tries to get through the walls; argv[2] are its targets.
const selfTestName = "wirelab-sandbox-self-test"

// targets are what the self-test's program goes for. All of it is there, and open to everybody, on the host.
type targets struct {
	File     string `json:",omitempty"`
	Dir      string `json:",omitempty"`
	Port     int    `json:",omitempty"`
	Abstract string `json:",omitempty"`
	Grader   int    `json:",omitempty"` // its pid
	Calls    bool   `json:",omitempty"` // make calls that seccomp forbids
	Memory   int    `json:",omitempty"` // bytes to touch
}

// A try is one attempt of the self-test, and the wall that must hold it.
type try struct {
	name, wall string
	do         func(targets) error // nil means: through
}

func tries() []try {
	return []try{
		{"read a file", "root", func(t targets) error { _, err := os.ReadFile(t.File); return err }},
		{"write a file", "root", func(t targets) error { return os.WriteFile(filepath.Join(t.Dir, "x"), nil, 0o600) }},
		{"connect to loopback", "namespaces", func(t targets) error { return dial("tcp", fmt.Sprintf("127.0.0.1:%d", t.Port)) }},
		{"connect to an abstract socket", "namespaces", func(t targets) error { return dial("unix", t.Abstract) }},
		{"signal the grader", "namespaces", func(t targets) error { return unix.Kill(t.Grader, 0) }},
		{"make a process", "seccomp", func(t targets) error { return forbidden(t, tryFork) }},
		{"make a namespace", "seccomp", func(t targets) error {
			return forbidden(t, func() error { return unix.Unshare(unix.CLONE_NEWUTS) })
		}},
		{"ask for a socket", "seccomp", func(t targets) error {
			return forbidden(t, func() error {
				fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
				_ = unix.Close(fd)
				return err
			})
		}},
	}
}

// forbidden makes a call that only seccomp refuses. Without it there is nothing to try.
func forbidden(t targets, call func() error) error {
	if !t.Calls {
		return errors.New("not tried")
	}
	return call()
}

func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}

func tryFork() error {
	pid, _, e := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 {
		return e
	}
	if pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return nil
}

// tryAll is the self-test's program. It prints what each try met.
func tryAll(arg string) {
	var t targets
	if err := json.Unmarshal([]byte(arg), &t); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if t.Memory > 0 {
		b := make([]byte, t.Memory)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		time.Sleep(time.Hour) // the watchdog of a busy machine may take a while to look
		os.Exit(int(b[0]))
	}
	met := map[string]string{}
	for _, try := range tries() {
		if err := try.do(t); err != nil {
			met[try.name] = err.Error()
		}
	}
	if json.NewEncoder(os.Stdout).Encode(met) != nil {
		os.Exit(2)
	}
	os.Exit(0)
}

// selfTest proves the walls: all of them together, then, where there are namespaces, those without the help of
// seccomp and landlock, then the limit of memory.
func (b *Box) selfTest(ctx context.Context) error {
	t, clean, err := newTargets()
	if err != nil {
		return fmt.Errorf("sandbox: self-test: %w", err)
	}
	defer clean()
	t.Calls = true
	if err := b.attempt(ctx, t); err != nil {
		return err
	}
	if b.fence.namespaces {
		whole := b.fence
		b.fence.seccomp, b.fence.landlock = false, 0
		t.Calls = false
		err := b.attempt(ctx, t)
		b.fence = whole
		if err != nil {
			return err
		}
	}
	const limit = 192 << 20 // with the race detector the program itself takes a part of it
	e, err := b.runSelf(ctx, targets{Memory: 2 * limit}, limit)
	if err != nil {
		return err
	}
	if e.Limit != LimitMemory {
		return &WallError{Wall: "memory", Err: fmt.Errorf("a program with twice the memory %s", e.Text().EN), Hint: reportHint()}
	}
	return nil
}

// attempt lets the self-test's program loose on the targets.
func (b *Box) attempt(ctx context.Context, t targets) error {
	e, err := b.runSelf(ctx, t, 0)
	if err != nil {
		return err
	}
	var met map[string]string
	if err := json.Unmarshal(e.Output, &met); err != nil || e.Code != 0 {
		return fmt.Errorf("sandbox: self-test %s: %q", e.Text().EN, e.Output)
	}
	for _, try := range tries() {
		if met[try.name] == "" {
			return &WallError{Wall: try.wall, Err: fmt.Errorf("a program could %s", try.name), Hint: reportHint()}
		}
	}
	return nil
}

func (b *Box) runSelf(ctx context.Context, t targets, memory int64) (Exit, error) {
	self, err := os.Executable()
	if err != nil {
		return Exit{}, fmt.Errorf("sandbox: self-test: %w", err)
	}
	libs, err := LibBinds(self)
	if err != nil {
		return Exit{}, fmt.Errorf("sandbox: self-test: %w", err)
	}
	arg, err := json.Marshal(t)
	if err != nil {
		return Exit{}, fmt.Errorf("sandbox: self-test: %w", err)
	}
	p, err := b.Start(ctx, Command{
		Path: self, Args: []string{selfTestName, string(arg)}, Binds: libs, Limits: Limits{Memory: memory},
	})
	if err != nil {
		return Exit{}, err
	}
	return p.Wait(), nil
}

// newTargets sets up what the self-test goes for.
func newTargets() (t targets, clean func(), err error) {
	t.Dir, err = os.MkdirTemp("", "wirelab-self-test-")
	if err != nil {
		return t, nil, err
	}
	t.File, t.Grader = filepath.Join(t.Dir, "secret"), os.Getpid()
	t.Abstract = "@" + filepath.Base(t.Dir)
	dir := t.Dir
	tcp, err1 := net.Listen("tcp", "127.0.0.1:0")
	abstract, err2 := net.Listen("unix", t.Abstract)
	err = errors.Join(err1, err2, os.Chmod(t.Dir, 0o777), os.WriteFile(t.File, []byte("secret"), 0o644))
	clean = func() {
		_ = os.RemoveAll(dir)
		for _, l := range []net.Listener{tcp, abstract} {
			if l != nil {
				l.Close()
			}
		}
	}
	if err != nil {
		clean()
		return t, nil, err
	}
	t.Port = tcp.Addr().(*net.TCPAddr).Port
	return t, clean, nil
}

func reportHint() lessons.Text {
	return lessons.Text{
		EN: "this wall fell although the kernel offered it: grade on another machine and report this as a bug",
		ES: "este muro cayó aunque el núcleo lo ofrecía: corrige en otra máquina y comunícalo como error",
	}
}
