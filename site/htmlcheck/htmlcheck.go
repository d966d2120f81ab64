// Package htmlcheck asserts on HTML by CSS selector, so that a test says what a page must have and stays silent
// about everything else. Only tests call it.
package htmlcheck

import (
	"bytes"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// A Doc is a parsed page, or the part of one that a selector found.
type Doc struct {
	t    *testing.T
	name string
	node *html.Node
}

// Parse reads a page; name is how failures call it.
func Parse(t *testing.T, name string, page []byte) *Doc {
	t.Helper()
	node, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &Doc{t, name, node}
}

// All returns what selector matches, in the order of the page.
func (d *Doc) All(selector string) []*Doc {
	d.t.Helper()
	sel, err := cascadia.ParseGroup(selector)
	if err != nil {
		d.t.Fatalf("selector %q: %v", selector, err)
	}
	var found []*Doc
	for _, n := range cascadia.QueryAll(d.node, sel) {
		found = append(found, &Doc{d.t, d.name + " " + selector, n})
	}
	return found
}

// One returns the single match of selector; the test fails if there is none or more than one.
func (d *Doc) One(selector string) *Doc {
	d.t.Helper()
	found := d.All(selector)
	if len(found) != 1 {
		d.t.Fatalf("%s: %d elements match %q, want 1", d.name, len(found), selector)
	}
	return found[0]
}

// Count fails the test unless selector matches n times.
func (d *Doc) Count(selector string, n int) {
	d.t.Helper()
	if got := len(d.All(selector)); got != n {
		d.t.Errorf("%s: %d elements match %q, want %d", d.name, got, selector, n)
	}
}

// HasText fails the test unless the text below d contains want; runs of white space count as one space.
func (d *Doc) HasText(want string) {
	d.t.Helper()
	if got := d.Text(); !strings.Contains(got, want) {
		d.t.Errorf("%s: text %q lacks %q", d.name, got, want)
	}
}

// HasAttr fails the test unless d's attribute has exactly the value want.
func (d *Doc) HasAttr(name, want string) {
	d.t.Helper()
	if got := d.Attr(name); got != want {
		d.t.Errorf("%s: %s=%q, want %q", d.name, name, got, want)
	}
}

// Attr returns the value of d's attribute, "" if it has none.
func (d *Doc) Attr(name string) string {
	for _, a := range d.node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Text returns the text below d with every run of white space made one space.
func (d *Doc) Text() string {
	var b strings.Builder
	for n := range d.node.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
