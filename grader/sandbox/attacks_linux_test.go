package sandbox

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attack is one line of what a program may try; its program is in testdata/subject.
type attack struct {
	name string
	args func(*witnesses) []string
	// safe attacks are also made without walls, to show that they do work; the others would harm this machine.
	safe bool
}

func attacks() []attack {
	none := func(*witnesses) []string { return nil }
	others := func(w *witnesses) []string {
		return []string{strconv.Itoa(w.victim.Process.Pid), strconv.Itoa(os.Getpid())}
	}
	return []attack{
		{"read", func(w *witnesses) []string { return []string{"/etc/passwd", w.secret} }, true},
		{"write", func(w *witnesses) []string {
			return []string{w.dir, "/", "/tmp", "/dev/shm", "/var/tmp", "/run", "/lib", "/lib64", "/proc/self"}
		}, false},
		{"loopback", func(w *witnesses) []string { return []string{w.port} }, true},
		{"network", none, true},
		{"abstract", func(w *witnesses) []string { return []string{w.abstract} }, true},
		{"listener", func(w *witnesses) []string { return []string{w.abstract} }, false},
		{"fork", none, true},
		{"exec", func(*witnesses) []string { return []string{"/proc/self/exe"} }, true},
		{"daemon", none, false},
		{"kill", others, false},
		{"ptrace", others, false},
		{"renice", others, false},
		{"mount", func(w *witnesses) []string { return []string{w.dir} }, false},
		{"namespaces", none, false},
		{"fill", func(w *witnesses) []string { return []string{"64", w.dir} }, true},
		{"calls", none, true},
		{"shared", func(*witnesses) []string { return []string{"16"} }, true},
	}
}

func TestAttacks(t *testing.T) {
	program := subject()
	for _, profile := range []Profile{Serve, Dial, Tool} {
		t.Run(profile.String(), func(t *testing.T) {
			everySetting(t, func(t *testing.T, b *Box) {
				w := newWitnesses(t, b, program)
				for _, a := range attacks() {
					t.Run(a.name, func(t *testing.T) { makeAttack(t, b, w, profile, program, a) })
				}
			})
		})
	}
}

func makeAttack(t *testing.T, b *Box, w *witnesses, profile Profile, program string, a attack) {
	f, path := listen(t)
	c := Command{Path: program, Args: append([]string{a.name}, a.args(w)...), Profile: profile, Listeners: []*os.File{f}}
	p, err := b.Start(t.Context(), c)
	if errors.Is(err, errNoDial) {
		t.Skip(err)
	}
	require.NoError(t, err)
	e := p.Wait()
	f.Close()

	assert.Equal(t, 0, e.Code, "%s: %s", e.Text().EN, e.Output)
	assert.Contains(t, string(e.Output), "held: ")
	for line := range strings.Lines(string(e.Output)) {
		if profile == Dial && strings.Contains(line, "socket(UNIX)") {
			continue // a client exercise may have one; there is only nobody to connect it to
		}
		assert.NotContains(t, line, "through: ")
	}
	w.untouched(t, e)
	_, err = net.Dial("unix", path)
	assert.ErrorIs(t, err, syscall.ECONNREFUSED, "somebody still holds the listener")
}

// What the walls hold must be something that happens without them.
func TestAttacksWorkWithoutWalls(t *testing.T) {
	program := subject()
	b, err := Open(t.Context(), Options{Off: true})
	require.NoError(t, err)
	defer b.Close()
	w := newWitnesses(t, b, program)
	for _, a := range attacks() {
		if !a.safe {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			e := run(t, b, Command{Path: program, Args: append([]string{a.name}, a.args(w)...)})
			if a.name == "exec" {
				assert.Equal(t, 7, e.Code)
				return
			}
			assert.Contains(t, string(e.Output), "through: ")
		})
	}
	assert.EqualValues(t, 2, w.called.Load(), "loopback and abstract socket")
}

// A process that a program leaves behind ends with it even where no filter kept it from being made.
func TestDaemonEndsWithItsProgram(t *testing.T) {
	program := subject()
	for name, f := range settings() {
		if !f.namespaces {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := openFor(t, f)
			b.fence.seccomp, b.fence.landlock = false, 0
			f, path := listen(t)
			e := run(t, b, Command{Path: program, Args: []string{"daemon"}, Listeners: []*os.File{f}})
			f.Close()
			assert.Contains(t, string(e.Output), "through: daemon", "the daemon could not be made: nothing is shown")
			_, err := net.Dial("unix", path)
			assert.ErrorIs(t, err, syscall.ECONNREFUSED, "the daemon still holds the listener")
		})
	}
}

func TestProgramHasNothingButWhatItWasGiven(t *testing.T) {
	program := subject()
	everySetting(t, func(t *testing.T, b *Box) {
		leak, err := os.Open(os.DevNull) // a descriptor that the grader forgot to close on exec
		require.NoError(t, err)
		defer leak.Close()
		fd, err := syscall.Dup(int(leak.Fd()))
		require.NoError(t, err)
		defer syscall.Close(fd)

		f, _ := listen(t)
		e := run(t, b, Command{Path: program, Args: []string{"descriptors"}, Listeners: []*os.File{f}})
		const null, pipe, socket = "20000", "10000", "140000"
		got := strings.Fields(string(e.Output))
		want := []string{"0:" + null, "1:" + pipe, "2:" + pipe, "3:" + socket}
		assert.Subset(t, got, want)
		assert.LessOrEqual(t, len(got), len(want)+2, "Go's poller may have opened two: %v", got)

		e = run(t, b, Command{Path: program, Args: []string{"rights"}})
		assert.Contains(t, string(e.Output), "held: become root")
		if b.fence.userNS {
			assert.Contains(t, string(e.Output), "uid 1000 pid 1\n")
		}
	})
}
