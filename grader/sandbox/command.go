package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A Command is a program to run, all that it may have, and how much of it.
type Command struct {
	Path    string   // the program; executed from a descriptor, so it need not be among the Binds
	Args    []string // without argv[0]
	Env     []string // complete: nothing is inherited
	Profile Profile
	// Unix listeners, never TCP: descriptors 3, 4, … of the program; the caller closes its own copies.
	Listeners []*os.File
	Binds     []Bind
	Dir       string // working directory, within the Binds; "/" where empty
	Limits    Limits
	Keep      int // bytes of output to keep, half from its head, half from its tail; 64 KiB where 0, never below 1 KiB
}

// A Profile says which system calls a program may make. None may start another program.
type Profile int

const (
	// Serve is for a subject: it accepts connections on descriptor 3 and has no other way in or out.
	Serve Profile = iota
	// Dial is Serve for a client exercise: it may also open Unix sockets and connect to those among its Binds.
	Dial
	// Tool is for a compiler or a linker: files below its Binds, threads, nothing else.
	Tool
)

// String returns the profile's name in lower case.
func (p Profile) String() string {
	switch p {
	case Serve:
		return "serve"
	case Dial:
		return "dial"
	case Tool:
		return "tool"
	}
	return fmt.Sprintf("profile(%d)", int(p))
}

// A Bind is a file, a Unix socket or a directory of the host that the program sees, under the same path, so that a
// command line means the same with walls and without. It is read-only unless Writable.
//
// When the grader runs as root the program has a throw-away user: what it is to read must be readable for others
// (os.MkdirTemp makes directories that are not: chmod 0755), a socket that it connects to must be writable for others.
// A Writable directory is given to that user by Start, so it serves one program at a time.
type Bind struct {
	Path     string // absolute
	Writable bool
}

// Limits are what a program may use. A zero field takes the value that its comment gives.
type Limits struct {
	Memory    int64         // bytes of resident memory, shared memory included; 256 MiB
	CPU       time.Duration // of all threads together, rounded up to whole seconds; 10 s
	Wall      time.Duration // from start to end; 20 s
	Processes int           // threads; 64
	FileSize  int64         // bytes of one file; 16 MiB
	OpenFiles int           // descriptors; 256
	Output    int64         // bytes of stdout and stderr together; 1 MiB
}

func (c Command) withDefaults() Command {
	l := &c.Limits
	orDefault(&l.Memory, 256<<20)
	orDefault(&l.CPU, 10*time.Second)
	orDefault(&l.Wall, 20*time.Second)
	orDefault(&l.Processes, 64)
	orDefault(&l.FileSize, 16<<20)
	orDefault(&l.OpenFiles, 256)
	orDefault(&l.Output, 1<<20)
	orDefault(&c.Keep, 64<<10)
	c.Keep = max(c.Keep, 1<<10)
	return c
}

func orDefault[T int | int64 | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

func (c Command) check() error {
	if !filepath.IsAbs(c.Path) {
		return fmt.Errorf("program %q: not an absolute path", c.Path)
	}
	for _, b := range c.Binds {
		if !filepath.IsAbs(b.Path) || filepath.Clean(b.Path) == "/" {
			return fmt.Errorf("bind %q: not an absolute path below the root", b.Path)
		}
	}
	l := c.Limits
	if l.Memory < 0 || l.CPU < 0 || l.Wall < 0 || l.Processes < 0 || l.FileSize < 0 || l.OpenFiles < 0 || l.Output < 0 {
		return errors.New("negative limit")
	}
	if l.OpenFiles < minOpenFiles || l.OpenFiles > maxOpenFiles {
		return fmt.Errorf("limit of %d open files: not between %d and %d", l.OpenFiles, minOpenFiles, maxOpenFiles)
	}
	if l.OpenFiles < minOpenFiles+len(c.Listeners) {
		return fmt.Errorf("limit of %d open files: too few for %d listeners", l.OpenFiles, len(c.Listeners))
	}
	return nil
}

// Bounds of Limits.OpenFiles: below it Go does not start, above it the grader itself may not open more.
const (
	minOpenFiles = 8
	maxOpenFiles = 4000
)
