package live

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// browser starts one, or says why there is none: without it this tells nothing, which a pipeline must not take for
// green.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const missing = "no browser: install chromium (Debian: apt install chromium) to see what the page of batch --live does"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 900), chromedp.Flag("lang", "en"), chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx)) // the browser lives as long as this context, so it has no limit
	ctx, cancel = context.WithTimeout(ctx, 100*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// holds waits until an expression of JavaScript is true.
func holds(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void]("!!("+expression+")", chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(60*time.Second)))
	if err != nil {
		page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 2000)`))
		require.NoError(t, err, "%s\n%s", expression, page)
	}
}

// The grid colours in while a batch goes on, comes back by itself when the connection breaks, and leads to the report.
func TestGridColoursIn(t *testing.T) {
	ctx := browser(t)
	const hostile = `<img src=x onerror="document.title='owned'">`
	hub := verdict.Lesson{ID: "16-hub", Title: lessons.Text{EN: "A hub", ES: "Un hub"}, Tests: []verdict.Test{{Name: "TestA", Points: 4}}}
	dir := t.TempDir()
	s, err := Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	b := NewBoard([]verdict.Lesson{hub}, []string{"ana", hostile, "luz"}, "en")
	require.NoError(t, s.Serve(t.Context(), b, dir))
	t.Cleanup(func() { assert.NoError(t, s.Close()) })

	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(s.URL)))
	holds(ctx, t, `document.querySelectorAll("td.waiting").length === 3`)
	b.Begin(3, 3, 0)
	b.Tests(1)
	b.Student(passed("ana"))
	holds(ctx, t, `document.querySelectorAll("td.s5").length === 1 && document.querySelectorAll("td.waiting").length === 2`)
	holds(ctx, t, `document.getElementById("students").textContent === "1 / 3" && document.getElementById("bar").value === 1`)

	b.mu.Lock()
	for v := range b.viewers { // as if it had been too slow
		b.drop(v)
	}
	b.mu.Unlock()
	b.Tests(1) // while nobody listens
	b.Student(verdict.Student{ID: hostile, Lessons: []verdict.LessonResult{{ID: "16-hub", Status: verdict.Crashed}}})
	holds(ctx, t, `document.querySelector("td.crashed")?.textContent === "crashed"`)
	holds(ctx, t, `document.getElementById("state").textContent === "Live"`)

	require.NoError(t, report.Write(dir, verdict.Class{Lessons: []verdict.Lesson{hub}, Students: []verdict.Student{passed("Ana")}}, "en"))
	b.Tests(1)
	b.Student(passed("luz"))
	b.Done()
	holds(ctx, t, `document.querySelectorAll("td.waiting").length === 0 && !document.getElementById("report").hidden`)
	title, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.title`))
	require.NoError(t, err)
	assert.Equal(t, "The class, being graded · Wirelab", title, "a student's name is no page")
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(s.URL+"report/")))
	holds(ctx, t, `document.querySelector(".grid tbody .name").textContent === "Ana"`)
}
