package run

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// printed is what a program really printed, from a file of testdata.
func printed(t *testing.T, file string) []byte {
	t.Helper()
	out, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	return out
}

func TestDiagnose(t *testing.T) {
	crashed := func(why string) subject.State {
		es := regexp.MustCompile(`  at (\S+) in `).ReplaceAllString(why, "  en $1, dentro de ")
		return subject.State{Ended: true, Text: lessons.Text{EN: "the program crashed\n" + why, ES: "el programa se cayó\n" + es}}
	}
	exited := func(en, es string) subject.State {
		return subject.State{Ended: true, Text: lessons.Text{EN: "the program " + en, ES: "el programa " + es}}
	}
	raced := exited("exited with status 66", "terminó con el código de salida 66")
	for _, c := range []struct {
		name string
		exit sandbox.Exit
		want subject.State
		race lessons.Text
	}{
		{"stopped by us", sandbox.Exit{Code: -1, Signal: "SIGKILL", Stopped: true, Output: printed(t, "nil.txt")}, subject.State{}, lessons.Text{}},
		{
			"stopped by us while it tells of a race",
			sandbox.Exit{Code: -1, Signal: "SIGKILL", Stopped: true, Output: []byte("hello\n==================\nWARNING: DATA RACE\nRead at 0x0")},
			raced,
			lessons.Text{},
		},
		{"exited", sandbox.Exit{Code: 0}, exited("exited with status 0", "terminó con el código de salida 0"), lessons.Text{}},
		{"killed", sandbox.Exit{Code: -1, Signal: "SIGSYS"}, exited("was killed by the signal SIGSYS", "fue detenido por la señal SIGSYS"), lessons.Text{}},
		{
			"a limit comes before what was printed",
			sandbox.Exit{Code: -1, Limit: sandbox.LimitOutput, Output: printed(t, "nil.txt")},
			exited("was killed: it printed more than 0 bytes", "fue detenido: imprimió más de 0 bytes"),
			lessons.Text{},
		},
		{
			"a data race",
			sandbox.Exit{Code: raceExit, Output: printed(t, "race.txt")},
			raced,
			lessons.Text{
				EN: "  read   lessons/16-hub/hub.go:4  in 16-hub.(*Hub).add, goroutine A\n" +
					"  write  lessons/16-hub/hub.go:12  in 16-hub.(*Hub).join, main goroutine",
				ES: "  lectura    lessons/16-hub/hub.go:4  en 16-hub.(*Hub).add, goroutine A\n" +
					"  escritura  lessons/16-hub/hub.go:12  en 16-hub.(*Hub).join, goroutine principal",
			},
		},
		{
			"a data race in no file of the student's",
			sandbox.Exit{Code: raceExit, Output: printed(t, "race-elsewhere.txt")},
			raced,
			lessons.Text{
				EN: "  atomic write  $GOROOT/src/bytes/buffer.go:180  in bytes.(*Buffer).Write, goroutine A\n" +
					"  read   ?  in ?, goroutine B",
				ES: "  escritura atómica  $GOROOT/src/bytes/buffer.go:180  en bytes.(*Buffer).Write, goroutine A\n" +
					"  lectura    ?  en ?, goroutine B",
			},
		},
		{
			"a data race that nobody may see",
			sandbox.Exit{Code: raceExit, Output: []byte("PASS\n")},
			raced,
			lessons.Text{
				EN: "  (the program kept the report of the race detector from being read)",
				ES: "  (el programa impidió leer el informe del detector de carreras)",
			},
		},
		{
			"a nil pointer",
			sandbox.Exit{Code: 2, Output: printed(t, "nil.txt")},
			crashed("  panic: runtime error: invalid memory address or nil pointer dereference\n" +
				"  [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x78721a]\n" +
				"  at lessons/01-first-sse/firstsse.go:2 in 01-first-sse.Live.func1"),
			lessons.Text{},
		},
		{
			"a map",
			sandbox.Exit{Code: 2, Output: printed(t, "maps.txt")},
			crashed("  fatal error: concurrent map read and map write\n  at lessons/16-hub/hub.go:33 in 16-hub.(*Hub).add.func1"),
			lessons.Text{},
		},
		{
			"the stack",
			sandbox.Exit{Code: 2, Output: printed(t, "overflow.txt")},
			crashed("  fatal error: stack overflow\n  at lessons/16-hub/hub.go:3 in 16-hub.f"),
			lessons.Text{},
		},
		{"a panic while panicking", sandbox.Exit{Code: 2, Output: printed(t, "twice.txt")}, crashed("  panic: first\n  \tpanic: again"), lessons.Text{}},
		{
			"a long panic",
			sandbox.Exit{Code: 2, Output: []byte("panic: " + strings.Repeat("ñ", 5000))},
			crashed("  panic: " + strings.Repeat("ñ", (maxPanic-7)/2) + "…"),
			lessons.Text{},
		},
		{
			"words that look like a panic",
			sandbox.Exit{Code: 1, Output: printed(t, "nil.txt")},
			exited("exited with status 1", "terminó con el código de salida 1"),
			lessons.Text{},
		},
		{
			"status 2 without a panic",
			sandbox.Exit{Code: 2, Output: []byte("harness: no lesson\n")},
			exited("exited with status 2", "terminó con el código de salida 2"),
			lessons.Text{},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Race = c.race
			require.Equal(t, c.want, diagnose(c.exit))
		})
	}
}

// What the program printed is shown with a failure, and only there.
func TestOutputBecomesAnEntry(t *testing.T) {
	rep := report{output: []byte("==7==WARNING: reading executable name failed with errno 2\n--- PASS: TestA (0.00s)\n")}
	rep.Test, rep.Seconds, rep.Message = "TestA", 1.5, lessons.Text{EN: "no", ES: "no"}
	rep.Transcript = []wire.Entry{{Kind: wire.KindOpen}}
	got := rep.result()
	require.Equal(t, []wire.Entry{
		{Kind: wire.KindOpen},
		{At: 1.5, Conn: "output", Kind: wire.KindNote, Length: 23, Data: "--- PASS: TestA (0.00s)"},
	}, got.Transcript)
	rep.Passed = true
	require.Empty(t, rep.result().Transcript)
	require.True(t, rep.result().Message.IsZero())
}
