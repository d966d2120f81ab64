// Package linkcheck finds out which links of the site lead nowhere: those between its own pages by looking at the
// pages, all others by asking whoever they lead to.
//
// It asks politely: two requests at once to a host at most, a page once however many links lead to it, and what is
// known from an earlier check is not asked again for a while. The site's command calls it; nothing else of the site
// ever touches the network.
package linkcheck

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A Verdict is what became of a link.
type Verdict string

// The verdicts. Only Broken is a fault of the site: Moved still works, and Unsure says that somebody does not
// answer programs, or not today.
const (
	Good   Verdict = "good"
	Moved  Verdict = "moved"  // for good, to Result.Leads
	Unsure Verdict = "unsure" // refused, busy, or out of order
	Broken Verdict = "broken"
)

// A Link is an address and the pages that have it.
type Link struct {
	Address string
	Pages   []string // in order
}

// Links returns the addresses on the network that the pages of a site lead to, and what is wrong with the links
// between its pages.
func Links(site map[string][]byte) (outside []Link, inside []Result, err error) {
	docs := map[string]document{}
	for name, src := range site {
		if path.Ext(name) != ".html" {
			continue
		}
		if docs[name], err = parse(src); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	pages := map[string][]string{}
	for name, doc := range docs {
		for _, link := range doc.links {
			u, err := url.Parse(link)
			switch {
			case err != nil:
				inside = append(inside, Result{Link: Link{link, []string{name}}, Verdict: Broken, Why: "no address at all"})
			case u.Scheme == "http" || u.Scheme == "https":
				if !slices.Contains(pages[link], name) {
					pages[link] = append(pages[link], name)
				}
			case u.Scheme == "":
				if why := within(site, docs, name, u); why != "" {
					inside = append(inside, Result{Link: Link{link, []string{name}}, Verdict: Broken, Why: why})
				}
			}
		}
	}
	for address, names := range pages {
		slices.Sort(names)
		outside = append(outside, Link{address, names})
	}
	slices.SortFunc(outside, func(a, b Link) int { return strings.Compare(a.Address, b.Address) })
	slices.SortFunc(inside, func(a, b Result) int { return strings.Compare(a.Pages[0]+a.Address, b.Pages[0]+b.Address) })
	return outside, inside, nil
}

// within says what is wrong with a link between two pages of the site; "" if nothing is.
func within(site map[string][]byte, docs map[string]document, from string, u *url.URL) string {
	target := from
	if u.Path != "" {
		target = path.Join(path.Dir(from), u.Path)
		if strings.HasPrefix(u.Path, "/") {
			target = strings.TrimPrefix(path.Clean(u.Path), "/")
		}
	}
	if _, ok := site[target]; !ok {
		return "the site has no " + target
	}
	if doc, ok := docs[target]; ok && u.Fragment != "" && !doc.anchors[u.Fragment] {
		return fmt.Sprintf("%s has no anchor %q", target, u.Fragment)
	}
	return ""
}

// A document is what a check needs to know of a page.
type document struct {
	links   []string
	anchors map[string]bool
}

// parse reads as much of a page as there is: a page that was cut off still has what came before.
func parse(src []byte) (document, error) {
	root, err := html.Parse(bytes.NewReader(src))
	if err != nil {
		return document{}, err
	}
	doc := document{anchors: map[string]bool{}}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" && a.Namespace == "" || a.Key == "src":
				doc.links = append(doc.links, a.Val)
			case a.Key == "id", a.Key == "name" && n.Data == "a":
				doc.anchors[a.Val] = true
			}
		}
	}
	return doc, nil
}
