package markdown

import (
	"fmt"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"wirelab/lessons"
)

// A callout is a note, a tip or a warning beside the text: a quotation whose first line is its kind in brackets,
//
//	> [!WARNING]
//	> Flush after each event.
type callout struct {
	ast.BaseBlock
	class, title string
}

var calloutKind = ast.NewNodeKind("Callout")

func (*callout) Kind() ast.NodeKind { return calloutKind }

func (c *callout) Dump(source []byte, level int) { ast.DumpHelper(c, source, level, nil, nil) }

// calloutTitle is what a kind of callout is called; ok is false for no kind at all.
func calloutTitle(kind string) (title lessons.Text, ok bool) {
	switch kind {
	case "NOTE":
		return lessons.Text{EN: "Note", ES: "Nota"}, true
	case "TIP":
		return lessons.Text{EN: "Tip", ES: "Consejo"}, true
	case "WARNING":
		return lessons.Text{EN: "Warning", ES: "Cuidado"}, true
	}
	return lessons.Text{}, false
}

// rewriteQuote makes a callout of a quotation that is marked as one, and leaves any other as it is.
func rewriteQuote(q *ast.Blockquote, source []byte, lang string) error {
	p, ok := q.FirstChild().(*ast.Paragraph)
	if !ok {
		return nil
	}
	line := p.Lines().At(0)
	first := strings.TrimSpace(string(line.Value(source)))
	kind, ok := strings.CutPrefix(first, "[!")
	if !ok || !strings.HasSuffix(kind, "]") {
		return nil
	}
	kind = strings.TrimSuffix(kind, "]")
	title, ok := calloutTitle(kind)
	if !ok {
		return fmt.Errorf("callout %q: want NOTE, TIP or WARNING", first)
	}
	for n := p.FirstChild(); n != nil; {
		next := n.NextSibling()
		p.RemoveChild(p, n)
		if t, ok := n.(*ast.Text); ok && (t.SoftLineBreak() || t.HardLineBreak()) {
			break
		}
		n = next
	}
	if !p.HasChildren() {
		q.RemoveChild(q, p)
	}
	c := &callout{class: strings.ToLower(kind), title: title.In(lang)}
	for q.FirstChild() != nil {
		c.AppendChild(c, q.FirstChild())
	}
	if !c.HasChildren() {
		return fmt.Errorf("callout %q: says nothing", first)
	}
	q.Parent().ReplaceChild(q.Parent(), q, c)
	return nil
}

func renderCallout(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if c, ok := n.(*callout); ok && entering {
		fmt.Fprintf(w, "<div class=\"callout %s\" role=\"note\"><p class=\"callout-title\">%s</p>\n", c.class, html.EscapeString(c.title))
	} else {
		_, _ = w.WriteString("</div>\n") // the writer keeps its error for Flush
	}
	return ast.WalkContinue, nil
}
