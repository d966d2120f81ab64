package sandbox

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//go:embed doc.go
var documentation string

// A brick is a wall as the table has it, by how it is taken away.
type brick struct {
	name string
	away func(*fence)
}

func bricks(f fence) []brick {
	all := []brick{
		{"namespaces", func(f *fence) { f.namespaces, f.userNS, f.root = false, false, false }}, // no root without them
		{"root", func(f *fence) { f.root = false }},
		{"user", func(f *fence) { f.throwaway = false }},
		{"seccomp", func(f *fence) { f.seccomp = false }},
		{"landlock", func(f *fence) { f.landlock = 0 }},
		{"limits", func(f *fence) { f.limits = false }},
		{"cgroup", func(f *fence) { f.tree = nil }},
		{"watchdog", func(f *fence) { f.unwatched = true }},
	}
	return slices.DeleteFunc(all, func(b brick) bool { // those that this setting does not have at all
		return b.name == "user" && !f.throwaway || b.name == "cgroup" && f.tree == nil
	})
}

// siege is one row of the table: an attack that must work where no wall stands.
type siege struct {
	name    string
	command func(w *witnesses, own int) Command // own: the pid of a process of the grader's own user
	limits  Limits
	endless bool // it never ends by itself
	// worked says what got through; nil for the lines that say so.
	worked func(t *testing.T, e Exit, socket string) []string
}

func sieges() []siege {
	play := func(args ...string) func(*witnesses, int) Command {
		return func(*witnesses, int) Command { return Command{Args: args} }
	}
	return []siege{
		{name: "read another submission, /etc/passwd", command: func(w *witnesses, _ int) Command {
			return Command{Args: []string{"read", w.secret, "/etc/passwd"}}
		}},
		{name: "read what only the grader's user may", command: func(w *witnesses, _ int) Command {
			return Command{Args: []string{"read", filepath.Join(w.dir, "private")}}
		}},
		{name: "write where everybody may", command: func(w *witnesses, _ int) Command { return Command{Args: []string{"write", w.dir}} }},
		{name: "fill the disk below a writable bind", limits: Limits{FileSize: 1 << 20}, command: func(w *witnesses, _ int) Command {
			dir := filepath.Join(w.dir, "bind")
			return Command{Args: []string{"fill", "8", dir}, Profile: Tool, Binds: []Bind{{Path: dir, Writable: true}}}
		}},
		{name: "connect to the host's loopback", command: func(w *witnesses, _ int) Command { return Command{Args: []string{"loopback", w.port}} }},
		{name: "connect to an abstract socket", command: func(w *witnesses, _ int) Command { return Command{Args: []string{"abstract", w.abstract}} }},
		{name: "make a process", command: play("fork"), limits: Limits{Processes: 400}},
		{name: "fork bomb", command: play("bomb", "100"), limits: Limits{Processes: 40}},
		{name: "a daemon that outlives its program", command: play("daemon"), worked: outlived},
		{name: "become another program", command: func(*witnesses, int) Command { return Command{Args: []string{"exec", subject()}} }, worked: replaced},
		{name: "signal, trace, renice the user's processes", command: func(w *witnesses, _ int) Command {
			return Command{Args: []string{"others", strconv.Itoa(w.victim.Process.Pid)}}
		}},
		{name: "signal, trace, renice the grader's", command: func(_ *witnesses, own int) Command {
			return Command{Args: []string{"others", strconv.Itoa(own)}}
		}},
		{name: "mount, a user namespace", command: func(w *witnesses, _ int) Command { return Command{Args: []string{"mount", w.dir}} }},
		{name: "io_uring, bpf, keyctl, userfaultfd, …", command: play("calls")},
		{name: "allocate more than it may", command: play("memory", "256"), limits: Limits{Memory: 64 << 20}},
		{name: "shared memory past the limit", command: play("shared", "256"), limits: Limits{Memory: 64 << 20}},
		{name: "goroutines by the thousand", command: play("goroutines", "60000"), limits: Limits{Memory: 64 << 20}},
		{name: "threads", command: play("threads", "200", "1000"), limits: Limits{Processes: 24}, worked: numerous},
		{name: "descriptors", limits: Limits{OpenFiles: 32}, command: func(w *witnesses, _ int) Command {
			dir := filepath.Join(w.dir, "bind")
			return Command{Args: []string{"open", "100", dir}, Binds: []Bind{{Path: dir}}}
		}},
		{name: "spin on all cores", command: play("spin"), limits: Limits{CPU: time.Second}, endless: true, worked: lasted},
		{name: "hang, never answer, deadlock", command: play("hang"), endless: true, worked: lasted},
		{name: "print for ever", command: play("print", "16"), limits: Limits{Output: 1 << 20}, worked: printed},
	}
}

