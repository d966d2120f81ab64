package markdown

import (
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
	names map[string][]name // by their first word
}

// A name is one of a term's, in small letters.
type name struct {
	text string
	term Term
}

// NewTerms prepares terms; a longer name is found before one that is a part of it.
func NewTerms(all []Term) Terms {
	t := Terms{all: all, names: map[string][]name{}}
	for _, term := range all {
		for _, n := range term.Names {
			n = strings.ToLower(n)
			first := n[:wordEnd(n)]
			t.names[first] = append(t.names[first], name{n, term})
		}
	}
	for _, names := range t.names {
		slices.SortStableFunc(names, func(a, b name) int { return len(b.text) - len(a.text) })
	}
	return t
}

// wordEnd is where the word ends with which a text begins.
func wordEnd(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return len(text)
	}
	return end
}

// at finds the term with whose name a text in small letters begins, and how long it is there: names may be in the
// plural.
func (t Terms) at(text string) (term Term, length int) {
	first := text[:wordEnd(text)]
	for _, candidate := range []string{first, strings.TrimSuffix(first, "s"), strings.TrimSuffix(first, "es")} {
		for _, n := range t.names[candidate] {
			rest, ok := strings.CutPrefix(text, n.text)
			if !ok {
				continue
			}
			for _, plural := range []string{"", "s", "es"} {
				if after, ok := strings.CutPrefix(rest, plural); ok && !startsInWord(after) {
					return n.term, len(text) - len(after)
				}
			}
		}
	}
	return Term{}, 0
}

func startsInWord(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size > 0 && inWord(r)
}

// inWord reports whether a letter or sign binds what stands beside it into one word.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/", r)
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
	if err != nil {
		return err
	}
	for _, n := range texts {
		t.explainText(n, source, seen)
	}
	return nil
}

// explainText links the terms in one piece of text that have not been seen yet.
func (t Terms) explainText(n *ast.Text, source []byte, seen map[string]bool) {
	begin := n.Segment.Start
	small := strings.ToLower(string(n.Segment.Value(source)))
	if len(small) != n.Segment.Len() {
		return // a letter that is longer when it is small, in none of the course's languages
	}
	before, _ := utf8.DecodeLastRune(source[:begin])
	for at := 0; at < len(small); {
		r, size := utf8.DecodeRuneInString(small[at:])
		if inWord(before) || !inWord(r) {
			before = r
			at += size
			continue
		}
		term, length := t.at(small[at:])
		if length == 0 || seen[term.ID] {
			before = r
			at += size
			continue
		}
		seen[term.ID] = true
		linkTerm(n, begin+at, begin+at+length, term)
		at += length
		before, _ = utf8.DecodeLastRuneInString(small[:at])
	}
}

// linkTerm takes the word between two places of the source out of a text, and puts a link before what is left of it.
func linkTerm(n *ast.Text, from, to int, term Term) {
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

func mark(link *ast.Link, term Term) {
	link.SetAttributeString("class", []byte("term"))
	link.SetAttributeString("data-explain", []byte(term.Text))
}
