package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"wirelab/lessons"
)

// openOff opens a box without walls: output, wall clock and Kill are all that is left.
func openOff(f fence, o Options) (*Box, error) {
	b, err := newBox(f, o.Slots)
	if err != nil {
		return nil, err
	}
	off := lessons.Text{EN: "switched off by whoever ran the grader", ES: "desactivado por quien ejecutó el calificador"}
	for _, name := range wallNames() {
		b.walls = append(b.walls, Wall{Name: name, Why: off})
	}
	b.head = []lessons.Text{{
		EN: "The sandbox was off: submitted code ran with all the rights of whoever ran the grader.",
		ES: "El sandbox estaba desactivado: el código entregado se ejecutó con todos los permisos de quien lanzó el calificador.",
	}}
	return b, nil
}

func wallNames() []string {
	return []string{"namespaces", "root", "seccomp", "landlock", "memory", "limits"}
}

// launchOff starts the program as a plain child process.
func launchOff(c Command, out *os.File, attr *syscall.SysProcAttr) (*os.Process, error) {
	if len(c.Listeners) > 0 && runtime.GOOS == "windows" {
		return nil, fmt.Errorf("a listener cannot be handed to a program on windows: %w", errors.ErrUnsupported)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	files := append([]*os.File{null, out, out}, c.Listeners...)
	argv := append([]string{filepath.Base(c.Path)}, c.Args...)
	env := c.Env
	if env == nil {
		env = []string{} // nil would mean: inherit
	}
	return os.StartProcess(c.Path, argv, &os.ProcAttr{Dir: c.Dir, Env: env, Files: files, Sys: attr})
}
