// Package pagestest renders a small made-up course for tests of what pages look like: they must not depend on what
// the real lessons say today. Only tests call it.
package pagestest

import (
	"fmt"
	"testing"
	"testing/fstest"

	"wirelab/site/htmlcheck"
	"wirelab/site/pages"
)

// Picture is the SVG file of every lesson of [Lessons]. Its marker's id is the same in all of them.
const Picture = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 100" width="800" onload="x()">
<title>t</title><style>text { fill: red }</style><script>x()</script>
<defs><marker id="arrow"/></defs><path stroke="var(--line)" style="fill:red" marker-end="url(#arrow)"/><text>hub</text></svg>`

// Lessons returns a course of three lessons: two in part 1, one in part 3, none in the others.
func Lessons() fstest.MapFS {
	fsys := fstest.MapFS{}
	add(fsys, "01-first-sse", "std", "First stream", "El primer flujo")
	add(fsys, "03-sse-parser", "std", "The parser", "El parser")
	add(fsys, "16-hub", "gorilla", "A hub", "Un hub")
	return fsys
}

func add(fsys fstest.MapFS, id, library, en, es string) {
	front := "---\ntitle: %q\nsummary: %q\nminutes: 60\nkind: server\nlibrary: " + library +
		"\nfiles: [code.go]\nreads: [rfc6455, mdn-sse]\n---\n"
	fsys[id+"/README.md"] = &fstest.MapFile{Data: []byte(fmt.Sprintf(front, en, "About "+en+".") + notesEN)}
	fsys[id+"/README.es.md"] = &fstest.MapFile{Data: []byte(fmt.Sprintf(front, es, "Sobre "+es+".") + notesES)}
	fsys[id+"/picture.svg"] = &fstest.MapFile{Data: []byte(Picture)}
}

const notesEN = `
# A title that the page has already

## The idea

A [frame](glossary:frame), [the RFC](webography:rfc6455), [another lesson](../16-hub/README.md),
[a planned one](../24-capstone/README.md) and [a file](code.go).

![Three readers around a hub](picture.svg "What a hub does")

### What passes

` + "```go\nfunc Subject() http.Handler { return nil } // given\n```" + `

| code | meaning |
| --- | --- |
| 1000 | normal |

## The idea

Again <b>raw</b>, see [above](#the-idea).
`

const notesES = `
# Un título que la página ya tiene

## ¿Qué pasará después?

Una [trama](glossary:frame), [el RFC](webography:rfc6455), [otra lección](../16-hub/README.es.md),
[una prevista](../24-capstone/) y [un archivo](code.go).

![Tres lectores alrededor de un hub](picture.svg "Lo que hace un hub")

### Qué pasa

` + "```go\nfunc Subject() http.Handler { return nil } // dado\n```" + `

| código | significado |
| --- | --- |
| 1000 | normal |

## ¿Qué pasará después?

Otra vez <b>crudo</b>, mira [arriba](#qué-pasará-después).
`

// Site renders [Lessons].
func Site(t *testing.T) pages.Site {
	t.Helper()
	r, err := pages.New()
	if err != nil {
		t.Fatal(err)
	}
	site, err := r.Render(Lessons())
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// Page parses a page of [Site]: "en/lessons/16-hub.html".
func Page(t *testing.T, name string) *htmlcheck.Doc {
	t.Helper()
	body, ok := Site(t)[name]
	if !ok {
		t.Fatalf("the site has no %s", name)
	}
	return htmlcheck.Parse(t, name, body)
}
