package watch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

func text(en, es string) lessons.Text { return lessons.Text{EN: en, ES: es} }

func failing(name string) Result {
	return Result{Passed: 1, Total: 3, Test: verdict.Test{
		Name: name, Text: text("Two of them hear it.", "Dos lo oyen."), Hint: text("Who writes?", "¿Quién escribe?"),
	}, Text: []string{"want 2, got 1", "", "   0.002s  ws1      ↑ text              4  \"hola\""}}
}

func passed() Result { return Result{Passed: 3, Total: 3} }

// desk is a session in which results are what the test says.
type desk struct {
	*model
	results map[string]Result // by lesson
}

func newDesk(t *testing.T, lang string) *desk {
	t.Helper()
	d := &desk{results: map[string]Result{"01-one": passed(), "02-two": failing("TestB"), "03-three": failing("TestC")}}
	c := &course.Course{}
	for _, id := range []string{"01-one", "02-two", "03-three"} {
		c.Lessons = append(c.Lessons, course.Lesson{Lesson: lessons.Lesson{
			ID: id, Title: text("The title", "El título"), Notes: text("## The idea\n\nOne **bold** word.\n\n```go\nx := 1\n```\n", "## La idea\n"),
		}})
	}
	d.model = newModel(t.Context(), &Session{
		Course: c, Lang: lang,
		Run:     func(_ context.Context, l course.Lesson) (Result, error) { return d.results[l.ID], nil },
		Touched: func(l course.Lesson) bool { return l.ID != "03-three" },
	})
	d.do(d.Init())
	return d
}

// do runs a command, and those that follow from it.
func (d *desk) do(cmd tea.Cmd) {
	for cmd != nil {
		_, cmd = d.Update(cmd())
	}
}

func (d *desk) press(keys ...string) {
	for _, key := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)}
		switch key {
		case "enter":
			msg = tea.KeyMsg{Type: tea.KeyEnter}
		case "esc":
			msg = tea.KeyMsg{Type: tea.KeyEsc}
		case "down":
			msg = tea.KeyMsg{Type: tea.KeyDown}
		}
		_, cmd := d.Update(msg)
		d.do(cmd)
	}
}

func (d *desk) save() {
	_, cmd := d.Update(savedMsg{})
	d.do(cmd)
}

func TestOpensTheFirstLessonThatIsNotGreen(t *testing.T) {
	d := newDesk(t, "en")
	view := d.View()
	assert.Contains(t, view, "02-two  The title")
	assert.Contains(t, view, "1/3")
	assert.Contains(t, view, "1 of 3 tests pass")
	assert.Contains(t, view, "✘ Two of them hear it. (TestB)")
	assert.Contains(t, view, "want 2, got 1")
	assert.Contains(t, view, `↑ text              4  "hola"`)
	assert.NotContains(t, view, "Who writes?")
	assert.NotContains(t, view, "enter")
}

func TestHint(t *testing.T) {
	d := newDesk(t, "es")
	d.press("h")
	assert.Contains(t, d.View(), "pista: ¿Quién escribe?")
	d.press("h")
	assert.NotContains(t, d.View(), "¿Quién escribe?")

	d.press("h")
	d.results["02-two"] = Result{Total: 3, Test: verdict.Test{Name: "TestOther"}}
	d.save()
	assert.NotContains(t, d.View(), "pista:", "another failure has another hint, and it was not asked for")
	d.press("h")
	assert.Contains(t, d.View(), "para esta no hay pista")
}

func TestTurnsGreenAndGoesOn(t *testing.T) {
	d := newDesk(t, "en")
	d.results["02-two"] = passed()
	d.save()
	view := d.View()
	assert.Contains(t, view, "✔ 3 of 3 tests pass")
	assert.Contains(t, view, "2/3")
	assert.Contains(t, view, "enter goes on to 03-three")

	d.press("enter")
	assert.Contains(t, d.View(), "✘ Two of them hear it. (TestC)")
	d.results["03-three"] = passed()
	d.save()
	assert.Contains(t, d.View(), "Every lesson is green.")
	d.press("enter")
	assert.Contains(t, d.View(), "03-three", "there is nowhere to go")
}

func TestDoesNotCompile(t *testing.T) {
	d := newDesk(t, "es")
	d.results["02-two"] = Result{Broken: true, Total: 3, Text: []string{"lessons/02-two/two.go:7:2: undefined: x"}}
	d.save()
	assert.Contains(t, d.View(), "✘ No compila")
	assert.Contains(t, d.View(), "two.go:7:2: undefined: x")
}

func TestNotes(t *testing.T) {
	d := newDesk(t, "en")
	d.press("n")
	assert.Contains(t, d.View(), "The idea")
	assert.Contains(t, d.View(), "One bold word.")
	assert.NotContains(t, d.View(), "want 2")
	d.press("esc")
	assert.Contains(t, d.View(), "want 2")
}

// The notes open where the failure says.
func TestNotesOpenWhereToRead(t *testing.T) {
	d := newDesk(t, "es")
	d.session.Course.Lessons[1].Notes = text("", "## La idea\n\nprimero\n"+strings.Repeat("\nlínea\n", 50)+"\n## El \"API\"\n\nsegundo\n"+strings.Repeat("\nlínea\n", 50))
	d.press("n")
	assert.Contains(t, d.View(), "primero")
	failure := failing("TestB")
	failure.Text = append(failure.Text, `Para leer: "El \"API\"" en lessons/02-two/README.es.md.`)
	d.results["02-two"] = failure
	d.press("esc")
	d.save()
	d.press("n")
	assert.Contains(t, d.View(), "segundo")
	assert.NotContains(t, d.View(), "primero")
	d.press("n", "n")
	assert.Contains(t, d.View(), "segundo", "and again, each time")
}

