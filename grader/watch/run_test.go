package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// miniature is a course with one lesson, whose test file is src.
func miniature(t *testing.T, code, tests string) (*course.Course, course.Lesson) {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "lessons", "01-one")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, text := range map[string]string{
		"go.mod":                     "module wirelab\n\ngo 1.26\n",
		"lessons/01-one/one.go":      "package one\n\n" + code,
		"lessons/01-one/one_test.go": "package one\n\nimport \"testing\"\n\n" + tests,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text), 0o644))
	}
	l := course.Lesson{Lesson: lessons.Lesson{ID: "01-one"}, Dir: dir}
	return &course.Course{Root: root, Lessons: []course.Lesson{l}}, l
}

const threeTests = `// The first.
func TestA(t *testing.T) {}

// It adds.
//
//wirelab:es Suma.
//wirelab:hint Plus?
func TestB(t *testing.T) {
	t.Run("one and one", func(t *testing.T) {
		if Add(1, 1) != 2 {
			t.Fatalf("want 2, got %d", Add(1, 1))
		}
	})
}

func TestC(t *testing.T) { t.Error("never reached while B fails") }
`

func TestRun(t *testing.T) {
	c, l := miniature(t, "func Add(a, b int) int { return 0 }\n", threeTests)
	r, err := Run(t.Context(), c, l, "en")
	require.NoError(t, err)
	require.False(t, r.Green())
	require.Equal(t, 1, r.Passed)
	require.Equal(t, 3, r.Total)
	require.Equal(t, verdict.Test{Name: "TestB/one_and_one", Text: text("It adds.", "Suma."), Hint: text("Plus?", "")}, r.Test)
	require.Equal(t, []string{"want 2, got 0", "", "one_test.go:15"}, r.Text)

	var out bytes.Buffer
	Plain(&out, l, r, "es")
	require.Contains(t, out.String(), "✘ 01-one: pasan 1 de 3 pruebas")
	require.Contains(t, out.String(), "  Suma. (TestB/one_and_one)\n\n  want 2, got 0\n")
}

func TestRunGreen(t *testing.T) {
	c, l := miniature(t, "func Add(a, b int) int { return a + b }\n", strings.ReplaceAll(threeTests, `t.Error("never reached while B fails")`, ""))
	r, err := Run(t.Context(), c, l, "en")
	require.NoError(t, err)
	require.True(t, r.Green())
	require.Equal(t, 3, r.Passed)
}

func TestRunBroken(t *testing.T) {
	for name, code := range map[string]string{
		"does not compile": "func Add(a, b int) int { return c }\n",
		"is not Go":        "func Add(\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, l := miniature(t, code, threeTests)
			r, err := Run(t.Context(), c, l, "en")
			require.NoError(t, err)
			require.True(t, r.Broken)
			require.Contains(t, strings.Join(r.Text, "\n"), "lessons/01-one/one.go:")
			require.NotContains(t, strings.Join(r.Text, "\n"), "# wirelab")
		})
	}
}

func TestRunPanics(t *testing.T) {
	c, l := miniature(t, "func Add(a, b int) int { panic(\"oh\") }\n", threeTests)
	r, err := Run(t.Context(), c, l, "en")
	require.NoError(t, err)
	require.Contains(t, r.Test.Name, "TestB")
	require.Contains(t, strings.Join(r.Text, "\n"), "panic: oh")
}

// A program that ends by itself is none that does not compile: the test that it was busy with has failed, and what was
// said last is there to be read.
func TestRunDies(t *testing.T) {
	for name, tc := range map[string]struct {
		code       string
		want, says string
	}{
		"a goroutine of its own panics": {
			`func Add(a, b int) int { c, wait := make(chan int), make(chan int); go func() { close(c); c <- a }(); <-wait; return b }`,
			"TestB/one_and_one", "panic: send on closed channel\n",
		},
		"the runtime gives up": {
			`func Add(a, b int) int { m := map[int]int{}; for range 8 { go func() { for { m[a]++ } }() }; select {} }`,
			"TestB/one_and_one", "fatal error: concurrent map",
		},
		"log.Fatal":       {"import \"log\"\n\nfunc Add(a, b int) int { log.Fatal(\"no port\"); return 0 }", "TestB/one_and_one", "no port"},
		"os.Exit":         {"import \"os\"\n\nfunc Add(a, b int) int { os.Exit(3); return 0 }", "TestB/one_and_one", "is there an os.Exit in your code?"},
		"before any test": {"var none map[string]int\n\nfunc init() { none[\"a\"] = 1 }\n\nfunc Add(a, b int) int { return 0 }", "", "panic: assignment to entry in nil map\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c, l := miniature(t, tc.code+"\n", threeTests)
			r, err := Run(t.Context(), c, l, "en")
			require.NoError(t, err)
			require.False(t, r.Green())
			require.False(t, r.Broken)
			require.True(t, r.Died)
			require.Equal(t, tc.want, r.Test.Name)
			require.Contains(t, strings.Join(r.Text, "\n"), tc.says)
			require.NotContains(t, strings.Join(r.Text, "\n"), "FAIL")

			var out bytes.Buffer
			Plain(&out, l, r, "es")
			require.NotContains(t, out.String(), "compila")
			if tc.want != "" {
				require.Contains(t, out.String(), "  Suma. (TestB/one_and_one)\n\n  The whole program ended during this test")
				require.Equal(t, 1, r.Passed)
				return
			}
			require.Contains(t, out.String(), "  El programa terminó antes que sus pruebas\n")
		})
	}
}

