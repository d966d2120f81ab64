package markdown

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// rewrite makes a parsed text fit its page: links lead somewhere, pictures become figures, marked quotations
// callouts, questions quizzes; headings know their link's name.
func (r *Renderer) rewrite(doc ast.Node, source []byte, c Context) error {
	var links []*ast.Link
	var images []*ast.Image
	var quotes []*ast.Blockquote
	var quizzes []*ast.FencedCodeBlock
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			links = append(links, n)
		case *ast.Image:
			images = append(images, n)
		case *ast.Blockquote:
			quotes = append(quotes, n)
		case *ast.FencedCodeBlock:
			if string(n.Language(source)) == "quiz" {
				quizzes = append(quizzes, n)
			}
		case *ast.Heading:
			n.SetAttributeString("anchor", []byte(c.Anchor))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := rewriteLink(l, c); err != nil {
			return err
		}
	}
	for _, img := range images {
		if err := rewriteImage(img, source, c); err != nil {
			return err
		}
	}
	for _, q := range quotes {
		if err := rewriteQuote(q, source, c.Lang); err != nil {
			return err
		}
	}
	for i, block := range quizzes {
		src := string(block.Lines().Value(source))
		q, err := r.parseQuiz(src, i+1, c)
		if err != nil {
			first, _, _ := strings.Cut(src, "\n")
			return fmt.Errorf("quiz %q: %w", first, err)
		}
		block.Parent().ReplaceChild(block.Parent(), block, q)
	}
	return nil
}

func rewriteLink(l *ast.Link, c Context) error {
	dest := string(l.Destination)
	if strings.HasPrefix(dest, "#") {
		return nil
	}
	to, err := c.Resolve(dest)
	if err != nil {
		return fmt.Errorf("link %q: %w", dest, err)
	}
	if to != "" {
		l.Destination = []byte(to)
		return nil
	}
	parent := l.Parent()
	for l.FirstChild() != nil {
		parent.InsertBefore(parent, l, l.FirstChild())
	}
	parent.RemoveChild(parent, l)
	return nil
}

// rewriteImage replaces the paragraph that holds img, and nothing else, by a figure.
func rewriteImage(img *ast.Image, source []byte, c Context) error {
	name := string(img.Destination)
	p, ok := img.Parent().(*ast.Paragraph)
	if !ok || p.ChildCount() != 1 {
		return fmt.Errorf("picture %q: must stand alone in its paragraph", name)
	}
	if path.Ext(name) != ".svg" || !fs.ValidPath(name) {
		return fmt.Errorf("picture %q: want an .svg file beside the notes", name)
	}
	if c.Pictures == nil {
		return fmt.Errorf("picture %q: there are none here", name)
	}
	src, err := fs.ReadFile(c.Pictures, name)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	prefix := strings.ReplaceAll(strings.TrimSuffix(name, ".svg"), ".", "-")
	svg, err := inlineSVG(src, prefix, plain(img, source))
	if err != nil {
		return fmt.Errorf("picture %q: %w", name, err)
	}
	p.Parent().ReplaceChild(p.Parent(), p, &figure{svg: svg, caption: string(img.Title)})
	return nil
}
