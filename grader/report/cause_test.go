package report

import (
	"fmt"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

func TestSteady(t *testing.T) {
	for line, want := range map[string]string{
		`an event with data "w-43a3ee07b279" on ana`:  `an event with data "…" on ana`,
		`text "say \"hi\" w-1"… (32782 bytes) on ana`: `text "…" on ana`,
		`200 OK`:                                             `200 OK`,
		`close 1009 on one frame`:                            `close 1009 on one frame`,
		`nothing within 10s`:                                 `nothing within 10s`,
		`GET /members to answer 9`:                           `GET /members to answer …`,
		`0: the subject has closed a connection`:             `…: the subject has closed a connection`,
		`a frame that announces 562949953421312 bytes`:       `a frame that announces … bytes`,
		`a request to 127.0.0.1:41873`:                       `a request to …`,
		`PUBSUB NUMSUB room:w-532a4699c9a0 to count 2`:       `PUBSUB NUMSUB room:w-… to count …`,
		`037fa213d0 once more`:                               `… once more`,
		`Write at 0x00c000124030 by goroutine 19`:            `Write at … by goroutine …`,
		`at lessons/10-echo/echo.go:56 in 10-echo.write`:     `at lessons/10-echo/echo.go in 10-echo.write`,
		`it took 1.732s`:                                     `it took …`,
		`header Content-Type: text/event-stream of HTTP/1.1`: `header Content-Type: text/event-stream of HTTP/1.1`,
		`a decade, defaced`:                                  `a decade, defaced`,
	} {
		assert.Equal(t, want, steady(line))
	}
}

// Two who fail one test for one cause stand together, whatever payload they got; another cause stands apart.
func TestFailuresAreGroupedByCause(t *testing.T) {
	l := madeUpLessons()[0]
	class := verdict.Class{Lessons: []verdict.Lesson{l}}
	for i, message := range []string{
		"expected  an event with data \"w-3f9a01\" on the stream\ngot       nothing within 10s",
		"expected  status 200 OK\ngot       501 Not Implemented",
		"expected  an event with data \"w-77aa02\" on the stream\ngot       nothing within 10s",
		"expected  an event with data \"w-0a0b0c\" on the stream\ngot       nothing within 10s",
		"expected  status 200 OK\ngot       500 Internal Server Error",
	} {
		res := verdict.TestResult{Name: "TestFlushes", Outcome: verdict.Failed, Message: text(message, message)}
		class.Students = append(class.Students, verdict.Student{ID: fmt.Sprintf("s%d", i), Lessons: []verdict.LessonResult{graded(l, res)}})
	}
	dir := t.TempDir()
	require.NoError(t, Write(dir, class, "en"))
	doc := page(t, dir, "index.html")
	assert.Equal(t, []string{
		"3 expected an event with data \"…\" on the stream got nothing within 10s",
		"1 expected status 200 OK got 501 Not Implemented",
		"1 expected status 200 OK got 500 Internal Server Error",
	}, all(doc, ".causes summary"))
	who := cascadia.QueryAll(doc, cascadia.MustCompile(".causes > li:first-child .names a"))
	require.Len(t, who, 3)
	assert.Equal(t, "students/s2.html#01-first-sse.TestFlushes", attr(who[1], "href"))
}

func TestNamesOfACauseAreBounded(t *testing.T) {
	found := causes(make([]failed, maxNames+7))
	require.Len(t, found, 1)
	assert.Len(t, found[0].Who, maxNames)
	assert.Equal(t, 7, found[0].More)
	assert.Equal(t, maxNames+7, found[0].N)
}

func TestTestsBeyondTheFirstAreFolded(t *testing.T) {
	l := verdict.Lesson{ID: "16-hub"}
	res := verdict.LessonResult{ID: l.ID, Status: verdict.Graded}
	for i := range shownTests + 3 {
		name := fmt.Sprintf("Test%02d", i)
		l.Tests = append(l.Tests, test(name, 1, text("x", "x"), text("", "")))
		res.Tests = append(res.Tests, verdict.TestResult{Name: name, Outcome: verdict.Failed})
	}
	dir := t.TempDir()
	require.NoError(t, Write(dir, verdict.Class{Lessons: []verdict.Lesson{l}, Students: []verdict.Student{{ID: "ana", Lessons: []verdict.LessonResult{res}}}}, "en"))
	doc := page(t, dir, "index.html")
	assert.Equal(t, []string{"3 more tests that failed"}, all(doc, ".others > summary"))
	assert.Len(t, all(doc, ".others .hardest > li"), 3)
}
