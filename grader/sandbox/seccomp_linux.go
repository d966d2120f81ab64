package sandbox

import (
	"fmt"
	"os"
	"strings"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// What every Go program needs: its memory, its threads, time, the poller, and descriptors that it has.
const callsOfAll = `
	read write readv writev pread64 pwrite64 close lseek dup dup2 dup3 pipe2 eventfd2
	fstat newfstatat stat lstat statx access faccessat faccessat2 openat getdents64 readlink readlinkat getcwd
	mprotect munmap madvise mremap brk mincore
	rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack setitimer restart_syscall
	sched_yield sched_getaffinity futex set_robust_list set_tid_address rseq arch_prctl
	nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time
	exit exit_group gettid getpid getppid getuid geteuid getgid getegid uname getrandom getrlimit sysinfo
	epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll`

// What serving on an inherited listener needs besides. No address can be given in any of these.
const callsOfServe = `accept4 getsockname getpeername getsockopt setsockopt shutdown`

// What a client needs besides; with recvfrom go-redis looks whether a connection of its pool is still alive.
const callsOfDial = `connect recvfrom`

// What writing files below a writable bind needs besides.
const callsOfTool = `
	unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir ftruncate fallocate fsync
	chmod fchmod fchmodat fchmodat2 umask fstatfs statfs msync`

// Where these fail with EINVAL Go copies by itself; where they fail with EPERM it gives up.
const callsWithSubstitute = `splice tee sendfile copy_file_range`

// Flags with which a thread is made: by Go's runtime, glibc and musl. Any other clone makes a process.
const (
	cloneGo    = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM | unix.CLONE_THREAD
	cloneGlibc = cloneGo | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID
	cloneMusl  = cloneGlibc | unix.CLONE_DETACHED
)

// filter returns the allow-list of a profile. What is not on it fails with EPERM, so that a program can say what it
// was refused. The library answers ENOSYS to the x32 calls and refuses those of other architectures.
func filter(p Profile, programFD, pid int) (seccomp.Policy, error) {
	info, err := arch.GetInfo("")
	if err != nil {
		return seccomp.Policy{}, err
	}
	allowed := callsOfAll
	switch p {
	case Serve:
		allowed += " " + callsOfServe
	case Dial:
		allowed += " " + callsOfServe + " " + callsOfDial
	case Tool:
		allowed += " " + callsOfTool
	}
	return seccomp.Policy{
		DefaultAction: seccomp.ActionErrno,
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: known(info, allowed), NamesWithCondtions: conditions(p, programFD, pid)},
			{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: []string{"clone3"}}, // glibc then uses clone
			{Action: seccomp.ActionErrno | seccomp.Action(unix.EINVAL), Names: known(info, callsWithSubstitute)},
		},
	}, nil
}

// conditions are the calls that are allowed with certain arguments only.
func conditions(p Profile, programFD, pid int) []seccomp.NameWithConditions {
	when := func(name string, cs ...seccomp.Condition) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: name, Conditions: cs}
	}
	is := func(arg uint32, v uint64) seccomp.Condition {
		return seccomp.Condition{Argument: arg, Operation: seccomp.Equal, Value: v}
	}
	without := func(arg uint32, bits uint64) seccomp.Condition {
		return seccomp.Condition{Argument: arg, Operation: seccomp.BitsNotSet, Value: bits}
	}
	list := []seccomp.NameWithConditions{
		when("clone", is(0, cloneGo)), when("clone", is(0, cloneGo|unix.CLONE_SETTLS)), // amd64 adds the latter
		when("clone", is(0, cloneGlibc)), when("clone", is(0, cloneMusl)),
		when("mmap", without(3, unix.MAP_SHARED)),
		when("tgkill", is(0, uint64(pid))),
		when("prlimit64", is(0, 0)),
		when("execveat", is(0, uint64(programFD)), is(4, unix.AT_EMPTY_PATH)),
	}
	// F_SETOWN and F_SETSIG would send signals to others.
	for _, cmd := range []uint64{unix.F_DUPFD, unix.F_DUPFD_CLOEXEC, unix.F_GETFD, unix.F_SETFD, unix.F_GETFL, unix.F_SETFL} {
		list = append(list, when("fcntl", is(1, cmd)))
	}
	switch p {
	case Dial:
		list = append(list, when("socket", is(0, unix.AF_UNIX)))
	case Tool:
		list = append(list, when("mmap", without(3, unix.MAP_ANONYMOUS))) // the linker maps its output
	}
	return list
}

// known leaves out what this architecture does not have.
func known(info *arch.Info, names string) []string {
	var list []string
	for _, name := range strings.Fields(names) {
		if _, ok := info.SyscallNames[name]; ok {
			list = append(list, name)
		}
	}
	return list
}

// loadFilter puts the calling thread behind the profile's filter.
func loadFilter(p Profile, programFD int) error {
	policy, err := filter(p, programFD, os.Getpid())
	if err != nil {
		return fmt.Errorf("assemble: %w", err)
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Policy: policy})
}
