package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/pipeline"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// How large BenchmarkClass makes its class, and how many of it the script grades: it takes that much longer.
const (
	studentsEnv = "WIRELAB_STUDENTS"
	scriptedEnv = "WIRELAB_SCRIPTED"
)

// BenchmarkClass grades a class made of references and mutants, every source different, in two ways: with `grader
// batch`, and the way in which a script would do it, with `go test -race` on each student's tree. It prints both times
// for each student, their ratio, and the floor: the same compiles and links alone, on all cores.
//
// It does so with 2, 4 and 8 lessons at a time. Lessons differ more than that, so each of them is in it each time: with 2
// at a time there are four batches, whose costs are taken together.
//
// The script is given what it can have: a warm build cache, hidden tests alone, no copy of the course for each student
// (an overlay instead). It grades some students of the class only, one after another.
func BenchmarkClass(b *testing.B) {
	students, scripted := number(b, studentsEnv, 40), number(b, scriptedEnv, 6)
	c, err := course.Find(".")
	require.NoError(b, err)
	for _, n := range []int{2, 4, 8} {
		b.Run(fmt.Sprintf("lessons=%d", n), func(b *testing.B) {
			for b.Loop() {
				var sum cost
				class := newMadeClass(b, c.Lessons, students)
				for _, graded := range groups(c.Lessons, n) {
					sum.add(compare(b, c, class, graded, min(scripted, students)))
				}
				sum.report(b)
			}
		})
	}
}

// groups deals lessons out into groups of n, each from all over the course.
func groups(all []course.Lesson, n int) [][]course.Lesson {
	dealt := make([][]course.Lesson, max(len(all)/n, 1))
	for i, l := range all {
		dealt[i%len(dealt)] = append(dealt[i%len(dealt)], l)
	}
	return dealt
}

func number(b *testing.B, env string, def int) int {
	b.Helper()
	text := os.Getenv(env)
	if text == "" {
		return def
	}
	n, err := strconv.Atoi(text)
	require.NoError(b, err)
	return n
}

// cost is what it took to grade some lessons of a class.
type cost struct {
	students, scripted           int
	batch, second, script, floor time.Duration // floor: or the longest test, if that is more
	cpu, scriptCPU               time.Duration // of the first batch, and of the script
	peak                         int64         // KiB of its grader alone
}

func (c *cost) add(other cost) {
	c.students, c.scripted = other.students, other.scripted
	c.batch += other.batch
	c.second += other.second
	c.script += other.script
	c.floor += other.floor
	c.cpu += other.cpu
	c.scriptCPU += other.scriptCPU
	c.peak = max(c.peak, other.peak)
}

func (c cost) report(b *testing.B) {
	b.Helper()
	each := func(d time.Duration, n int) float64 { return d.Seconds() / float64(n) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(each(c.batch, c.students), "batch-s/student")
	b.ReportMetric(each(c.script, c.scripted), "script-s/student")
	b.ReportMetric(each(c.script, c.scripted)/each(c.batch, c.students), "script/batch")
	b.ReportMetric(c.batch.Seconds()/c.floor.Seconds(), "batch/floor")
	b.ReportMetric(each(c.cpu, c.students), "cpu-s/student")
	b.ReportMetric(each(c.scriptCPU, c.scripted), "script-cpu-s/student")
	b.ReportMetric(float64(c.peak)/1024, "peak-MiB")
	b.ReportMetric(c.batch.Seconds()/c.second.Seconds(), "first/second")
}

// compare grades some lessons of a class in both ways.
func compare(b *testing.B, c *course.Course, class madeClass, graded []course.Lesson, scripted int) cost {
	b.Helper()
	class.lessons = graded
	warm(b, graded)
	sum := cost{students: len(class.work), scripted: scripted}

	begin := time.Now()
	first, usage := class.batch(b)
	sum.batch = time.Since(begin)
	begin = time.Now()
	class.batch(b) // nothing has changed
	sum.second = time.Since(begin)

	begin = time.Now()
	for i := range scripted {
		student := i * len(class.work) / scripted
		passed, usage := class.script(b, c, student)
		class.sameAs(b, student, first.lessons(), passed)
		sum.scriptCPU += cpu(usage)
	}
	sum.script = time.Since(begin)

	sum.floor = class.floor(b, c)
	longest := 0.0
	for _, l := range first.lessons() {
		for _, t := range l.Tests {
			longest = max(longest, t.Seconds)
		}
	}
	b.Logf("%d lessons, %d students: batch %.1f s, again %.2f s, floor %.1f s, longest test %.1f s; script %.1f s for %d of them", len(graded),
		sum.students, sum.batch.Seconds(), sum.second.Seconds(), sum.floor.Seconds(), longest, sum.script.Seconds(), scripted)
	sum.floor = max(sum.floor, time.Duration(longest*float64(time.Second)))
	sum.cpu, sum.peak = cpu(usage), usage.Maxrss
	return sum
}

func cpu(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }

// warm lets both ways compile what they compile once.
func warm(b *testing.B, graded []course.Lesson) {
	b.Helper()
	for _, l := range graded {
		out, err := exec.CommandContext(b.Context(), "go", "test", "-race", "-run", "^$", "wirelab/lessons/"+l.ID+"/hidden").CombinedOutput()
		require.NoError(b, err, "%s", out)
	}
	class := newMadeClass(b, graded, 1)
	class.batch(b)
}

// madeClass is a class on disk and in memory.
type madeClass struct {
	dir, out, cache string
	lessons         []course.Lesson                // those that are graded now
	work            []map[string]map[string][]byte // by student: lesson, file
	wrong           map[string]bool                // "student/lesson": it is a mutant
}

func newMadeClass(b *testing.B, all []course.Lesson, students int) madeClass {
	b.Helper()
	class := madeClass{dir: b.TempDir(), out: b.TempDir(), cache: b.TempDir(), lessons: all, wrong: map[string]bool{}}
	user, err := os.UserCacheDir()
	require.NoError(b, err)
	require.NoError(b, os.MkdirAll(filepath.Join(user, "wirelab", "hidden"), 0o700))
	require.NoError(b, os.Symlink(filepath.Join(user, "wirelab", "hidden"), filepath.Join(class.cache, "hidden")))
	nonce := rand.Uint64()
	for i := range students {
		work := map[string]map[string][]byte{}
		for n, l := range all {
			files, err := l.Reference()
			require.NoError(b, err)
			if (i+n)%3 == 0 {
				class.wrong[entry(i, l.ID)] = true
				files, err = l.Mutants[i%len(l.Mutants)].Apply(files)
				require.NoError(b, err)
			}
			// No compiler has seen this source before, nor is its object that of another.
			files[l.Files[0]] = fmt.Appendf(files[l.Files[0]], "\nfunc author() string { return %q }\n", fmt.Sprint(nonce, i))
			for name, text := range files {
				at := filepath.Join(class.dir, entry(i, l.ID), name)
				require.NoError(b, os.MkdirAll(filepath.Dir(at), 0o755))
				require.NoError(b, os.WriteFile(at, text, 0o644))
			}
			work[l.ID] = files
		}
		class.work = append(class.work, work)
	}
	return class
}

// entry is where a student's lesson lies, and its name in a report.
func entry(student int, lesson string) string { return fmt.Sprintf("student-%03d/%s", student, lesson) }

// batch grades the class with the command.
func (m madeClass) batch(b *testing.B) (graded, syscall.Rusage) {
	b.Helper()
	var ids []string
	for _, l := range m.lessons {
		ids = append(ids, l.ID)
	}
	self, err := os.Executable()
	require.NoError(b, err)
	cmd := exec.CommandContext(b.Context(), self, "batch", m.dir, "--out", m.out, "--lesson", strings.Join(ids, ","))
	cmd.Args[0] = "grader" // see TestMain
	cmd.Env = append(os.Environ(), "WIRELAB_CACHE="+m.cache)
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, "%s", out)
	g := graded{out: m.out}
	text, err := os.ReadFile(filepath.Join(m.out, "report.json"))
	require.NoError(b, err)
	require.NoError(b, json.Unmarshal(text, &g.report))
	return g, usageOf(cmd)
}

