package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A Section is what stands below a heading, without markup, for a search. The first one of a text has no heading.
type Section struct {
	ID, Heading string
	Text        string // words and code; answers to questions are left out, so that no search gives them away
}

func sections(doc ast.Node, source []byte) []Section {
	all := []Section{{}}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			all = append(all, Section{ID: attribute(h, "id"), Heading: plain(h, source)})
			continue
		}
		last := &all[len(all)-1]
		last.Text = strings.TrimSpace(last.Text + " " + words(n, source))
	}
	return all
}

// words is the text of a block and of all blocks in it, one space between any two words.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if n.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			b.Write(n.Lines().Value(source))
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Plain is the text of a short piece of Markdown without its markup.
func (r *Renderer) Plain(src string) string {
	source := []byte(src)
	ids := headingIDs{map[string]bool{}}
	return words(r.md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ids)))), source)
}
