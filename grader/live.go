//go:build !handout

package main

import (
	"context"
	"io"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/live"
	"wirelab/grader/pipeline"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// liveAddr is where --live serves if it names no other address.
const liveAddr = "127.0.0.1:8014"

// A liveView is the page of --live.
type liveView struct {
	server *live.Server
	board  *live.Board // nil until there is a class
	out    string
	lang   string
}

// openLive listens, and says where.
func openLive(ctx context.Context, stderr io.Writer, f batchFlags) (*liveView, error) {
	server, err := live.Listen(ctx, f.live)
	if err != nil {
		return nil, &course.Error{
			Text: err.Error(),
			Tip:  "choose another address: --live=127.0.0.1:PORT",
			ES:   course.Spanish{Text: err.Error(), Tip: "elige otra dirección: --live=127.0.0.1:PUERTO"},
		}
	}
	steps(stderr)(lessons.Text{EN: "live on ", ES: "en vivo en "}.In(f.lang) + server.URL)
	return &liveView{server: server, out: f.out, lang: f.lang}, nil
}

// begin shows a class that is about to be graded.
func (v *liveView) begin(ctx context.Context, graded []verdict.Lesson, class []intake.Submission) (pipeline.Progress, error) {
	var ids []string
	for _, s := range class {
		ids = append(ids, s.ID)
	}
	v.board = live.NewBoard(graded, ids, v.lang)
	return v.board, v.server.Serve(ctx, v.board, v.out)
}

// stay says that the reports are there, and serves them until ctx ends.
func (v *liveView) stay(ctx context.Context, stderr io.Writer) {
	v.board.Done()
	steps(stderr)(lessons.Text{EN: "the page stays until Ctrl-C: ", ES: "la página sigue abierta hasta Ctrl-C: "}.In(v.lang) + v.server.URL)
	<-ctx.Done()
}

// both tells two who want to know.
type both struct{ a, b pipeline.Progress }

func (t both) Begin(students, tests, known int) {
	t.a.Begin(students, tests, known)
	t.b.Begin(students, tests, known)
}

func (t both) Tests(n int)               { t.a.Tests(n); t.b.Tests(n) }
func (t both) Student(s verdict.Student) { t.a.Student(s); t.b.Student(s) }
