package sandbox

import (
	"fmt"
	"time"

	"wirelab/lessons"
)

// Limit names the limit that ended a program.
type Limit string

// The limits that can end a program, as in [Limits].
const (
	LimitMemory    Limit = "memory"
	LimitCPU       Limit = "cpu"
	LimitWall      Limit = "wall"
	LimitOutput    Limit = "output"
	LimitProcesses Limit = "processes"
)

// Exit is how a program ended.
type Exit struct {
	Code      int    // -1 where a signal ended it
	Signal    string // "SIGKILL", "SIGSEGV"; "" where it exited
	Limit     Limit  // "" where it went over none
	Stopped   bool   // killed because the grader had no more use for it
	Output    []byte // stdout and stderr as they came, the middle left out where OutputCut
	OutputCut bool
	CPU       time.Duration // user and system, all threads
	MaxRSS    int64         // bytes; with the walls off 0 on systems that do not tell

	limits Limits
}

// Text says how the program ended, as the end of a sentence whose subject is the program.
func (e Exit) Text() lessons.Text {
	switch l := e.limits; e.Limit {
	case LimitMemory:
		return textf("was killed: it used more than %s of memory", "fue detenido: usó más de %s de memoria", size(l.Memory))
	case LimitCPU:
		return textf("was killed: it used more than %v of CPU time", "fue detenido: usó más de %v de tiempo de CPU", l.CPU)
	case LimitWall:
		return textf("was killed: it was still running after %v", "fue detenido: seguía en marcha después de %v", l.Wall)
	case LimitOutput:
		return textf("was killed: it printed more than %s", "fue detenido: imprimió más de %s", size(l.Output))
	case LimitProcesses:
		return textf("ended: it wanted more than %d threads", "terminó: quiso tener más de %d hilos", l.Processes)
	}
	switch {
	case e.Stopped:
		return textf("was stopped by the grader", "fue detenido por el calificador")
	case e.Signal != "":
		return textf("was killed by the signal %s", "fue detenido por la señal %s", e.Signal)
	}
	return textf("exited with status %d", "terminó con el código de salida %d", e.Code)
}

func textf(en, es string, args ...any) lessons.Text {
	return lessons.Text{EN: fmt.Sprintf(en, args...), ES: fmt.Sprintf(es, args...)}
}

func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
