package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// Bounds. An event of a class of hundreds has some hundred bytes.
const (
	maxLog     = 1024 // events that are kept for who comes back
	maxQueue   = 256  // events that may wait for one viewer
	maxViewers = 64
)

// A Board is what viewers see of a batch. It implements [wirelab/grader/pipeline.Progress], and may be used by many
// goroutines.
type Board struct {
	epoch  string // tells this batch from another that was served at the same address
	lang   string
	titles []verdict.Lesson
	now    func() time.Time

	mu       sync.Mutex
	snapshot Snapshot
	begun    time.Time
	known    int // tests that needed no run
	log      []event
	next     int // number of the next event
	viewers  map[*viewer]bool
}

// A Snapshot is all that is the case.
type Snapshot struct {
	Lessons []Head `json:"lessons"`
	Rows    []Row  `json:"rows"` // of everybody, in the order of the report
	Count   Count  `json:"count"`
	Done    bool   `json:"done"`
}

// A Head is a column.
type Head struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Points int    `json:"points"`
}

// A Row is a student.
type Row struct {
	ID    string `json:"id"`
	Score int    `json:"score"`
	Cells []Cell `json:"cells"` // one for each lesson; none until the student is done
}

// A Cell is what became of a lesson.
type Cell struct {
	Status verdict.Status `json:"status"`
	Name   string         `json:"name"` // of the status, for people
	Score  int            `json:"score"`
	Level  string         `json:"level"` // "s0" to "s5", as in the report
}

// A Count says how far a batch is.
type Count struct {
	Students int `json:"students"` // of everybody, those who are done
	Of       int `json:"of"`
	Tests    int `json:"tests"` // of all, those that have ended
	OfTests  int `json:"of_tests"`
	Left     int `json:"left"` // seconds that it may take from now; -1 where nobody can tell yet
}

type event struct {
	n    int
	kind string
	data []byte
}

// A viewer is somebody who looks. Its queue is closed when it is dropped.
type viewer struct{ queue chan event }

// NewBoard returns the board of a class of students, by ID, in the order of the report, who are graded in these lessons. Texts are
// in lang ("en" or "es").
func NewBoard(graded []verdict.Lesson, students []string, lang string) *Board {
	b := &Board{
		epoch: strconv.FormatInt(time.Now().UnixNano(), 36), lang: lang, titles: graded, now: time.Now,
		snapshot: Snapshot{Lessons: []Head{}, Rows: []Row{}, Count: Count{Of: len(students), Left: -1}},
		next:     1, viewers: map[*viewer]bool{},
	}
	for _, l := range graded {
		b.snapshot.Lessons = append(b.snapshot.Lessons, Head{ID: l.ID, Title: l.Title.In(lang), Points: l.Points()})
	}
	for _, id := range slices.SortedFunc(slices.Values(students), report.Alphabetical(lang)) {
		b.snapshot.Rows = append(b.snapshot.Rows, Row{ID: report.Visible(id, false), Cells: []Cell{}})
	}
	return b
}

// Begin implements pipeline.Progress.
func (b *Board) Begin(students, tests, known int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun, b.known = b.now(), known
	b.snapshot.Count.Of, b.snapshot.Count.OfTests = students, tests
	b.ended(known)
}

// Tests implements pipeline.Progress.
func (b *Board) Tests(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended(n)
}

// ended is called with mu held.
func (b *Board) ended(n int) {
	c := &b.snapshot.Count
	c.Tests += n
	c.Left = Left(b.now().Sub(b.begun), c.Tests-b.known, c.OfTests-b.known)
	b.publish("progress", *c)
}

// Student implements pipeline.Progress.
func (b *Board) Student(s verdict.Student) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.snapshot.Count.Students++
	one := report.New(verdict.Class{Lessons: b.titles, Students: []verdict.Student{s}}, b.lang).Students[0]
	row := Row{ID: report.Visible(one.ID, false), Score: one.Score, Cells: []Cell{}}
	for _, l := range one.Lessons {
		row.Cells = append(row.Cells, Cell{
			Status: l.Status, Name: report.StatusText(l.Status, b.lang), Score: l.Score, Level: report.Level(l.Score, l.Points),
		})
	}
	for i := range b.snapshot.Rows {
		if b.snapshot.Rows[i].ID == row.ID {
			b.snapshot.Rows[i] = row
		}
	}
	b.publish("student", row)
	b.publish("progress", b.snapshot.Count)
}

// Done tells that the reports are written.
func (b *Board) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.snapshot.Done = true
	b.publish("done", true)
}

// Left is how many seconds it takes from now if it goes on as it went; -1 where nobody can tell yet. What needed no time
// is neither done nor of all.
func Left(spent time.Duration, done, all int) int {
	if done == all {
		return 0
	}
	if done == 0 || spent < time.Second {
		return -1
	}
	return int((spent * time.Duration(all-done) / time.Duration(done)).Seconds())
}

// publish is called with mu held. It never waits: whoever cannot take the event at once is dropped.
func (b *Board) publish(kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // only a type that cannot be JSON fails, and then no page would ever have worked
	}
	e := event{n: b.next, kind: kind, data: data}
	b.next++
	if b.log = append(b.log, e); len(b.log) >= 2*maxLog {
		b.log = append([]event(nil), b.log[len(b.log)-maxLog:]...)
	}
	for v := range b.viewers {
		select {
		case v.queue <- e:
		default:
			b.drop(v)
		}
	}
}

// drop is called with mu held.
func (b *Board) drop(v *viewer) {
	if b.viewers[v] {
		delete(b.viewers, v)
		close(v.queue)
	}
}

// join adds a viewer who has seen everything up to the event called last, "" for one who is new, and returns what it
// must be told before what comes in its queue. It is nil if there is no room for another one.
func (b *Board) join(last string) (*viewer, []event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.viewers) >= maxViewers {
		return nil, nil
	}
	v := &viewer{queue: make(chan event, maxQueue)}
	b.viewers[v] = true
	if n, ok := b.number(last); ok {
		if missed := b.next - 1 - n; missed <= min(len(b.log), maxLog) {
			return v, append([]event(nil), b.log[len(b.log)-missed:]...)
		}
	}
	data, err := json.Marshal(b.snapshot)
	if err != nil {
		return v, nil // see publish
	}
	return v, []event{{n: b.next - 1, kind: "snapshot", data: data}}
}

func (b *Board) leave(v *viewer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(v)
}

// number is that of the event with this ID, if there has been one.
func (b *Board) number(id string) (int, bool) {
	epoch, text, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(text)
	return n, err == nil && epoch == b.epoch && n >= 0 && n < b.next
}

// id is the ID of an event, for Last-Event-ID.
func (b *Board) id(e event) string { return fmt.Sprintf("%s-%d", b.epoch, e.n) }
