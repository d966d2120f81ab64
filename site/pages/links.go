package pages

import (
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"wirelab/lessons"
	"wirelab/site/glossary"
	"wirelab/site/markdown"
)

// resolver returns what turns the links of a text into links of the page p. Besides addresses on the network, a
// text may write
//
//	webography:rfc6455           an entry of the webography
//	glossary:frame               a term of the glossary
//	../10-echo/README.md         another lesson, as it works in a repository browser too; or its folder
//	hub.go                       a file of the lesson: it stays readable, but the site has no page for it
func (e *edition) resolver(p page) func(dest string) (string, error) {
	return func(dest string) (string, error) {
		scheme, rest, ok := strings.Cut(dest, ":")
		switch {
		case !ok:
			return e.resolveFile(p, dest)
		case scheme == "https", scheme == "http", scheme == "mailto":
			return dest, nil
		case scheme == "webography":
			if _, ok := e.list.Entry(rest); !ok {
				return "", fmt.Errorf("the webography has no entry %q", rest)
			}
			return p.Link("webography.html#" + rest), nil
		case scheme == "glossary":
			if !slices.ContainsFunc(e.terms, func(t glossary.Term) bool { return t.ID == rest }) {
				return "", fmt.Errorf("the glossary has no term %q", rest)
			}
			return p.Link("glossary.html#" + rest), nil
		}
		return "", fmt.Errorf("scheme %q is not one that the site knows", scheme)
	}
}

func (e *edition) resolveFile(p page, dest string) (string, error) {
	file, fragment, _ := strings.Cut(dest, "#")
	name, above := strings.CutPrefix(path.Clean(file), "../")
	if !above {
		return "", nil
	}
	id, file, _ := strings.Cut(name, "/")
	if !lessons.IsID(id) || file != "" && file != "README.md" && file != "README.es.md" {
		return "", nil
	}
	i := slices.IndexFunc(e.lessons, func(l lessons.Lesson) bool { return l.ID == id })
	if i < 0 {
		return "", nil // planned, not written yet
	}
	to := p.Link(lessonPath(e.lessons[i]))
	if fragment != "" {
		to += "#" + fragment
	}
	return to, nil
}

// short renders a text of a few sentences that stands on page p.
func (e *edition) short(src string, p page) (template.HTML, error) {
	out, err := e.markdown.Render(src, markdown.Context{Resolve: e.resolver(p)})
	if err != nil {
		return "", fmt.Errorf("%q: %w", src, err)
	}
	return template.HTML(out.Body), nil // written by package markdown, which passes no raw HTML through
}

// phrase is short without the paragraph around it.
func (e *edition) phrase(src string, p page) (template.HTML, error) {
	out, err := e.short(src, p)
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(out)), "<p>"), "</p>")
	return template.HTML(inner), err
}
