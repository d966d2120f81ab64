package markdown

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// A Term is a word that is explained where the text first uses it.
type Term struct {
	ID      string
	Names   []string // as it may stand in the text, without regard to case; none if only links lead to it
	Address string   // of its entry in the glossary
	Text    string   // what it means, without markup
}

// Terms are the words that are explained.
type Terms struct {
	all   []Term
	names *regexp.Regexp // nil if no term has any
}

// NewTerms prepares terms; a longer name is found before one that is a part of it.
func NewTerms(all []Term) Terms {
	var names []string
	for _, t := range all {
		for _, n := range t.Names {
			names = append(names, regexp.QuoteMeta(n))
		}
	}
	t := Terms{all: all}
	if len(names) > 0 {
		slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
		t.names = regexp.MustCompile(`(?i)(` + strings.Join(names, "|") + `)(?:es|s)?`)
	}
	return t
}

func (t Terms) named(name string) (Term, bool) {
	i := slices.IndexFunc(t.all, func(term Term) bool {
		return slices.ContainsFunc(term.Names, func(n string) bool { return strings.EqualFold(n, name) })
	})
	if i < 0 {
		return Term{}, false
	}
	return t.all[i], true
}

// explain gives links to terms their explanation, and makes a link of each other term where it first stands in
// running text: not in headings, code, or what is a link already.
func (t Terms) explain(doc ast.Node, source []byte) error {
	seen := map[string]bool{}
	var texts []*ast.Text
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			for _, term := range t.all {
				if term.Address == string(n.Destination) {
					mark(n, term)
					seen[term.ID] = true
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.Heading, *ast.CodeSpan, *ast.AutoLink, *figure, *quiz:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			texts = append(texts, n)
		}
		return ast.WalkContinue, nil
	})
	if err != nil || t.names == nil {
		return err
	}
	for _, n := range texts {
		t.explainText(n, source, seen)
	}
	return nil
}

// explainText links the terms in one piece of text that have not been seen yet.
func (t Terms) explainText(n *ast.Text, source []byte, seen map[string]bool) {
	begin, end := n.Segment.Start, n.Segment.Stop
	for _, m := range t.names.FindAllSubmatchIndex(source[begin:end], -1) {
		from, to := begin+m[0], begin+m[1]
		term, ok := t.named(string(source[begin+m[2] : begin+m[3]]))
		if !ok || seen[term.ID] || !isWord(source, from, to) || from < n.Segment.Start {
			continue
		}
		seen[term.ID] = true
		link := ast.NewLink()
		link.Destination = []byte(term.Address)
		mark(link, term)
		link.AppendChild(link, ast.NewTextSegment(text.NewSegment(from, to)))
		if from > n.Segment.Start {
			n.Parent().InsertBefore(n.Parent(), n, ast.NewTextSegment(text.NewSegment(n.Segment.Start, from)))
		}
		n.Parent().InsertBefore(n.Parent(), n, link)
		n.Segment = n.Segment.WithStart(to) // what follows, and its line break
	}
}

// isWord reports whether source[from:to] is no part of a longer word.
func isWord(source []byte, from, to int) bool {
	before, _ := utf8.DecodeLastRune(source[:from])
	after, _ := utf8.DecodeRune(source[to:])
	inWord := func(r rune) bool {
		return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/", r))
	}
	return !inWord(before) && !inWord(after)
}

func mark(link *ast.Link, term Term) {
	link.SetAttributeString("class", []byte("term"))
	link.SetAttributeString("data-explain", []byte(term.Text))
}
