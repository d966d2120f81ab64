package live

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// The report searches and sorts, by the script that its own policy names.
func TestReportSearchesAndSorts(t *testing.T) {
	ctx := browser(t)
	dir := t.TempDir()
	require.NoError(t, report.Write(dir, flushClass(false), "en"))
	require.NoError(t, report.Write(dir, flushClass(true), "en")) // so that tests have become harder
	s, err := Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, s.Serve(t.Context(), classOf("ana"), dir))
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(s.URL+"report/")))

	do := func(script string) {
		t.Helper()
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(() => { "+script+"; return true; })()"))
		require.NoError(t, err)
	}
	// shown are the texts of what is there to be seen.
	shown := func(selector, want string) {
		t.Helper()
		holds(ctx, t, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter((el) => !el.closest("[hidden]")).map((el) => el.textContent).join(" ") === %q`, selector, want))
	}
	const students = ".grid tbody .name"
	sort := func(column int, want string) {
		t.Helper()
		do(fmt.Sprintf(`document.querySelectorAll(".grid thead button")[%d].click()`, column))
		shown(students, want)
	}
	shown(students, "Ana Félix Luz Óscar Zoë")
	sort(0, "Ana Félix Luz Óscar Zoë")
	sort(0, "Zoë Óscar Luz Félix Ana")
	sort(1, "Ana Zoë Félix Óscar Luz")
	sort(1, "Óscar Félix Ana Zoë Luz")
	holds(ctx, t, `document.querySelectorAll("thead th")[1].ariaSort === "ascending"`)
	sort(2, "Zoë Ana Félix Luz Óscar") // Ana's 8 are 4, for being late
	sort(2, "Luz Óscar Félix Ana Zoë")
	sort(0, "Ana Félix Luz Óscar Zoë")

	const tests, causes, names, shifts = ".hardest .from code", ".causes .n", ".hardest .names a", ".shifts code"
	for _, c := range []struct{ find, students, tests, causes, names, shifts string }{
		{"", "Ana Félix Luz Óscar Zoë", "TestFlushes TestEnds", "1 1 1", "Félix Óscar Óscar", "TestFlushes TestEnds"},
		{"FELI", "Félix", "TestFlushes", "1", "Félix", ""},
		{"no flush", "", "TestFlushes", "1 1", "Félix Óscar", ""},
		{"testends", "", "TestEnds", "1", "Óscar", "TestEnds"},
		{"flush osc", "", "TestFlushes", "1", "Óscar", ""},
		{"nobody", "", "", "", "", ""},
	} {
		do(fmt.Sprintf(`const f = document.querySelector("#find input"); f.value = %q; f.dispatchEvent(new Event("input"))`, c.find))
		shown(students, c.students)
		shown(tests, c.tests)
		shown(causes, c.causes)
		shown(names, c.names)
		shown(shifts, c.shifts)
	}
	holds(ctx, t, `document.querySelector("#find output").textContent === "0 / 5"`)
}

// flushClass is a class of five, one of whom is late. Some fail tests, or nobody does.
func flushClass(fail bool) verdict.Class {
	hub := verdict.Lesson{ID: "16-hub", Title: lessons.Text{EN: "A hub", ES: "Un hub"}, Tests: []verdict.Test{
		{Name: "TestFlushes", Points: 6, Text: lessons.Text{EN: "An event leaves at once.", ES: "Un evento sale enseguida."}},
		{Name: "TestEnds", Points: 2, Text: lessons.Text{EN: "The handler returns.", ES: "El manejador termina."}},
	}}
	one := func(id string, said ...string) verdict.Student {
		l := verdict.LessonResult{ID: hub.ID, Status: verdict.Graded}
		for i, test := range hub.Tests {
			r := verdict.TestResult{Name: test.Name, Outcome: verdict.Passed}
			if fail && i < len(said) {
				r.Outcome, r.Message = verdict.Failed, lessons.Text{EN: said[i], ES: said[i]}
			}
			l.Tests = append(l.Tests, r)
		}
		return verdict.Student{ID: id, Lessons: []verdict.LessonResult{l}}
	}
	late := one("Ana")
	late.Origin.Late = &verdict.Late{Source: verdict.FromGit, Days: 1, Percent: 50}
	return verdict.Class{Lessons: []verdict.Lesson{hub}, Students: []verdict.Student{
		late, one("Félix", "no flush"),
		{ID: "Luz", Lessons: []verdict.LessonResult{{ID: hub.ID, Status: verdict.NotSubmitted}}},
		one("Óscar", "a data race", "a data race"), one("Zoë"),
	}}
}
