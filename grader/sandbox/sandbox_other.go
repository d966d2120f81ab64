//go:build !linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"wirelab/lessons"
)

// Main does nothing: only Linux has walls, and with them an inner stage.
func Main() {}

// Open opens a box with its walls off; there are no others outside Linux.
func Open(_ context.Context, o Options) (*Box, error) {
	if !o.Off {
		return nil, &WallError{
			Wall: "namespaces",
			Err:  fmt.Errorf("%s has none: %w", runtime.GOOS, errors.ErrUnsupported),
			Hint: lessons.Text{
				EN: "grade on Linux (a virtual machine will do), or say --sandbox=off if you trust this code",
				ES: "corrige en Linux (basta una máquina virtual), o usa --sandbox=off si confías en este código",
			},
		}
	}
	return openOff(fence{}, o)
}

// A fence is nothing here.
type fence struct{}

func (*fence) uid(int) int                  { return 0 }
func (*fence) newGroup(int) (*group, error) { return nil, nil }
func (*fence) mayLeaveChildren() bool       { return true }
func (*fence) close() error                 { return nil }

// A group is nothing here.
type group struct{}

func (*group) enter() error       { return nil }
func (*group) leave() error       { return nil }
func (*group) begin(Limits) error { return nil }
func (*group) spent() spent       { return spent{} }

func (*fence) launch(_ *slot, c Command, out *os.File) (*os.Process, error) {
	return launchOff(c, out, nil)
}

func (*Process) watchdog() (<-chan time.Time, func()) { return nil, func() {} }

func (*Process) overLimit() Limit { return "" }

// Usage is not known here: the error is errors.ErrUnsupported.
func (*Process) Usage() (Usage, error) { return Usage{}, errors.ErrUnsupported }

// Conns is not known here: the error is errors.ErrUnsupported.
func (*Process) Conns(string) (int, error) { return 0, errors.ErrUnsupported }

// Ending is not known here before the program has ended.
func (p *Process) Ending() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func inode(*os.File) uint64 { return 0 }

func maxRSS(*os.ProcessState, spent) int64 { return 0 }

func signalName(s syscall.Signal) string { return s.String() }

func isFirstThread() bool { return false }

// Starved is not known here: 0.
func Starved(int) time.Duration { return 0 }
