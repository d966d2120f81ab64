package watch

import (
	"context"
	"errors"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"wirelab/grader/course"
)

// state is what is known of a lesson.
type state int

const (
	untouched state = iota
	begun           // somebody works on it
	passing         // its visible tests pass
)

// page is what is on the screen.
type page int

const (
	tests page = iota
	notes
	list
)

// model is the interface in a terminal. It changes with messages only: keys, results, files that were saved.
type model struct {
	ctx     context.Context
	session *Session
	words   words

	states  []state // of the course's lessons
	at      int     // the lesson in front
	result  *Result // of it; nil until there is one
	running bool    // its tests, or at first those of the lessons before it
	stop    func()  // ends that run
	again   bool    // what it says is out of date
	looking bool    // for the first lesson that is not green, until somebody looks at something else

	page   page
	hint   bool // shown
	scroll int  // lines above the screen
	cursor int  // in the list
	err    error

	width, height int
}

// Messages that are not keys.
type (
	savedMsg  struct{}
	resultMsg struct {
		at     int // lesson
		result Result
		err    error
	}
)

func newModel(ctx context.Context, s *Session) *model {
	m := &model{ctx: ctx, session: s, words: words{s.Lang}, states: make([]state, len(s.Course.Lessons)), width: 80, height: 24}
	for i, l := range s.Course.Lessons {
		m.states[i] = untouched
		if s.Touched(l) {
			m.states[i] = begun
		}
	}
	return m
}

// Init looks for the lesson to begin with.
func (m *model) Init() tea.Cmd {
	m.looking = true
	return m.run()
}

func (m *model) lesson() course.Lesson { return m.session.Course.Lessons[m.at] }

// run runs the tests of the lesson in front.
func (m *model) run() tea.Cmd {
	m.running, m.again = true, false
	ctx, stop := context.WithCancel(m.ctx)
	m.stop = stop
	at, l := m.at, m.lesson()
	return func() tea.Msg {
		defer stop()
		r, err := m.session.Run(ctx, l)
		return resultMsg{at, r, err}
	}
}

// rerun runs the tests of the lesson in front as soon as those that run have ended: at once, even if one of them
// hangs, for what was saved may be what mends it.
func (m *model) rerun() tea.Cmd {
	if !m.running {
		return m.run()
	}
	m.again = true
	m.stop()
	return nil
}

// Update takes one message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case savedMsg:
		return m, m.rerun()
	case resultMsg:
		return m, m.took(msg)
	case tea.KeyMsg:
		return m, m.key(msg.String())
	}
	return m, nil
}

// took takes a result in.
func (m *model) took(msg resultMsg) tea.Cmd {
	m.running = false
	if m.again && errors.Is(msg.err, context.Canceled) && m.ctx.Err() == nil {
		return m.run()
	}
	if msg.err != nil {
		if !errors.Is(msg.err, context.Canceled) {
			m.err = msg.err
		}
		return tea.Quit
	}
	switch l := m.session.Course.Lessons[msg.at]; {
	case msg.result.Green():
		m.states[msg.at] = passing
	case m.session.Touched(l):
		m.states[msg.at] = begun
	default:
		m.states[msg.at] = untouched
	}
	if msg.at != m.at { // somebody has gone on meanwhile
		return m.run()
	}
	before := m.result
	m.result = &msg.result
	if m.page == tests {
		m.scroll = 0
	}
	if before == nil || before.Test.Name != msg.result.Test.Name {
		m.hint = false // that was for another failure
	}
	next := m.next()
	switch {
	case m.looking && msg.result.Green() && next >= 0:
		return m.open(next)
	case m.again:
		return m.run()
	}
	m.looking = false
	return nil
}

// next is the first lesson that is not green, beginning with the one after that in front; -1 if all are green.
func (m *model) next() int {
	for i := range m.states {
		if at := (m.at + 1 + i) % len(m.states); m.states[at] != passing {
			return at
		}
	}
	return -1
}

// open brings a lesson to the front and runs its tests. While others run, it waits for them: see took.
func (m *model) open(at int) tea.Cmd {
	m.at, m.result, m.page, m.scroll, m.hint = at, nil, tests, 0, false
	return m.rerun()
}

// key does what a key stands for.
func (m *model) key(key string) tea.Cmd {
	switch key {
	case "ctrl+c", "q":
		return tea.Quit
	case "esc":
		m.show(tests)
	case "n":
		m.looking = false
		m.show(notes)
		if m.page == notes {
			m.scroll = m.readOn()
		}
	case "l":
		m.looking = false
		m.cursor = m.at
		m.show(list)
	case "h":
		m.page, m.hint = tests, !m.hint
		m.scroll = 0
	case "r":
		if !m.running {
			return m.run()
		}
	case "up", "k":
		m.move(-1)
	case "down", "j":
		m.move(1)
	case "pgup", "b":
		m.move(-m.room())
	case "pgdown", " ":
		m.move(m.room())
	case "enter":
		return m.enter()
	}
	return nil
}

// show opens a page, or closes it if it is open.
func (m *model) show(p page) {
	if m.page == p {
		p = tests
	}
	m.page, m.scroll = p, 0
}

// readOn is the line of the notes with the heading that the failure names; 0 if it names none.
func (m *model) readOn() int {
	if m.result == nil {
		return 0
	}
	heading := m.result.heading()
	return max(0, slices.IndexFunc(m.body(), func(line string) bool { return heading != "" && ansi.Strip(line) == heading }))
}

func (m *model) enter() tea.Cmd {
	m.looking = false
	if m.page == list {
		return m.open(m.cursor)
	}
	if next := m.next(); m.page == tests && m.result != nil && m.result.Green() && next >= 0 {
		return m.open(next)
	}
	return nil
}

// move scrolls, or moves the cursor of the list.
func (m *model) move(by int) {
	if m.page == list {
		m.cursor = max(0, min(m.cursor+by, len(m.states)-1))
		return
	}
	m.scroll = max(0, min(m.scroll+by, len(m.body())-m.room()))
}