func TestListOpensALesson(t *testing.T) {
	d := newDesk(t, "en")
	d.press("l")
	assert.Contains(t, d.View(), "  ✔ 01-one")
	assert.Contains(t, d.View(), "▸ ● 02-two")
	assert.Contains(t, d.View(), "  · 03-three")
	assert.Contains(t, d.View(), "1 of 3 lessons are green")
	d.press("down", "down", "enter")
	assert.Contains(t, d.View(), "(TestC)")
}

// While it looks for the first lesson that is not green, whoever chooses another page or lesson stays there.
func TestLookingEndsWithAChoice(t *testing.T) {
	for name, tc := range map[string]struct {
		keys  []string
		shows string
	}{
		"a green lesson": {[]string{"l", "enter"}, "✔ 3 of 3 tests pass"},
		"the notes":      {[]string{"n"}, "One bold word."},
		"the list":       {[]string{"l"}, "▸ ✔ 01-one"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "en")
			d.model = newModel(t.Context(), d.session)
			first := d.Init()
			d.press(tc.keys...)
			d.do(first)
			assert.Contains(t, d.View(), "01-one")
			assert.Contains(t, d.View(), tc.shows)
		})
	}
}

// Whatever is saved while tests run is not forgotten, and what was asked for meanwhile comes.
func TestSavesWhileItRuns(t *testing.T) {
	d := newDesk(t, "en")
	d.Update(savedMsg{}) // and it takes a while
	_, none := d.Update(savedMsg{})
	require.Nil(t, none, "one run at a time")
	d.results["02-two"] = passed()
	_, cmd := d.Update(resultMsg{at: 1, result: failing("TestB")})
	require.NotNil(t, cmd)
	d.do(cmd)
	assert.Contains(t, d.View(), "✔ 3 of 3")

	_, slow := d.Update(savedMsg{})
	d.press("enter") // while it runs
	assert.Contains(t, d.View(), "03-three")
	d.do(slow)
	assert.Contains(t, d.View(), "(TestC)")
}

// A test that hangs does not keep anybody from what they have saved since, or from another lesson.
func TestARunOutOfDateIsEnded(t *testing.T) {
	for name, then := range map[string]func(*desk){
		"a save":             func(d *desk) { d.Update(savedMsg{}) },
		"another lesson":     func(d *desk) { d.press("l", "down", "enter") },
		"the same once more": func(d *desk) { d.press("l", "enter") },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "en")
			hangs := true
			d.session.Run = func(ctx context.Context, _ course.Lesson) (Result, error) {
				if !hangs {
					return passed(), nil
				}
				select {
				case <-ctx.Done():
					return Result{}, ctx.Err()
				case <-time.After(20 * time.Second):
					return failing("TestHangs"), nil
				}
			}
			_, run := d.Update(savedMsg{})
			then(d)
			ended := run()
			hangs = false
			_, cmd := d.Update(ended)
			d.do(cmd)
			assert.NoError(t, d.err)
			assert.Contains(t, d.View(), "✔ 3 of 3")
		})
	}
}

// The screen is never larger than the terminal, in any size, and long text can be reached.
func TestFitsAnyTerminal(t *testing.T) {
	d := newDesk(t, "en")
	long := failing("TestB")
	for range 50 {
		long.Text = append(long.Text, strings.Repeat("many words ", 20))
	}
	long.Text = append(long.Text, "the last line")
	d.results["02-two"] = long
	d.save()
	for _, size := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 20, Height: 5}, {Width: 80, Height: 24}, {Width: 300, Height: 90}} {
		d.Update(size)
		for _, key := range []string{"l", "n", "h", "esc"} {
			d.press(key)
			lines := strings.Split(d.View(), "\n")
			assert.LessOrEqual(t, len(lines), size.Height)
			for _, line := range lines {
				assert.LessOrEqual(t, len([]rune(line)), size.Width, line)
			}
		}
	}
	d.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	assert.NotContains(t, d.View(), "the last line")
	for range 30 {
		d.press(" ")
	}
	assert.Contains(t, d.View(), "the last line")
}

func TestAFailureToRunEndsIt(t *testing.T) {
	d := newDesk(t, "en")
	_, cmd := d.Update(resultMsg{at: 1, err: errors.New("no go command")})
	require.Equal(t, tea.Quit(), cmd())
	require.EqualError(t, d.err, "no go command")
}

// screen is a terminal's output that a test can wait for.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.grew <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) shows(t *testing.T, want string) {
	t.Helper()
	for bound := time.After(20 * time.Second); !strings.Contains(s.String(), want); {
		select {
		case <-s.grew:
		case <-bound:
			require.FailNow(t, "never shown", "%q in %q", want, s.String())
		}
	}
}

// The whole program, from keys to the terminal's own codes: what is pressed and saved shows, and in the end the
// terminal is as it was.
func TestInATerminal(t *testing.T) {
	d := newDesk(t, "en")
	keys, keyboard := io.Pipe()
	out := &screen{grew: make(chan struct{}, 1)}
	changed := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- d.session.Terminal(t.Context(), keys, out, changed) }()
	press := func(key string) {
		_, err := keyboard.Write([]byte(key))
		require.NoError(t, err)
	}
	out.shows(t, "\x1b[?1049h") // a screen of its own
	out.shows(t, "Two of them hear it.")
	press("h")
	out.shows(t, "Who writes?")
	changed <- struct{}{}
	press("n")
	out.shows(t, "One bold word.")
	press("q")
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		require.FailNow(t, "q does not end it")
	}
	require.Contains(t, out.String(), "\x1b[?1049l")
	require.Contains(t, out.String(), "\x1b[?25h", "the cursor is back")
}
