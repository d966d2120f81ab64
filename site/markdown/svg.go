package markdown

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inlineSVG makes an SVG file part of a page: ids get a prefix, since two pictures may both have an "arrow"; what
// the page's Content-Security-Policy would refuse is left out; alt becomes the accessible name.
func inlineSVG(src []byte, prefix, alt string) (string, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	roots, err := html.ParseFragment(bytes.NewReader(src), body)
	if err != nil {
		return "", err
	}
	var svg *html.Node
	for _, n := range roots {
		if n.Type == html.ElementNode && n.Data == "svg" {
			svg = n
		}
	}
	if svg == nil {
		return "", errors.New("no <svg> element")
	}
	if attr(svg, "viewBox") == "" {
		return "", errors.New("no viewBox, so that it cannot follow the width of the page")
	}
	clean(svg, prefix)
	svg.Attr = keep(svg.Attr, func(a html.Attribute) bool {
		switch a.Key {
		case "width", "height", "role", "aria-label", "aria-labelledby", "xmlns":
			return false
		}
		return true
	})
	svg.Attr = append(svg.Attr, html.Attribute{Key: "role", Val: "img"}, html.Attribute{Key: "aria-label", Val: alt})
	var out bytes.Buffer
	if err := html.Render(&out, svg); err != nil {
		return "", err
	}
	return out.String(), nil
}

var localRef = regexp.MustCompile(`url\(\s*['"]?#([^'")\s]+)['"]?\s*\)`)

func clean(n *html.Node, prefix string) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		if child.Type == html.CommentNode || unwanted(child) {
			n.RemoveChild(child)
		} else {
			clean(child, prefix)
		}
		child = next
	}
	n.Attr = keep(n.Attr, func(a html.Attribute) bool {
		return a.Key != "style" && !strings.HasPrefix(strings.ToLower(a.Key), "on")
	})
	for i, a := range n.Attr {
		switch {
		case a.Key == "id":
			n.Attr[i].Val = prefix + "-" + a.Val
		case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
			n.Attr[i].Val = "#" + prefix + "-" + a.Val[1:]
		default:
			n.Attr[i].Val = localRef.ReplaceAllString(a.Val, "url(#"+prefix+"-$1)")
		}
	}
}

// unwanted reports whether an element has no place in a page; a <title> of the whole picture would say what its
// accessible name says already, as a tool tip on everything.
func unwanted(n *html.Node) bool {
	switch n.Data {
	case "style", "script", "foreignObject":
		return true
	case "title":
		return n.Parent != nil && n.Parent.Data == "svg"
	}
	return false
}

func keep(attrs []html.Attribute, want func(html.Attribute) bool) []html.Attribute {
	var kept []html.Attribute
	for _, a := range attrs {
		if want(a) {
			kept = append(kept, a)
		}
	}
	return kept
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
