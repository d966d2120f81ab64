package report

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

// only is the made-up class with one student, and of the lessons only those given.
func only(student string, ids ...string) verdict.Class {
	c := madeUp()
	one := verdict.Class{}
	for _, id := range ids {
		for _, l := range c.Lessons {
			if l.ID == id {
				one.Lessons = append(one.Lessons, l)
			}
		}
	}
	for _, s := range c.Students {
		if strings.HasPrefix(s.ID, student) {
			one.Students = append(one.Students, s)
		}
	}
	return one
}

func TestTerminal(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Terminal(&b, only("bruno", "10-echo"), Style{Lang: "en", Width: 80}))
	assert.Equal(t, strings.TrimPrefix(`

10-echo  Echo                                                      2 of 4 points

  ✔ TestText                                                                   1
  ✔ TestBinary                                                                 1
  ✘ TestCloseCode                                                            0/2

✘ The server answers a close frame with the same code.
  TestCloseCode · 0.021 s

  expected  close 1001 in answer to close 1001
  got       the connection ended without a close frame

  On the wire: ↑ sent by the test, ↓ sent by your program
  0.001 ws1 ↑ request                    GET /ws HTTP/1.1 · Upgrade: websocket …
  0.002 ws1 ↓ response                   HTTP/1.1 101 Switching Protocols · Upg…
  0.002 ws1 ↑ close 1001 going away 9 B  the end
▶ 0.020 ws1 ↓ end                        reset by peer

  Hint: What does ReadMessage return when the peer closes?
`, "\n"), b.String())
}

func TestTerminalSaysWhatToDoNext(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Terminal(&b, only("carla", "10-echo"), Style{Lang: "es", Width: 80}))
	assert.Contains(t, b.String(), "≠ no compila\n\n  echo.go:31:9: undefined: upgrader\n")
	assert.Contains(t, b.String(), "go vet")
	assert.Contains(t, b.String(), "· subject.go estaba cambiado")
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTerminalKeepsToItsWidthAndIsSafe(t *testing.T) {
	for _, width := range []int{40, 60, 80, 132} {
		for _, lang := range []string{"en", "es"} {
			c := madeUp()
			var plain, color strings.Builder
			require.NoError(t, Terminal(&plain, c, Style{Lang: lang, Width: width}))
			require.NoError(t, Summary(&plain, c, "out", Style{Lang: lang, Width: width}))
			require.NoError(t, Terminal(&color, c, Style{Lang: lang, Width: width, Color: true}))
			require.NoError(t, Summary(&color, c, "out", Style{Lang: lang, Width: width, Color: true}))
			assert.NotRegexp(t, "[\x00-\x09\x0b-\x1f\x7f-\u009f\u202a-\u202e]", plain.String())
			uncolored := strings.Split(ansi.ReplaceAllString(color.String(), ""), "\n")
			for i, line := range strings.Split(plain.String(), "\n") {
				assert.Equal(t, line, strings.TrimRight(uncolored[i], " "), "colour changes nothing else")
				if !strings.HasPrefix(line, "out"+string(filepath.Separator)) {
					assert.LessOrEqual(t, runewidth.StringWidth(line), width, line)
				}
			}
		}
	}
}

func TestTerminalShowsWhereItBrokeHoweverLongAgo(t *testing.T) {
	c := only("bruno", "16-hub")
	entries := stalled().Transcript
	entries[1].Wrong, entries[11].Wrong = true, false
	entries = append(entries, entries[4:11]...)
	for i, r := range c.Students[0].Lessons[2].Tests {
		if r.Name == "TestSlowReaderDoesNotStall" {
			c.Students[0].Lessons[2].Tests[i].Transcript = entries
		}
	}
	var b strings.Builder
	require.NoError(t, Terminal(&b, c, Style{Lang: "en"}))
	assert.Contains(t, b.String(), "the last 12 of 19 lines")
	assert.Contains(t, b.String(), "▶  0.001 luz")
}

func TestSummary(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Summary(&b, madeUp(), "out", Style{Lang: "en", Width: 80}))
	assert.Contains(t, b.String(), `
student                       01-first-sse  10-echo  16-hub  total
`)
	assert.Contains(t, b.String(), `
diego                                    6        ⊘       –   6/19
`)
	assert.Contains(t, b.String(), "5 lessons not graded")
	assert.Contains(t, b.String(), filepath.Join("out", "gradebook.csv")+"  the gradebook, for a spreadsheet\n")
}

func TestSummaryOfManyStaysShort(t *testing.T) {
	var c verdict.Class
	for i := range 24 {
		c.Lessons = append(c.Lessons, verdict.Lesson{ID: fmt.Sprintf("%02d-lesson", i+1)})
	}
	for i := range 300 {
		c.Students = append(c.Students, verdict.Student{ID: fmt.Sprintf("student-%03d", i)})
	}
	var wide, narrow strings.Builder
	require.NoError(t, Summary(&wide, c, "out", Style{Lang: "en", Width: 160}))
	require.NoError(t, Summary(&narrow, c, "out", Style{Lang: "en", Width: 80}))
	assert.Contains(t, wide.String(), "   22   23   24  total\n")
	assert.Contains(t, narrow.String(), "student      total\n")
	assert.Contains(t, narrow.String(), "… and 260 more, in "+filepath.Join("out", "gradebook.csv")+"\n")
	assert.Less(t, strings.Count(narrow.String(), "\n"), 60)
}
