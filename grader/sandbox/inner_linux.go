package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// innerName is argv[0] of the inner stage.
const innerName = "wirelab: inner stage of the sandbox"

// descriptors are those of the inner stage, after the ones that outlive it and before the program's own file: that one is
// on the first descriptor which the program's limit forbids, so that the filter can let this one alone be executed and the
// program can never have it. It is put there before this process has threads: later that takes the kernel 10 ms.
type descriptors struct{ orders, status int }

// stageDescriptors are the descriptors from first on, which the stage is told as its argument.
func stageDescriptors(first string) (descriptors, error) {
	n, err := strconv.Atoi(first)
	return descriptors{orders: n, status: n + 1}, err
}

// ready is what the inner stage says last.
const ready = "+"

// Main must be the first statement of main, and of TestMain, of every program that opens a box: the sandbox runs the
// program's own file again, as its inner stage. In that process Main never returns; in others it does nothing.
func Main() {
	switch {
	case os.Args[0] == innerName && len(os.Args) == 2:
		inner()
	case len(os.Args) == 3 && os.Args[1] == selfTestName:
		tryAll(os.Args[2])
	}
}

// inner builds the walls around its own process, from the inside, and turns into the program.
func inner() {
	runtime.LockOSThread() // credentials, filters and landlock are the thread's; exec leaves this thread alone alive
	fds, err := stageDescriptors(os.Args[1])
	if err != nil {
		os.Exit(125) // somebody else has started it
	}
	status := os.NewFile(uintptr(fds.status), "status")
	var o orders
	err = json.NewDecoder(os.NewFile(uintptr(fds.orders), "orders")).Decode(&o)
	if err == nil {
		err = o.obey(fds)
	}
	var wall *WallError
	said := complaint{Error: fmt.Sprint(err)}
	if errors.As(err, &wall) {
		said = complaint{Wall: wall.Wall, Error: wall.Err.Error()}
	}
	_ = json.NewEncoder(status).Encode(said) // if nobody hears it, nobody waits for it
	os.Exit(125)
}

// A complaint is what the inner stage says instead of ready, or after it.
type complaint struct {
	Wall  string // the one that could not be built; "" where it is the command that is wrong
	Error string
}

func wallf(name, format string, args ...any) *WallError {
	return &WallError{Wall: name, Err: fmt.Errorf(format, args...)}
}

// obey returns only if a wall cannot be built.
func (o *orders) obey(fds descriptors) error {
	// Should the machine run out of memory, the kernel is to look here first.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	if o.Root {
		if err := unix.Sethostname([]byte("sandbox")); err != nil {
			return wallf("root", "host name: %w", err)
		}
		if err := buildRoot(o.Args[0], o.Env, o.Binds); err != nil {
			return wallf("root", "%w", err)
		}
	}
	if o.Dir != "" {
		if err := unix.Chdir(o.Dir); err != nil {
			return fmt.Errorf("working directory %q: %w", o.Dir, err)
		}
	}
	ruleset, err := o.landlockRules()
	if err != nil {
		return wallf("landlock", "%w", err)
	}
	if err := o.dropRights(fds); err != nil {
		return wallf("rights", "%w", err)
	}
	if err := o.setLimits(); err != nil {
		return wallf("limits", "%w", err)
	}
	if err := unix.CloseRange(uint(fds.orders), ^uint(0)>>1, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return wallf("rights", "close_range: %w", err)
	}
	if err := restrictSelf(ruleset); err != nil {
		return wallf("landlock", "%w", err)
	}
	if o.Seccomp {
		if err := loadFilter(o.Profile, o.ProgramFD); err != nil {
			return wallf("seccomp", "%w", err)
		}
	}
	return o.exec(fds)
}

// dropRights gives up everything that a process may have over another, for good.
func (o *orders) dropRights(fds descriptors) error {
	for c := uintptr(0); c <= 63; c++ { // EINVAL past the kernel's last; EPERM where there is nothing to give up
		_ = unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
	}
	if o.UID != 0 {
		// Raw calls: this thread's credentials are the program's, the other threads end with exec.
		if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); e != 0 {
			return fmt.Errorf("setgroups: %w", e)
		}
		id := uintptr(o.UID)
		if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, id, id, id); e != 0 {
			return fmt.Errorf("setresgid %d: %w", o.UID, e)
		}
		if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); e != 0 {
			return fmt.Errorf("setresuid %d: %w", o.UID, e)
		}
	}
	_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	var none [2]unix.CapUserData
	if err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0]); err != nil {
		return fmt.Errorf("capset: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	// The change of user took the parent-death signal away. Whoever died in between is seen by its end of the pipe.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("parent-death signal: %w", err)
	}
	poll := []unix.PollFd{{Fd: int32(fds.status)}}
	if n, err := unix.Poll(poll, 0); err == nil && n > 0 && poll[0].Revents&unix.POLLERR != 0 {
		return errors.New("the grader is gone")
	}
	return nil
}

func (o *orders) setLimits() error {
	for _, l := range o.Limits {
		if err := unix.Setrlimit(int(l[0]), &unix.Rlimit{Cur: l[1], Max: l[1]}); err != nil {
			return fmt.Errorf("limit %d of resource %d: %w", l[1], l[0], err)
		}
	}
	return nil
}

// exec turns this process into the program. It returns only if that fails.
func (o *orders) exec(fds descriptors) error {
	args, err := syscall.SlicePtrFromStrings(o.Args)
	if err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	env, err := syscall.SlicePtrFromStrings(o.Env)
	if err != nil {
		return fmt.Errorf("environment: %w", err)
	}
	empty := []byte{0}
	if _, err := unix.Write(fds.status, []byte(ready)); err != nil {
		return err
	}
	// A file that was just written can be held open for writing by a fork of another thread of the grader's, for the
	// moment until that fork execs.
	for range 100 {
		_, _, e := unix.RawSyscall6(unix.SYS_EXECVEAT, uintptr(o.ProgramFD), uintptr(unsafe.Pointer(&empty[0])),
			uintptr(unsafe.Pointer(&args[0])), uintptr(unsafe.Pointer(&env[0])), unix.AT_EMPTY_PATH, 0)
		if err = e; e != unix.ETXTBSY {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("execveat: %w", err)
}
