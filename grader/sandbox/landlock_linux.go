package sandbox

import (
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Landlock is spoken to directly: the rule for the program itself must name a descriptor, and only the thread that
// becomes the program is to be restricted.

// landlockVersion returns the version of landlock that the kernel offers, 0 for none.
func landlockVersion() int {
	v, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if e != 0 {
		return 0
	}
	return int(v)
}

// resolveUnix forbids to connect to sockets by path. The package unix does not name it yet (linux/landlock.h).
const resolveUnix = 1 << 16

// landlockHandled returns what is forbidden in general: everything that this version of landlock knows.
func landlockHandled(version int) unix.LandlockRulesetAttr {
	files := []uint64{ // the highest right of each version, from 1
		unix.LANDLOCK_ACCESS_FS_MAKE_SYM, unix.LANDLOCK_ACCESS_FS_REFER, unix.LANDLOCK_ACCESS_FS_TRUNCATE,
		unix.LANDLOCK_ACCESS_FS_TRUNCATE, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV,
		unix.LANDLOCK_ACCESS_FS_IOCTL_DEV, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV, resolveUnix,
	}
	a := unix.LandlockRulesetAttr{Handled_access_fs: files[min(version, len(files))-1]<<1 - 1}
	if version >= 4 {
		a.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if version >= 6 {
		a.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	return a
}

const (
	landlockRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR | resolveUnix
	landlockWrite = landlockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_REFER
	// What makes sense for a directory only; the kernel refuses it in a rule for a file.
	landlockDir = unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_REFER
)

// landlockRules returns the descriptor of a ruleset that leaves the program its own file, its environment and the
// binds; -1 without landlock.
func (o *orders) landlockRules() (int, error) {
	if o.Landlock == 0 {
		return -1, nil
	}
	handled := landlockHandled(o.Landlock)
	size := unsafe.Sizeof(handled)
	switch { // a kernel takes the shorter structure of its time
	case o.Landlock < 4:
		size = unsafe.Offsetof(handled.Handled_access_net)
	case o.Landlock < 6:
		size = unsafe.Offsetof(handled.Scoped)
	default:
		size = unsafe.Offsetof(handled.Quiet_access_fs)
	}
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), size, 0)
	if e != 0 {
		return -1, fmt.Errorf("create ruleset: %w", e)
	}
	ruleset := int(fd)
	if err := addRule(ruleset, o.ProgramFD, landlockRead&handled.Handled_access_fs); err != nil {
		return -1, fmt.Errorf("rule for the program: %w", err)
	}
	for _, b := range append(slices.Clone(o.Binds), Bind{Path: environFile}) {
		access := uint64(landlockRead)
		if b.Writable {
			access = landlockWrite
		}
		fd, err := unix.Open(b.Path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == nil {
			err = addRule(ruleset, fd, access&handled.Handled_access_fs)
			_ = unix.Close(fd)
		}
		if err != nil {
			return -1, fmt.Errorf("rule for %q: %w", b.Path, err)
		}
	}
	return ruleset, nil
}

func addRule(ruleset, fd int, access uint64) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &^= landlockDir
	}
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func restrictSelf(ruleset int) error {
	if ruleset < 0 {
		return nil
	}
	if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(ruleset), 0, 0); e != 0 {
		return e
	}
	return nil
}
