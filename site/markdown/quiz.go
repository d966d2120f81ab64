package markdown

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"wirelab/lessons"
)

// A quiz is a question that is answered in the page. In the notes it is a block of code, so that it reads well
// wherever they do:
//
//	```quiz
//	What does the blank line say?
//
//	- [ ] The stream is over.
//	- [x] The event is complete.
//
//	Until it comes, a client only collects.
//	```
//
// Several answers may be right; then all of them must be chosen.
type quiz struct {
	ast.BaseBlock
	number       int // within the text, from 1: the name of its buttons
	lang         string
	question     string // HTML of one line
	setting      string // HTML of blocks between the question and the answers
	answers      []answer
	explanation  string // HTML of blocks
	severalRight bool
}

type answer struct {
	html  string
	right bool
}

var quizKind = ast.NewNodeKind("Quiz")

func (*quiz) Kind() ast.NodeKind { return quizKind }

func (q *quiz) Dump(source []byte, level int) { ast.DumpHelper(q, source, level, nil, nil) }

// parseQuiz makes a question of a block's text.
func (r *Renderer) parseQuiz(src string, number int, c Context) (*quiz, error) {
	source := []byte(src)
	ids := headingIDs{map[string]bool{}}
	doc := r.md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ids))))
	if err := r.rewrite(doc, source, c); err != nil {
		return nil, err
	}
	q := &quiz{number: number, lang: c.Lang}
	first, ok := doc.FirstChild().(*ast.Paragraph)
	if !ok {
		return nil, errors.New("want a question first")
	}
	var err error
	if q.question, err = r.inner(first, source); err != nil {
		return nil, err
	}
	n := first.NextSibling()
	for ; n != nil && n.Kind() != ast.KindList; n = n.NextSibling() {
		if q.setting, err = r.add(q.setting, n, source); err != nil {
			return nil, err
		}
	}
	if n == nil {
		return nil, errors.New("want a list of answers, `- [ ]` and `- [x]`")
	}
	if err := r.answers(q, n, source); err != nil {
		return nil, err
	}
	for n = n.NextSibling(); n != nil; n = n.NextSibling() {
		if q.explanation, err = r.add(q.explanation, n, source); err != nil {
			return nil, err
		}
	}
	if q.explanation == "" {
		return nil, errors.New("want an explanation after the answers")
	}
	return q, nil
}

func (r *Renderer) answers(q *quiz, list ast.Node, source []byte) error {
	right := 0
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var box *extast.TaskCheckBox
		if item.HasChildren() {
			box, _ = item.FirstChild().FirstChild().(*extast.TaskCheckBox)
		}
		if box == nil {
			return fmt.Errorf("answer %q: want `- [ ]` or `- [x]` before it", plain(item, source))
		}
		if box.IsChecked {
			right++
		}
		box.Parent().RemoveChild(box.Parent(), box)
		body, err := r.inner(item.FirstChild(), source)
		if err != nil {
			return err
		}
		q.answers = append(q.answers, answer{body, box.IsChecked})
	}
	switch {
	case right == 0:
		return errors.New("no answer is right")
	case right == len(q.answers):
		return errors.New("every answer is right")
	}
	q.severalRight = right > 1
	return nil
}

// inner renders what is in a block, without the block itself.
func (r *Renderer) inner(block ast.Node, source []byte) (string, error) {
	out := ""
	var err error
	for n := block.FirstChild(); n != nil && err == nil; n = n.NextSibling() {
		out, err = r.add(out, n, source)
	}
	return strings.TrimSpace(out), err
}

func (r *Renderer) add(to string, n ast.Node, source []byte) (string, error) {
	var b bytes.Buffer
	if err := r.md.Renderer().Render(&b, source, n); err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	return to + b.String(), nil
}

func renderQuiz(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	q, ok := n.(*quiz)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	kind := "radio"
	if q.severalRight {
		kind = "checkbox"
	}
	say := func(en, es string) string { return html.EscapeString(lessons.Text{EN: en, ES: es}.In(q.lang)) }
	fmt.Fprintf(w, "<fieldset class=\"quiz\"><legend>%s</legend>\n%s", q.question, q.setting)
	if q.severalRight {
		fmt.Fprintf(w, "<p class=\"quiz-hint\">%s</p>\n", say("More than one is right.", "Hay más de una correcta."))
	}
	right := ""
	for _, a := range q.answers {
		mark := ""
		if a.right {
			mark = " data-right"
			right += "<li>" + a.html + "</li>"
		}
		fmt.Fprintf(w, "<label%s><input type=\"%s\" name=\"quiz-%d\" autocomplete=\"off\"> <span>%s</span></label>\n", mark, kind, q.number, a.html)
	}
	fmt.Fprintf(w, "<p class=\"quiz-said\" role=\"status\"></p>\n<details><summary>%s</summary>\n<ul class=\"quiz-right\">%s</ul>\n%s</details></fieldset>\n",
		say("Answer", "Respuesta"), right, q.explanation)
	return ast.WalkContinue, nil
}
