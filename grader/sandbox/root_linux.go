package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// scaffold is where the new root is put up. Every Linux has the directory; it is covered in this mount namespace alone.
const scaffold = "/sys"

// environFile is where the race detector's runtime, which is no Go, looks for GORACE: without it the detector keeps to
// its defaults, and a race ends nothing.
const environFile = "/proc/self/environ"

// buildRoot replaces the root by an empty read-only one with nothing in it but the binds. The program is called name.
func buildRoot(name string, env []string, binds []Bind) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	sources := make([]*os.File, len(binds)) // opened first: a bind may lie below the scaffold
	for i, b := range binds {
		f, err := os.OpenFile(b.Path, unix.O_PATH, 0)
		if err != nil {
			return fmt.Errorf("bind: %w", err)
		}
		defer f.Close()
		sources[i] = f
	}
	if err := unix.Mount("tmpfs", scaffold, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
		return fmt.Errorf("tmpfs: %w", err)
	}
	for i, b := range binds {
		if err := bind(sources[i], scaffold+filepath.Clean(b.Path), b.Writable); err != nil {
			return fmt.Errorf("bind %q: %w", b.Path, err)
		}
	}
	// There is no /proc, but the race detector's runtime reads these two, and complains if it cannot read the link.
	err := errors.Join(
		os.MkdirAll(scaffold+"/proc/self", 0o755),
		os.Symlink("/"+name, scaffold+"/proc/self/exe"),
		os.WriteFile(scaffold+environFile, []byte(strings.Join(env, "\x00")+"\x00"), 0o444),
	)
	if err != nil {
		return err
	}
	if err := enter(scaffold); err != nil {
		return err
	}
	return remount("/", unix.MS_RDONLY|unix.MS_NOEXEC)
}

// enter makes dir the root and lets go of the old one.
func enter(dir string) error {
	if err := unix.Chdir(dir); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil { // the old root now lies over the new one
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount the old root: %w", err)
	}
	return unix.Chdir("/")
}

func bind(source *os.File, target string, writable bool) error {
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(target, 0o755)
	} else if err = os.MkdirAll(filepath.Dir(target), 0o755); err == nil {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", source.Fd()), target, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	if writable {
		return remount(target, unix.MS_NOEXEC)
	}
	return remount(target, unix.MS_RDONLY)
}

// remount adds restrictions to a mount. It keeps those that the mount has: an ordinary user may not take them away.
func remount(target string, flags uintptr) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(target, &fs); err != nil {
		return err
	}
	const keep = unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME
	flags |= uintptr(fs.Flags)&keep | unix.MS_NOSUID | unix.MS_NODEV
	if fs.Flags&unix.ST_RELATIME != 0 {
		flags |= unix.MS_RELATIME
	}
	if err := unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|flags, ""); err != nil {
		return fmt.Errorf("remount %q: %w", target, err)
	}
	return nil
}
