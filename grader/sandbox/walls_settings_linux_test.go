package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// account is a way to count what programs use: control groups of a version, or none.
type account struct {
	name    string
	open    func() (*tree, error)
	offered func() bool // whether the kernel has it for this user
}

func accounts() []account {
	return []account{
		{"control groups 1", groups(newTreeV1), func() bool {
			return ownGroup(func(m cgroupMount) bool { return slices.Contains(m.controllers, "memory") })
		}},
		{"control groups 2", groups(newTreeV2), func() bool {
			return ownGroup(func(m cgroupMount) bool {
				has, err := os.ReadFile(filepath.Join(m.own, "cgroup.controllers"))
				return m.controllers == nil && err == nil && slices.Contains(strings.Fields(string(has)), "memory")
			})
		}},
		{"watchdog", func() (*tree, error) { return nil, nil }, func() bool { return true }},
	}
}

func groups(version func([]cgroupMount) (*tree, error)) func() (*tree, error) {
	return func() (*tree, error) {
		mounts, err := cgroupMounts()
		if err != nil {
			return nil, err
		}
		return version(mounts)
	}
}

// ownGroup reports whether this user may make groups in a hierarchy that is as asked for.
func ownGroup(as func(cgroupMount) bool) bool {
	mounts, err := cgroupMounts()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(mounts, func(m cgroupMount) bool { return as(m) && unix.Access(m.own, unix.W_OK) == nil })
}

// Every fence with every way to count, as far as this machine goes: attacks are held, and what was not possible is
// named. Where the kernel offers a setting and it does not work, that is a failure if CI is set.
func TestWallsInEverySetting(t *testing.T) {
	user := "an ordinary user"
	if os.Geteuid() == 0 {
		user = "root"
	}
	var ran, missing []string
	for fenceName, f := range settings() {
		for _, a := range accounts() {
			name := fmt.Sprintf("%s, %s", fenceName, a.name)
			t.Run(name, func(t *testing.T) {
				err := inSetting(t, f, a)
				if err == nil {
					ran = append(ran, name)
					return
				}
				missing = append(missing, fmt.Sprintf("%s (%v)", name, err))
				if os.Getenv("CI") != "" && a.offered() {
					t.Errorf("the kernel offers this, but: %v", err)
				}
				t.Skipf("not on this machine: %v", err)
			})
		}
	}
	if os.Geteuid() != 0 {
		missing = append(missing, "root (this is an ordinary user)")
	}
	slices.Sort(ran)
	slices.Sort(missing)
	t.Logf("as %s: %d settings were tried: %s\n%d could not be: %s", user, len(ran), strings.Join(ran, "; "), len(missing), strings.Join(missing, "; "))
}

// inSetting returns an error if the setting cannot be had; what does not hold in it fails the test.
func inSetting(t *testing.T, f fence, a account) error {
	tree, err := a.open()
	if err != nil {
		return err
	}
	f.tree = tree
	b, err := newBox(f, 1)
	require.NoError(t, err)
	defer func() { assert.NoError(t, b.Close()) }()
	if err := b.selfTest(t.Context()); err != nil {
		if wall := (*WallError)(nil); errors.As(err, &wall) && wall.Wall == "memory" {
			require.NoError(t, err) // the groups could be made and hold nothing
		}
		return err
	}
	w := newWitnesses(t, b, subject())
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) { makeAttack(t, b, w, Serve, subject(), a) })
	}
	for _, over := range []struct {
		args  []string
		limit Limit
	}{
		{[]string{"memory", "1024"}, LimitMemory},
		{[]string{"goroutines", "200000"}, LimitMemory},
		{[]string{"threads", "2000"}, LimitProcesses},
	} {
		e := run(t, b, Command{Path: subject(), Args: over.args})
		assert.Equal(t, over.limit, e.Limit, "%s: %s: %s", over.args[0], e.Text().EN, e.Output)
	}
	e := run(t, b, Command{Path: subject(), Args: []string{"memory", "32"}})
	assert.Equal(t, 0, e.Code, "an honest program comes after: %s", e.Text().EN)
	return nil
}

// asOrdinaryUser runs tests of this package again as a user without any privilege, and returns what they print. What runs
// at once needs users of its own, for the kernel counts a user's processes. archives may be "".
func asOrdinaryUser(t *testing.T, uid uint32, archives string, args ...string) (string, error) {
	t.Helper()
	dir := publicDir(t)
	program := filepath.Join(dir, "sandbox.test")
	copyFile(t, os.Args[0], program)
	cmd := exec.CommandContext(t.Context(), program, append([]string{"-test.v", "-test.timeout=9m"}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "CI=" + os.Getenv("CI"),
		subjectEnv + "=" + subject(), archivesEnv + "=" + archives,
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
