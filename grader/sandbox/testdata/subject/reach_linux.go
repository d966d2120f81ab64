package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

func attacks() map[string]func([]string) {
	return map[string]func([]string){
		"read": read, "write": write, "loopback": loopback, "network": network, "abstract": abstract, "listener": listener,
		"fork": fork, "bomb": bomb, "exec": execute, "daemon": daemon, "others": others,
		"kill": kill, "ptrace": trace, "renice": renice, "mount": mount, "namespaces": namespaces, "calls": calls,
		"descriptors": descriptors, "rights": rights,
		"memory": memory, "shared": shared, "goroutines": goroutines, "threads": threads, "spin": spin,
		"fill": fill, "open": openMany,
	}
}

// read tries to read each path, plainly and by detours.
func read(args []string) {
	for _, path := range args {
		for _, p := range []string{path, "../../../../../.." + path, "/proc/self/root" + path, "/proc/1/root" + path, "/proc/self/cwd/" + path} {
			b, err := os.ReadFile(p)
			report("read "+p, err)
			if err == nil {
				fmt.Printf("%s\n", b)
			}
		}
		_, err := os.ReadDir(filepath.Dir(path))
		report("list "+filepath.Dir(path), err)
	}
}

// write tries to leave a file in each directory.
func write(args []string) {
	for _, dir := range args {
		p := filepath.Join(dir, "left-behind")
		report("write "+p, os.WriteFile(p, []byte("x"), 0o600))
		report("mkdir "+p, os.Mkdir(p+".d", 0o700))
		report("link "+p, os.Symlink("/", p+".l"))
	}
}

func loopback(args []string) {
	_, err := net.DialTimeout("tcp", "127.0.0.1:"+args[0], time.Second)
	report("connect to loopback", err)
}

// network goes for addresses that are nobody's (RFC 5737, RFC 3849); to connect a datagram socket sends nothing.
func network([]string) {
	for _, to := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		_, err := net.DialTimeout("udp", to, time.Second)
		report("connect to "+to, err)
	}
	_, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_ICMP)
	report("raw socket", err)
	_, err = syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
	report("packet socket", err)
}

func abstract(args []string) {
	_, err := net.DialTimeout("unix", args[0], time.Second)
	report("connect to an abstract socket", err)
}

// listener tries to make a client of the descriptor that it was given to accept on.
func listener(args []string) {
	var unspec [16]byte
	_, _, e := syscall.Syscall(syscall.SYS_CONNECT, 3, uintptr(unsafe.Pointer(&unspec)), 16)
	report("disconnect the listener", errno(e))
	report("connect the listener", syscall.Connect(3, &syscall.SockaddrUnix{Name: args[0]}))
	report("send from the listener", syscall.Sendto(3, []byte("x"), 0, &syscall.SockaddrUnix{Name: args[0]}))
}

func errno(e syscall.Errno) error {
	if e != 0 {
		return e
	}
	return nil
}

