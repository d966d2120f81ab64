package markdown

import (
	"fmt"
	"html"

	highlighting "github.com/yuin/goldmark-highlighting/v2"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// A figure is an SVG picture in the page.
type figure struct {
	ast.BaseBlock
	svg, caption string
}

var figureKind = ast.NewNodeKind("Figure") // goldmark numbers kinds when a program starts

func (*figure) Kind() ast.NodeKind { return figureKind }

func (f *figure) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// nodes renders what this package renders in its own way; everything else is goldmark's.
type nodes struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (nodes) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(figureKind, renderFigure)
	reg.Register(ast.KindHeading, renderHeading)
	reg.Register(extast.KindTable, renderTable)
	reg.Register(calloutKind, renderCallout)
	reg.Register(quizKind, renderQuiz)
}

func renderFigure(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if f, ok := n.(*figure); ok && entering {
		fmt.Fprintf(w, "<figure class=\"picture\"><div class=\"scroll\" tabindex=\"0\">%s</div>", f.svg)
		if f.caption != "" {
			fmt.Fprintf(w, "<figcaption>%s</figcaption>", html.EscapeString(f.caption))
		}
		_, _ = w.WriteString("</figure>\n") // the writer keeps its error for Flush
	}
	return ast.WalkContinue, nil
}

// renderHeading adds a link to the heading itself, for people who want to share the place.
func renderHeading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	h, ok := n.(*ast.Heading)
	if !ok {
		return ast.WalkContinue, nil
	}
	id := html.EscapeString(attribute(h, "id"))
	if entering {
		fmt.Fprintf(w, "<h%d id=\"%s\">", h.Level, id)
	} else {
		fmt.Fprintf(w, " <a class=\"anchor\" href=\"#%s\" aria-label=\"%s\">#</a></h%d>\n",
			id, html.EscapeString(attribute(h, "anchor")), h.Level)
	}
	return ast.WalkContinue, nil
}

// renderTable lets a wide table scroll by itself on a narrow screen.
func renderTable(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<div class=\"scroll\" tabindex=\"0\"><table>\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// wrapCode surrounds code, highlighted or not: it scrolls by itself too, and by keyboard.
func wrapCode(w util.BufWriter, _ highlighting.CodeBlockContext, entering bool) {
	if entering {
		_, _ = w.WriteString("<div class=\"code\"><pre class=\"chroma\" tabindex=\"0\"><code>")
	} else {
		_, _ = w.WriteString("</code></pre></div>\n")
	}
}

// bare leaves out the elements that chroma would put around code: wrapCode writes them. Its lines keep theirs, since
// some are marked.
type bare struct{}

// Start implements chromahtml.PreWrapper.
func (bare) Start(bool, string) string { return "" }

// End implements chromahtml.PreWrapper.
func (bare) End(bool) string { return "" }

func attribute(n ast.Node, name string) string {
	v, _ := n.AttributeString(name)
	b, _ := v.([]byte)
	return string(b)
}