// Each wall is taken away by itself, and stands by itself. The table of who holds what is in the documentation. Much of it
// is waiting, so it runs beside the tests of ordinary users.
func TestWallsByThemselves(t *testing.T) {
	t.Parallel()
	whole := strongest(t)
	if whole.landlock < 6 {
		cannot(t, "landlock %d; the table is that of version 6 and later", whole.landlock)
	}
	setting := "As an ordinary user"
	if whole.throwaway {
		setting = "As root"
		if whole.tree == nil {
			cannot(t, "root without control groups has no table")
		}
	}
	all := bricks(whole)
	none := whole
	for _, b := range all {
		b.away(&none)
	}
	free := besiege(t, "no wall", none)
	alone, without := map[string]result{}, map[string]result{}
	for i, b := range all {
		f := none
		raise(&f, whole, all, i)
		alone[b.name] = besiege(t, b.name+" alone", f)
		f = whole
		b.away(&f)
		without[b.name] = besiege(t, "without "+b.name, f)
	}
	strong := besiege(t, "every wall", whole)
	for _, s := range sieges() {
		assert.NotEmpty(t, free[s.name], "%s does not work where no wall stands: nothing is shown", s.name)
		assert.Empty(t, strong[s.name], "%s, with every wall", s.name)
	}

	table := draw(setting, all, free, alone, without)
	t.Logf("\n%s", table)
	for _, b := range all {
		for _, s := range sieges() {
			if len(without[b.name][s.name]) > 0 {
				t.Logf("without %s: %s gets through: %s", b.name, s.name, strings.Join(without[b.name][s.name], ", "))
			} else if countThrough(free[s.name], alone[b.name][s.name]) < len(free[s.name]) {
				t.Logf("without %s: %s gets to %s", b.name, s.name, strings.Join(holders(s.name, b.name, all, free, alone), ", "))
			}
		}
	}
	assert.True(t, strings.Contains(documentation, commented(table)), "doc.go has another table than the one above")
	assert.Equal(t, 1, strings.Count(documentation, "//\t"+setting+" "), "doc.go has one such table")
}

func TestWallsAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user already")
	}
	t.Parallel()
	out, err := asOrdinaryUser(t, 65533, "", "-test.run=^TestWalls(|ByThemselves|InEverySetting)$")
	assert.NoError(t, err)
	t.Logf("%s", out)
	assert.True(t, strings.Contains(out, "--- PASS: TestWallsByThemselves"), "not even tried")
}

