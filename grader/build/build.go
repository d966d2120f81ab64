// Package build turns submitted lessons into programs: each lesson is compiled by itself with `go tool compile`,
// against only the packages that its policy allows, and all lessons of a student are linked into one binary (a
// lesson whose initialisation does something gets a binary of its own, so that it can touch no other). The
// compiler and the linker run in the sandbox, under limits, since their input is not to be trusted.
//
// It also compiles the hidden tests, once for as long as they do not change.
//
// A lesson that does not compile is reported with the compiler's own words and costs nobody else anything. This
// package never decides what may be compiled (policy does) and never runs what it has built (run does).
package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"wirelab/grader/cache"
	"wirelab/grader/course"
	"wirelab/grader/sandbox"
	"wirelab/lessons"
)

// Limits of one compile or link. The most that the course's own sources need is a tenth of each; sources of under
// 1 KiB are known that would take gigabytes, or half a minute.
const (
	maxMemory = 512 << 20 // bytes
	maxCPU    = 10 * time.Second
	maxWall   = time.Minute // CPU time is what bombs run into; a busy machine is nobody's fault
	maxFile   = 128 << 20   // bytes of an object or a binary
	maxWords  = 16 << 10    // bytes of what the compiler says
)

// Builder compiles and links. It is safe for use by many goroutines.
type Builder struct {
	course *course.Course
	box    *sandbox.Box
	tools  toolchain
	dir    string // scratch; every program lies below it
	// objects is where compiled lessons are kept and looked for; nil: nowhere.
	objects *cache.Dir
	next    atomic.Int64
}

// New prepares the toolchain for the lessons of the course: it compiles the packages that they may use, which
// takes a minute on a fresh machine and nothing later. Without a C compiler there is no race detector; see
// [HasRace]. What is built lies below dir, which belongs to the caller; lessons that were compiled are kept in objects,
// if that is not nil.
func New(ctx context.Context, c *course.Course, box *sandbox.Box, dir string, objects *cache.Dir) (*Builder, error) {
	tools, err := newToolchain(ctx, c, filepath.Join(dir, "pkg"))
	if err != nil {
		return nil, fmt.Errorf("toolchain: %w", err)
	}
	return &Builder{course: c, box: box, tools: tools, dir: dir, objects: objects}, nil
}

// Failure says why there is no program.
type Failure struct {
	Compiler bool         // the compiler's or linker's own words; otherwise a limit was reached
	Text     lessons.Text // file:line:column: what is wrong
}

// scratch makes a fresh folder for one compile or link.
func (b *Builder) scratch(kind string) (string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("%s-%d", kind, b.next.Add(1)))
	// The sandbox's user must be able to read it.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return dir, nil
}