// Of a test that hangs one sees where, and not every goroutine that there is.
func TestParseHangs(t *testing.T) {
	var out []byte
	for _, e := range []event{
		{Action: "start"},
		{Action: "run", Test: "TestA"},
		{Action: "output", Test: "TestA", Output: "=== RUN   TestA\n"},
		{Action: "output", Test: "TestA", Output: "panic: test timed out after 1m0s\n"},
		{Action: "output", Test: "TestA", Output: "\trunning tests:\n"},
		{Action: "output", Test: "TestA", Output: "\t\tTestA (1m0s)\n"},
		{Action: "output", Test: "TestA", Output: "\n"},
		{Action: "output", Test: "TestA", Output: "goroutine 8 [running]:\n"},
		{Action: "output", Test: "TestA", Output: "testing.(*M).startAlarm.func1()\n"},
		{Action: "output", Test: "TestA", Output: "\n"},
		{Action: "output", Test: "TestA", Output: "goroutine 9 [chan receive]:\n"},
		{Action: "output", Test: "TestA", Output: "wirelab/lessons/16-hub.Join(...)\n"},
		{Action: "output", Test: "TestA", Output: "\t/home/ana/wirelab/lessons/16-hub/hub.go:7\n"},
		{Action: "output", Output: "FAIL\twirelab/lessons/16-hub\t60.008s\n"},
		{Action: "fail"},
	} {
		line, err := json.Marshal(e)
		require.NoError(t, err)
		out = append(append(out, line...), '\n')
	}
	r := parse(out, []verdict.Test{{Name: "TestA"}}, words{"es"})
	require.True(t, r.Died)
	require.Equal(t, "TestA", r.Test.Name)
	require.Equal(t, []string{
		"Esta prueba no había terminado después de 1m0s: algo en ella espera lo que nunca llega. Espera aquí:",
		"",
		"panic: test timed out after 1m0s",
		"    running tests:",
		"        TestA (1m0s)",
		"",
		"goroutine 9 [chan receive]:",
		"wirelab/lessons/16-hub.Join(...)",
		"    /home/ana/wirelab/lessons/16-hub/hub.go:7",
	}, r.Text)
}

// Whatever hangs ends with the run, and does not keep a core busy behind somebody's back.
func TestRunEndsWithItsContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	t.Setenv("WIRELAB_TEST_DIAL", ln.Addr().String())
	c, l := miniature(t, "import (\n\t\"net\"\n\t\"os\"\n)\n\nfunc Dial() (net.Conn, error) { return net.Dial(\"tcp\", os.Getenv(\"WIRELAB_TEST_DIAL\")) }\n", `func TestHangs(t *testing.T) {
	if _, err := Dial(); err != nil {
		t.Fatal(err)
	}
	for {
	}
}
`)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, c, l, "en")
		ended <- err
	}()
	conn, err := ln.Accept()
	require.NoError(t, err)
	defer conn.Close()
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(30*time.Second)))
	_, err = conn.Read(make([]byte, 1))
	var late net.Error
	require.False(t, errors.As(err, &late) && late.Timeout(), "its process goes on")
}

func TestReadable(t *testing.T) {
	require.Equal(t, []string{
		"Begin here: write Live, in firstsse.go.",
		"",
		"Not equal:",
		"expected: 200",
		"actual  : 501",
		"",
		"On the wire:",
		"  0.001s request",
		"",
		"firstsse_test.go:29",
	}, readable(strings.Split(strings.TrimPrefix(`
=== RUN   TestOpens
    firstsse_test.go:29: 
        	Error Trace:	/x/lessons/01-first-sse/firstsse_test.go:29
        	            				/x/other_test.go:3
        	Error:      	Not equal: 
        	            	expected: 200
        	            	actual  : 501
        	Test:       	TestOpens
        	Messages:   	Begin here: write Live, in firstsse.go.
    On the wire:
      0.001s request
--- FAIL: TestOpens (0.00s)
`, "\n"), "\n")))
}

func TestRender(t *testing.T) {
	require.Equal(t, []string{
		"The idea", "", "A long paragraph that goes", "on (https://x.example) and", "ends.", "",
		"- an item that is longer", "  than the line", "1. two", "", "  a := 1", "", "[picture: drawn]", "", "  | a | b |",
	}, render("## The idea\n\nA long paragraph\nthat goes [on](https://x.example) and **ends**.\n\n- an item that is\n  longer than the line\n1. two\n\n```go\na := 1\n```\n\n![drawn](x.svg)\n\n| a | b |", 27, false, words{"en"}))
}

func TestRenderKeepsTheAnswersOfQuizzes(t *testing.T) {
	require.Equal(t, []string{"[a question: the site asks it, go run ./site]", "", "after"},
		render("```quiz\nWhich?\n\n- [x] this\n```\n\nafter", 80, false, words{"en"}))
}

func TestLinesGoOnByThemselves(t *testing.T) {
	d := newDesk(t, "en")
	d.session.Touched = func(course.Lesson) bool { return true }
	changed := make(chan struct{})
	out := &screen{grew: make(chan struct{}, 1)}
	ended := make(chan error, 1)
	results := make(chan map[string]Result, 1)
	now := d.results
	d.session.Run = func(_ context.Context, l course.Lesson) (Result, error) {
		select {
		case now = <-results:
		default:
		}
		return now[l.ID], nil
	}
	go func() { ended <- d.session.Lines(t.Context(), out, changed) }()
	out.shows(t, "✔ 01-one: 3 of 3 tests pass")
	out.shows(t, "✘ 02-two: 1 of 3 tests pass")
	out.shows(t, "hint: Who writes?")
	out.shows(t, "· runs again when you save")
	results <- map[string]Result{"01-one": passed(), "02-two": passed(), "03-three": passed()}
	changed <- struct{}{}
	require.NoError(t, <-ended)
	require.Contains(t, out.String(), "✔ 03-three")
	assert.Equal(t, 1, strings.Count(out.String(), "✔ 01-one"), "what is known is not said again")
}