//go:norace
//go:nosplit
func rawClone(flags uintptr) (uintptr, syscall.Errno) {
	r, _, e := syscall.RawSyscall6(syscall.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if e == 0 && r == 0 {
		syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return r, e
}

// fork tries to make processes in every way that there is: up to 100, each of which ends at once.
func fork([]string) {
	for range 100 {
		_, e := rawClone(uintptr(syscall.SIGCHLD))
		report("fork", errno(e))
		if e != 0 {
			break
		}
	}
	_, e := rawClone(uintptr(syscall.SIGCHLD) | syscall.CLONE_VFORK | syscall.CLONE_VM)
	report("vfork", errno(e))
	_, _, e = syscall.RawSyscall(sysFork, 0, 0, 0)
	report("the old fork", errno(e))
	var size uintptr // too small for clone3, which says EINVAL where it is there at all
	_, _, e = syscall.RawSyscall(sysClone3, uintptr(unsafe.Pointer(&size)), 8, 0)
	report("clone3", errno(e))
}

// bomb makes so many processes that stay, and ends them again.
func bomb(args []string) {
	var pids []uintptr
	var err error
	for range number(args) {
		pid, e := forkSleeper()
		if err = errno(e); err != nil {
			break
		}
		pids = append(pids, pid)
	}
	<-time.After(200 * time.Millisecond) // a bomb would last
	report("fork bomb", err)
	for _, pid := range pids {
		_ = syscall.Kill(int(pid), syscall.SIGKILL)
	}
}

//go:norace
//go:nosplit
func forkSleeper() (uintptr, syscall.Errno) {
	r, _, e := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if e == 0 && r == 0 {
		syscall.RawSyscall(syscall.SYS_ALARM, 3, 0, 0) // should nobody end it
		for {
			syscall.RawSyscall(syscall.SYS_PAUSE, 0, 0, 0)
		}
	}
	return r, e
}

// execute tries to become another program. Getting through ends it with status 7.
func execute(args []string) {
	report("execve", syscall.Exec(args[0], []string{"subject", "exit", "7"}, nil))
	fd, _ := syscall.Open(args[0], syscall.O_RDONLY, 0)
	path, _ := syscall.BytePtrFromString("")
	argv, _ := syscall.SlicePtrFromStrings([]string{"subject", "exit", "7"})
	for _, n := range []int{fd, 3, 64, 256} {
		_ = syscall.Dup3(fd, n, 0)
		_, _, e := syscall.RawSyscall6(sysExecveat, uintptr(n), uintptr(unsafe.Pointer(path)),
			uintptr(unsafe.Pointer(&argv[0])), 0, atEmptyPath, 0)
		report("execveat "+strconv.Itoa(n), errno(e))
	}
}

// daemon leaves a process behind in a session of its own that keeps the listener open; then it ends.
func daemon([]string) {
	pid, e := forkDaemon()
	report("daemon", errno(e))
	fmt.Println("pid", pid)
}

//go:norace
//go:nosplit
func forkDaemon() (uintptr, syscall.Errno) {
	r, _, e := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if e == 0 && r == 0 {
		syscall.RawSyscall(syscall.SYS_SETSID, 0, 0, 0)
		syscall.RawSyscall(syscall.SYS_CLOSE, 1, 0, 0)
		syscall.RawSyscall(syscall.SYS_CLOSE, 2, 0, 0)
		syscall.RawSyscall(syscall.SYS_ALARM, 60, 0, 0) // should it ever escape
		for {
			syscall.RawSyscall(syscall.SYS_PAUSE, 0, 0, 0)
		}
	}
	return r, e
}

// each goes for other processes: args are a victim of the same user, and the grader.
func each(args []string, try func(name string, pid int)) {
	runtime.LockOSThread() // ptrace is a thread's
	for i, arg := range args {
		pid, _ := strconv.Atoi(arg)
		try([]string{"victim: ", "grader: "}[i], pid)
	}
}

// others does all of it.
func others(args []string) {
	kill(args)
	renice(args)
	trace(args)
}

func kill(args []string) {
	each(args, func(name string, pid int) {
		report(name+"signal 0", syscall.Kill(pid, 0))
		report(name+"stop", syscall.Kill(pid, syscall.SIGSTOP))
		_, _, e := syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(pid), uintptr(pid), 0)
		report(name+"tgkill", errno(e))
		_, _, e = syscall.RawSyscall(sysPidfdOpen, uintptr(pid), 0, 0)
		report(name+"pidfd", errno(e))
		_, _, e = syscall.RawSyscall(sysFcntl, 0, fSetOwn, uintptr(pid))
		report(name+"F_SETOWN", errno(e))
	})
}

func trace(args []string) {
	each(args, func(name string, pid int) {
		report(name+"ptrace", syscall.PtraceAttach(pid))
		_, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		report(name+"environ", err)
	})
}

func renice(args []string) {
	each(args, func(name string, pid int) {
		report(name+"renice", syscall.Setpriority(syscall.PRIO_PROCESS, pid, 19))
		limit := syscall.Rlimit{Cur: 3, Max: 3}
		_, _, e := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
		report(name+"prlimit", errno(e))
	})
}
