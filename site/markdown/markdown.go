// Package markdown turns a lesson's notes, and the short texts of webography and glossary, into HTML.
//
// The pages call it once for each text and language. It never passes raw HTML through, so that a page holds only
// what the templates and this package wrote; pictures are SVG files put into the page itself, so that they take
// its colours.
package markdown

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"github.com/alecthomas/chroma/v2"
	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/yuin/goldmark"
	highlighting "github.com/yuin/goldmark-highlighting/v2"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A Context is what a text may refer to.
type Context struct {
	// Resolve turns the destination of a link into an address for the page. An empty address says that the site
	// has no such page: the link's text stays, the link goes.
	Resolve func(dest string) (string, error)
	// Pictures holds the SVG files that the text shows; nil if it shows none.
	Pictures fs.FS
	// Anchor is what screen readers call the link on a heading: "Link to this section".
	Anchor string
	// Taken lists ids that the page itself uses.
	Taken []string
	// Lang is the language of what is not the writer's: "en" or "es".
	Lang string
	// Terms are explained where the text uses them.
	Terms Terms
}

// A Heading is an entry of a page's contents list.
type Heading struct {
	Level int // 2 or 3
	ID    string
	Text  string
}

// HTML is a rendered text with its contents list.
type HTML struct {
	Body     string
	Headings []Heading
	Sections []Section
}

// A Renderer renders texts; several goroutines may use one.
type Renderer struct{ md goldmark.Markdown }

// New returns a Renderer. Code is highlighted with classes only: the colours are the style sheet's.
func New() *Renderer {
	return &Renderer{goldmark.New(
		goldmark.WithExtensions(
			extension.GFM, extension.Footnote,
			extension.NewTypographer(extension.WithTypographicSubstitutions(substitutions())),
			highlighting.NewHighlighting(
				// Any style will do, since classes are what is written; this one has none of its own.
				highlighting.WithCustomStyle(chroma.MustNewStyle("classes", chroma.StyleEntries{chroma.Background: "#000"})),
				highlighting.WithFormatOptions(chromahtml.WithClasses(true), chromahtml.WithAllClasses(true), chromahtml.WithPreWrapper(bare{})),
				highlighting.WithWrapperRenderer(wrapCode),
			),
		),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(
			util.Prioritized(nodes{}, 100),
		)),
	)}
}

// substitutions leaves dashes and dots as the writer typed them: "--out" in a sentence is a flag.
func substitutions() map[extension.TypographicPunctuation][]byte {
	return map[extension.TypographicPunctuation][]byte{
		extension.EnDash: nil, extension.EmDash: nil, extension.Ellipsis: nil,
	}
}

// Render renders src. A first-level heading at its start is left out: the page has its own. The error names the
// link or the picture that is wrong.
func (r *Renderer) Render(src string, c Context) (HTML, error) {
	source := []byte(src)
	ids := headingIDs{map[string]bool{}}
	for _, id := range c.Taken {
		ids.used[id] = true
	}
	doc := r.md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ids))))
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		doc.RemoveChild(doc, h)
	}
	if err := r.rewrite(doc, source, c); err != nil {
		return HTML{}, err
	}
	if err := c.Terms.explain(doc, source); err != nil {
		return HTML{}, err
	}
	var out bytes.Buffer
	if err := r.md.Renderer().Render(&out, source, doc); err != nil {
		return HTML{}, fmt.Errorf("render: %w", err)
	}
	return HTML{Body: out.String(), Headings: headings(doc, source), Sections: sections(doc, source)}, nil
}

func headings(doc ast.Node, source []byte) []Heading {
	var all []Heading
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Level < 2 || h.Level > 3 {
			continue
		}
		all = append(all, Heading{h.Level, attribute(h, "id"), plain(h, source)})
	}
	return all
}

// plain is the text of a node without its markup.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(source))
			if c.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		default:
			b.WriteString(plain(c, source))
		}
	}
	return b.String()
}
