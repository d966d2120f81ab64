package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A tree is this box's control groups: one directory below the grader's own group (version 2: or below the nearest
// ancestor that lets it), with one child for each slot. Version 1 has a hierarchy for each controller, so there the
// tree has several roots.
type tree struct {
	version int
	roots   map[string]string // controller → directory; version 2 has the one of "memory" only
	homes   []string          // version 1: the tasks files of the groups that the grader's threads come from
	locks   []*os.File        // held while the box is open: by these a later grader tells that a tree is stale
}

// treePrefix begins the name of every tree.
const treePrefix = "wirelab-"

// newTree makes the directories, and removes those that graders left behind which were killed.
func newTree() (*tree, error) {
	mounts, err := cgroupMounts()
	if err != nil {
		return nil, err
	}
	if t, err := newTreeV2(mounts); err == nil {
		return t, nil
	}
	return newTreeV1(mounts)
}

func newTreeV1(mounts []cgroupMount) (*tree, error) {
	t := &tree{version: 1, roots: map[string]string{}}
	for _, controller := range []string{"memory", "pids"} {
		i := slices.IndexFunc(mounts, func(m cgroupMount) bool { return slices.Contains(m.controllers, controller) })
		if i < 0 {
			return nil, errors.Join(fmt.Errorf("no control group for %s: %w", controller, errors.ErrUnsupported), t.close())
		}
		dir, err := t.makeRoot(mounts[i].own)
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		t.roots[controller] = dir
		t.homes = append(t.homes, filepath.Join(mounts[i].own, "tasks"))
	}
	return t, nil
}

// newTreeV2 looks upwards from the grader's own group: a group that has processes cannot give controllers to its
// children, its ancestors usually do already.
func newTreeV2(mounts []cgroupMount) (*tree, error) {
	i := slices.IndexFunc(mounts, func(m cgroupMount) bool { return m.controllers == nil })
	if i < 0 {
		return nil, errors.ErrUnsupported
	}
	t := &tree{version: 2, roots: map[string]string{}}
	for parent := mounts[i].own; len(parent) >= len(mounts[i].dir); parent = filepath.Dir(parent) {
		_ = writeFile(filepath.Join(parent, "cgroup.subtree_control"), "+memory +pids")
		dir, err := t.makeRoot(parent)
		if err != nil {
			continue
		}
		t.roots["memory"] = dir
		err = writeFile(filepath.Join(dir, "cgroup.subtree_control"), "+memory +pids")
		if err == nil {
			return t, nil
		}
		if err := t.close(); err != nil {
			return nil, err
		}
	}
	return nil, errors.ErrUnsupported
}

// makeRoot makes a tree's directory in parent, and locks it.
func (t *tree) makeRoot(parent string) (string, error) {
	removeStale(parent)
	dir, err := os.MkdirTemp(parent, treePrefix)
	if err != nil {
		return "", err
	}
	lock, err := os.Open(dir)
	if err == nil {
		err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	t.locks = append(t.locks, lock)
	return dir, nil
}

// removeStale removes the trees that nobody has locked, in parent and in its neighbours: each login has a group of its
// own. What cannot be removed is left.
func removeStale(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, treePrefix+"*"))
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(parent), "*", treePrefix+"*"))
	for _, dir := range append(dirs, others...) {
		f, err := os.Open(dir)
		if err != nil {
			continue
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			groups, _ := filepath.Glob(filepath.Join(dir, "slot*"))
			for _, g := range append(groups, dir) {
				_ = os.Remove(g)
			}
		}
		f.Close()
	}
}

func (t *tree) close() error {
	if t == nil {
		return nil
	}
	var errs []error
	for controller, dir := range t.roots {
		errs = append(errs, removeGroup(dir))
		delete(t.roots, controller)
	}
	for _, l := range t.locks {
		l.Close()
	}
	t.locks = nil
	return errors.Join(errs...)
}

// removeGroup waits, for a second at most, while the kernel still counts a thread that is on its way out.
func removeGroup(dir string) error {
	for range 200 {
		err := os.Remove(dir)
		if err == nil || errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if !errors.Is(err, syscall.EBUSY) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("control group %q: %w", dir, syscall.EBUSY)
}

// A cgroupMount is a hierarchy of control groups, and where in it the grader is.
type cgroupMount struct {
	controllers []string // nil for version 2
	dir, own    string
}

// cgroupMounts reads proc(5) mountinfo and cgroups(7) /proc/self/cgroup.
func cgroupMounts() ([]cgroupMount, error) {
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	own := map[string]string{} // controllers → path; "" for version 2
	for line := range strings.Lines(string(groups)) {
		if f := strings.SplitN(strings.TrimSpace(line), ":", 3); len(f) == 3 {
			own[f[1]] = f[2]
		}
	}
	var mounts []cgroupMount
	for line := range strings.Lines(string(info)) {
		where, what, ok := strings.Cut(line, " - ")
		w, k := strings.Fields(where), strings.Fields(what)
		if !ok || len(w) < 5 || len(k) < 3 {
			continue
		}
		root, dir := w[3], w[4]
		for names, path := range own {
			m := cgroupMount{dir: dir}
			if names != "" {
				m.controllers = strings.Split(names, ",")
			}
			options := strings.Split(k[2], ",")
			isV1 := k[0] == "cgroup" && names != "" && slices.Contains(options, m.controllers[0])
			if isV1 || k[0] == "cgroup2" && names == "" {
				rel, err := filepath.Rel(root, path)
				if err != nil || strings.HasPrefix(rel, "..") {
					continue // mounted from a part of the hierarchy that the grader is not in
				}
				m.own = filepath.Join(dir, rel)
				mounts = append(mounts, m)
			}
		}
	}
	return mounts, nil
}

func writeFile(name, value string) error { return os.WriteFile(name, []byte(value), 0) }

func readNumber(name string) int64 {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