// strongest is the fence that Open takes, and its control groups.
func strongest(t *testing.T) fence {
	t.Helper()
	b, err := Open(t.Context(), Options{})
	var wall *WallError
	if errors.As(err, &wall) && os.Getenv("CI") == "" {
		t.Skipf("not on this machine: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	if !b.fence.namespaces {
		cannot(t, "namespaces")
	}
	return b.fence
}

// cannot ends a test that this machine cannot do: where CI is set with a failure.
func cannot(t *testing.T, format string, args ...any) {
	t.Helper()
	what := "not on this machine: " + fmt.Sprintf(format, args...)
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// raise puts one wall up again, with what it cannot stand without.
func raise(f *fence, whole fence, all []brick, i int) {
	*f = whole
	for j, b := range all {
		if j != i && (all[i].name != "root" || b.name != "namespaces") {
			b.away(f)
		}
	}
	if all[i].name == "namespaces" {
		f.namespaces, f.userNS, f.root = whole.namespaces, whole.userNS, false
	}
}

// result is what got through of each siege, by name.
type result map[string][]string

// besiege makes every attack behind f, each within hard bounds of time and size.
func besiege(t *testing.T, name string, f fence) result {
	t.Helper()
	// Control groups of its own, for a box takes them with it when it is closed.
	if f.tree != nil {
		tree, err := newTree()
		require.NoError(t, err)
		f.tree = tree
	}
	b, err := newBox(f, 1)
	require.NoError(t, err)
	defer func() { assert.NoError(t, b.Close(), name) }()
	w := newWitnesses(t, b, subject())
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "private"), nil, 0o600))
	own := exec.CommandContext(t.Context(), subject(), "hang")
	own.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, own.Start())
	defer func() { _ = own.Process.Kill(); _ = own.Wait() }()

	found := result{}
	for _, s := range sieges() {
		bind := filepath.Join(w.dir, "bind")
		require.NoError(t, os.MkdirAll(bind, 0o777))
		require.NoError(t, os.Chmod(bind, 0o777))
		listener, socket := listen(t)
		c := s.command(w, own.Process.Pid)
		c.Path, c.Limits, c.Listeners = subject(), s.limits, []*os.File{listener}
		for _, what := range s.attempt(t, b, c, socket) {
			found[s.name] = append(found[s.name], strings.ReplaceAll(what, w.dir, "…")) // another one behind each wall
		}
		listener.Close()
		for _, left := range []string{"left-behind", "left-behind.d", "left-behind.l", "bind"} {
			_ = os.RemoveAll(filepath.Join(w.dir, left))
		}
		_ = w.victim.Process.Signal(syscall.SIGCONT)
		_ = own.Process.Signal(syscall.SIGCONT)
	}
	return found
}

// attempt makes the attack and returns what got through.
func (s siege) attempt(t *testing.T, b *Box, c Command, socket string) []string {
	t.Helper()
	patience := 2 * time.Minute // for what ends, by itself or by a wall: one second of CPU time takes a busy machine long
	c.Limits.Wall = 10 * time.Second
	if s.endless {
		c.Limits.Wall = 300 * time.Millisecond
		if b.fence.unwatched && (!b.fence.limits || s.limits.CPU == 0) {
			patience = 500 * time.Millisecond
		}
	}
	if b.fence.unwatched {
		c.Limits.Wall = time.Hour
		if c.Limits.Output > 0 {
			c.Limits.Output = 1 << 40
		}
	}
	c.Keep = 64 << 10
	var p *Process
	for begin := time.Now(); p == nil; { // what the last attack made is still counted until init has taken it away
		var err error
		if p, err = b.Start(t.Context(), c); !errors.Is(err, syscall.EAGAIN) || time.Since(begin) > 20*time.Second {
			require.NoError(t, err, s.name)
		}
	}
	defer time.AfterFunc(patience, p.Kill).Stop()
	e := p.Wait()
	worked := s.worked
	if worked == nil {
		worked = said
	}
	return worked(t, e, socket)
}

// said are the attempts that a program says got through, each once.
func said(_ *testing.T, e Exit, _ string) (all []string) {
	for line := range strings.Lines(string(e.Output)) {
		what, ok := strings.CutPrefix(strings.TrimSpace(line), "through: ")
		if what, _, _ = strings.Cut(what, " ("); ok && !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	return all
}

func replaced(_ *testing.T, e Exit, _ string) []string {
	if e.Code == 7 {
		return []string{"exec"}
	}
	return nil
}

// lasted is for programs that nothing ended but this test.
func lasted(_ *testing.T, e Exit, _ string) []string {
	if e.Stopped {
		return []string{"it still runs"}
	}
	return nil
}

// numerous is for threads that were all there, for as long as they wanted.
func numerous(t *testing.T, e Exit, socket string) []string {
	if e.Limit != "" {
		return nil
	}
	return said(t, e, socket)
}

func printed(_ *testing.T, e Exit, _ string) []string {
	if e.Code == 0 && e.Limit == "" {
		return []string{"16 MiB"}
	}
	return nil
}

// outlived asks whether somebody still holds the program's listener, and ends them.
func outlived(t *testing.T, e Exit, socket string) []string {
	_, after, ok := strings.Cut(string(e.Output), "through: daemon\npid ")
	if !ok {
		return nil
	}
	pid, err := strconv.Atoi(strings.TrimSpace(after))
	require.NoError(t, err)
	// Our own descriptor of the listener counts for nothing: only who accepts could answer, so look for the process.
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !strings.HasPrefix(string(status), filepath.Base(subject())) {
		return nil
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	return []string{"daemon"}
}