// usageOf is what a command that has ended, and all that it waited for, used.
func usageOf(cmd *exec.Cmd) syscall.Rusage { return *cmd.ProcessState.SysUsage().(*syscall.Rusage) }

// script grades one student with `go test`, and returns the tests that passed, as "lesson/test".
func (m madeClass) script(b *testing.B, c *course.Course, i int) (map[string]bool, syscall.Rusage) {
	b.Helper()
	dir := b.TempDir()
	replace := map[string]string{}
	// In a real class no two programs are the same. Here the linker drops what sets students apart, and the go command would
	// take the tests of one reference for those of all.
	args := []string{"test", "-race", "-json", "-count=1", "-overlay", filepath.Join(dir, "overlay.json")}
	for _, l := range m.lessons {
		for name := range m.work[i][l.ID] {
			replace[filepath.Join(c.Root, "lessons", l.ID, name)] = filepath.Join(m.dir, entry(i, l.ID), name)
		}
		args = append(args, "wirelab/lessons/"+l.ID+"/hidden")
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	cmd := exec.CommandContext(b.Context(), "go", args...)
	cmd.Dir = c.Root
	out, _ := cmd.Output() // it fails where a test does
	passed := map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var e struct{ Action, Package, Test string }
		require.NoError(b, dec.Decode(&e))
		if e.Action == "pass" && e.Test != "" {
			passed[strings.TrimPrefix(strings.TrimSuffix(e.Package, "/hidden"), "wirelab/lessons/")+"/"+e.Test] = true
		}
	}
	return passed, usageOf(cmd)
}

// sameAs compares the two verdicts about a student's right work. About wrong work they may differ: in the script's one
// process a crash fails every test.
func (m madeClass) sameAs(b *testing.B, i int, batch map[string]report.LessonResult, passed map[string]bool) {
	b.Helper()
	for _, l := range m.lessons {
		if m.wrong[entry(i, l.ID)] {
			continue
		}
		for _, t := range batch[entry(i, l.ID)].Tests {
			require.Equal(b, passed[l.ID+"/"+t.Name], t.Status == verdict.Passed, "student %d, %s, %s", i, l.ID, t.Name)
		}
	}
}

// floor is how long compiling and linking alone takes, on all cores.
func (m madeClass) floor(b *testing.B, c *course.Course) time.Duration {
	b.Helper()
	p, err := pipeline.Open(b.Context(), c, m.lessons, pipeline.Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, p.Close()) }()
	build := func(i int) {
		var work []pipeline.Work
		for _, l := range m.lessons {
			work = append(work, pipeline.Work{Lesson: l, Files: intake.Files(m.work[i][l.ID])})
		}
		built, err := p.Build(b.Context(), work)
		if err == nil {
			built.Discard()
		}
	}
	build(0) // prepares
	begin := time.Now()
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				build(i)
			}
		})
	}
	for i := range m.work {
		next <- i
	}
	close(next)
	wg.Wait()
	return time.Since(begin)
}
