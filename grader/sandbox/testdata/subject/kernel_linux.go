package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// Numbers that package syscall does not have, for amd64.
const (
	sysFork      = 57
	sysClone3    = 435
	sysExecveat  = 322
	sysFcntl     = 72
	sysPidfdOpen = 434
	fSetOwn      = 8
	atEmptyPath  = 0x1000
	x32          = 0x40000000
)

// mount tries to change what it sees of the machine. Should a call get through, only the directory given is touched.
func mount(args []string) {
	dir := args[0]
	report("mount", syscall.Mount("tmpfs", dir, "tmpfs", 0, ""))
	report("remount", syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND, ""))
	report("unmount", syscall.Unmount(dir, syscall.MNT_DETACH))
	report("chroot", syscall.Chroot("/"))
	report("pivot_root", syscall.PivotRoot("/", "/"))
	report("unshare mounts", syscall.Unshare(syscall.CLONE_NEWNS))
	_, e := rawClone(uintptr(syscall.SIGCHLD) | syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS)
	report("user namespace", errno(e))
	report("mknod", syscall.Mknod(dir+"/device", syscall.S_IFBLK|0o600, 0x800))
	name, _ := os.Hostname()
	report("set the host's name", syscall.Sethostname([]byte(name)))
}

// namespaces tries to get namespaces of its own, in which it would have every right.
func namespaces([]string) {
	for name, flag := range map[string]int{
		"network": syscall.CLONE_NEWNET, "processes": syscall.CLONE_NEWPID,
		"host name": syscall.CLONE_NEWUTS, "user": syscall.CLONE_NEWUSER,
	} {
		report("unshare "+name, syscall.Unshare(flag))
	}
	for name, flag := range map[string]uintptr{"network": syscall.CLONE_NEWNET, "processes": syscall.CLONE_NEWPID} {
		_, e := rawClone(uintptr(syscall.SIGCHLD) | syscall.CLONE_NEWUSER | flag)
		report("a user namespace, and "+name, errno(e))
	}
}

// calls tries system calls that are known as ways into the kernel, or out of a sandbox. An error that the call itself
// gives means that it was reached.
func calls([]string) {
	var buf [256]byte
	p := uintptr(unsafe.Pointer(&buf))
	kept := map[string]uintptr{"shmget": 31, "msgget": 71, "semget": 66} // by the kernel, when everybody is gone; and who removes it
	for _, c := range []struct {
		name string
		no   uintptr
		args [4]uintptr
	}{
		{"io_uring_setup", 425, [4]uintptr{1, p}},
		{"io_uring_enter", 426, [4]uintptr{}},
		{"bpf", 321, [4]uintptr{0, p, 120}},
		{"keyctl", 250, [4]uintptr{0, 0xfffffffd}},
		{"add_key", 248, [4]uintptr{p, p}},
		{"userfaultfd", 323, [4]uintptr{1}},
		{"perf_event_open", 298, [4]uintptr{p, 0, ^uintptr(0), ^uintptr(0)}},
		{"memfd_create", 319, [4]uintptr{p}},
		{"memfd_secret", 447, [4]uintptr{}},
		{"socket(INET)", 41, [4]uintptr{2, 1}},
		{"socket(UNIX)", 41, [4]uintptr{1, 1}},
		{"socket(NETLINK)", 41, [4]uintptr{16, 3}},
		{"socket(PACKET)", 41, [4]uintptr{17, 3}},
		{"socketpair", 53, [4]uintptr{1, 1, 0, p}},
		{"bind", 49, [4]uintptr{3, p, 2}},
		{"listen", 50, [4]uintptr{3, 1}},
		{"sendmsg", 46, [4]uintptr{3, p}},
		{"setns", 308, [4]uintptr{0, 0}},
		{"open_by_handle_at", 304, [4]uintptr{0, p}},
		{"personality", 135, [4]uintptr{0xffffffff}},
		{"process_vm_readv", 310, [4]uintptr{1, p, 1, p}},
		{"kcmp", 312, [4]uintptr{1, 1}},
		{"shmget", 29, [4]uintptr{0, 4096, 0o1600}},
		{"msgget", 68, [4]uintptr{0, 0o1600}},
		{"semget", 64, [4]uintptr{0, 1, 0o1600}},
		{"mq_open", 240, [4]uintptr{p, 0o102, 0o600}},
		{"fanotify_init", 300, [4]uintptr{}},
		{"inotify_init1", 294, [4]uintptr{}},
		{"init_module", 175, [4]uintptr{p, 0, p}},
		{"kexec_load", 246, [4]uintptr{}},
		{"reboot", 169, [4]uintptr{}},
		{"swapon", 167, [4]uintptr{p}},
		{"settimeofday", 164, [4]uintptr{1, 1}},
		{"ioperm", 173, [4]uintptr{0, 1, 1}},
		{"vmsplice", 278, [4]uintptr{0, p, 1}},
		{"ioctl", 16, [4]uintptr{0, 0x5401, p}},
		{"move_mount", 429, [4]uintptr{}},
		{"open_tree", 428, [4]uintptr{0, p}},
		{"fsopen", 430, [4]uintptr{p}},
		{"seccomp", 317, [4]uintptr{1, 0, p}},
		{"prctl(PR_SET_PDEATHSIG)", 157, [4]uintptr{1, 0}},
		{"setuid", 105, [4]uintptr{0}},
		{"setpgid", 109, [4]uintptr{}},
		{"setsid", 112, [4]uintptr{}},
		{"x32 getpid", x32 | 39, [4]uintptr{}},
		{"x32 socket", x32 | 41, [4]uintptr{2, 1}},
	} {
		got, _, e := syscall.RawSyscall6(c.no, c.args[0], c.args[1], c.args[2], c.args[3], 0, 0)
		if remove := kept[c.name]; remove != 0 && e == 0 {
			_, _, _ = syscall.RawSyscall(remove, got, 0, 0) // IPC_RMID is 0
		}
		if e != syscall.EPERM && e != syscall.ENOSYS {
			fmt.Printf("through: %s (%v)\n", c.name, e)
			continue
		}
		report(c.name, e)
	}
}

// descriptors prints what it was started with.
func descriptors([]string) {
	for fd := range 4096 {
		var st syscall.Stat_t
		if syscall.Fstat(fd, &st) == nil {
			fmt.Printf("%d:%o ", fd, st.Mode&syscall.S_IFMT)
		}
	}
}

// rights prints who it is and what it may.
func rights([]string) {
	header := struct {
		version uint32
		pid     int32
	}{version: 0x20080522}
	var data [6]uint32
	_, _, e := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data)), 0)
	fmt.Printf("capget %v %v; ", e, data)
	report("become root", syscall.Setuid(0))
	fmt.Println("uid", os.Getuid(), "pid", os.Getpid())
}
