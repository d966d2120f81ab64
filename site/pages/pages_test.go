package pages_test

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/lessons"
	"wirelab/site/htmlcheck"
	"wirelab/site/pages"
	"wirelab/site/pages/pagestest"
)

// docs parses every page of a site.
func docs(t *testing.T, site pages.Site) map[string]*htmlcheck.Doc {
	t.Helper()
	all := map[string]*htmlcheck.Doc{}
	for name, body := range site {
		if strings.HasSuffix(name, ".html") {
			all[name] = htmlcheck.Parse(t, name, body)
		}
	}
	return all
}

// sites are the made-up course and the real one.
func sites(t *testing.T) map[string]pages.Site {
	t.Helper()
	r, err := pages.New()
	require.NoError(t, err)
	real, err := r.Render(lessons.FS)
	require.NoError(t, err)
	return map[string]pages.Site{"made up": pagestest.Site(t), "real": real}
}

func TestEveryInternalLinkLeadsSomewhere(t *testing.T) {
	for which, site := range sites(t) {
		all := docs(t, site)
		checked := 0
		for name, doc := range all {
			for _, at := range []string{"href", "src"} {
				for _, el := range doc.All("[" + at + "]") {
					checked += checkLink(t, site, all, name, el.Attr(at))
				}
			}
		}
		assert.Greater(t, checked, 500, which)
	}
}

// checkLink returns 1 if the link stays within the site.
func checkLink(t *testing.T, site pages.Site, all map[string]*htmlcheck.Doc, from, link string) int {
	t.Helper()
	u, err := url.Parse(link)
	if !assert.NoError(t, err, "%s: %s", from, link) || u.Scheme != "" {
		return 0
	}
	target := from
	if u.Path != "" {
		target = path.Join(path.Dir(from), u.Path)
		if strings.HasPrefix(u.Path, "/") {
			assert.Equal(t, "404.html", path.Base(from), "%s: only a page without an address of its own links from the root", from)
			target = strings.TrimPrefix(u.Path, "/")
		}
	}
	if !assert.Contains(t, site, target, "%s: %s", from, link) {
		return 1
	}
	if u.Fragment != "" && path.Ext(target) == ".html" {
		assert.NotEmpty(t, all[target].All(fmt.Sprintf("[id=%q]", u.Fragment)), "%s: %s: no such anchor", from, link)
	}
	return 1
}

func TestBothLanguagesHaveTheSamePagesAndHeadings(t *testing.T) {
	outline := func(d *htmlcheck.Doc) string {
		var b strings.Builder
		for level := 1; level <= 4; level++ {
			fmt.Fprintf(&b, "h%d:%d ", level, len(d.All(fmt.Sprintf("main h%d", level))))
		}
		return b.String()
	}
	for which, site := range sites(t) {
		all := docs(t, site)
		for name, doc := range all {
			twin, ok := strings.CutPrefix(name, "en/")
			if !ok {
				continue
			}
			es := all["es/"+twin]
			require.NotNil(t, es, "%s: %s has no Spanish twin", which, name)
			if twin != "glossary.html" { // its headings are letters
				assert.Equal(t, outline(doc), outline(es), "%s: %s", which, name)
			}
			doc.One("html").HasAttr("lang", "en")
			es.One("html").HasAttr("lang", "es")
		}
	}
}

func TestLanguageSwitchStaysOnThePage(t *testing.T) {
	other := map[string]string{"en": "es", "es": "en"}
	for name, doc := range docs(t, pagestest.Site(t)) {
		lang, rest, ok := strings.Cut(name, "/")
		if !ok || rest == "404.html" {
			continue
		}
		href := doc.One("a.language").Attr("href")
		assert.Equal(t, other[lang]+"/"+rest, path.Join(path.Dir(name), href), name)
		doc.One("link[rel=alternate]").HasAttr("href", href)
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	for _, site := range sites(t) {
		for name, doc := range docs(t, site) {
			ids := map[string]bool{}
			for _, el := range doc.All("[id]") {
				assert.False(t, ids[el.Attr("id")], "%s: id %q twice", name, el.Attr("id"))
				ids[el.Attr("id")] = true
			}
			for _, el := range doc.All("[aria-labelledby]") {
				assert.True(t, ids[el.Attr("aria-labelledby")], "%s: label %q is missing", name, el.Attr("aria-labelledby"))
			}
			doc.Count("h1", 1)
			doc.Count("title", 1)
			doc.Count("style, [style], script:not([src]), [onclick], [onload]", 0) // the policy would refuse them
			doc.Count("script[src^=http], link[href^=http][rel=stylesheet], img[src^=http]", 0)
		}
	}
}

func TestRenderingAgainSeesWhatChanged(t *testing.T) {
	r, err := pages.New()
	require.NoError(t, err)
	fsys := pagestest.Lessons()
	before, err := r.Render(fsys)
	require.NoError(t, err)

	notes := fsys["16-hub/README.md"].Data
	fsys["16-hub/README.md"] = &fstest.MapFile{Data: append(notes[:len(notes):len(notes)], "\n## New\n"...)}
	fsys["01-first-sse/picture.svg"] = &fstest.MapFile{Data: []byte(`<svg viewBox="0 0 1 1"><text>changed</text></svg>`)}
	after, err := r.Render(fsys)
	require.NoError(t, err)

	assert.Contains(t, string(after["en/lessons/16-hub.html"]), `<h2 id="new">`)
	assert.Contains(t, string(after["es/lessons/01-first-sse.html"]), "changed")
	assert.Equal(t, string(before["en/lessons/03-sse-parser.html"]), string(after["en/lessons/03-sse-parser.html"]))

	assert.Equal(t, []string{"assets/search-en.json", "en/lessons/01-first-sse.html", "en/lessons/16-hub.html", "es/lessons/01-first-sse.html"}, after.Since(before))

	delete(fsys, "16-hub/README.md")
	delete(fsys, "16-hub/README.es.md")
	delete(fsys, "16-hub/picture.svg")
	gone, err := r.Render(fsys)
	require.NoError(t, err)
	assert.NotContains(t, gone, "en/lessons/16-hub.html")
	assert.Contains(t, gone.Since(after), "es/lessons/16-hub.html")
	assert.NotContains(t, string(gone["en/lessons/01-first-sse.html"]), "16-hub.html", "a link to a lesson that is gone goes")
}

func TestWrongNotesAreNamed(t *testing.T) {
	const front = "---\ntitle: T\nsummary: S\nminutes: 30\nkind: server\nlibrary: std\nfiles: [a.go]\nreads: [%s]\n---\n%s"
	for body, want := range map[[2]string]string{
		{"nonsense", "x"}:              `lessons/02-x/README.md: reads: the webography has no entry "nonsense"`,
		{"", "[x](webography:no)"}:     `lessons/02-x/README.md: link "webography:no": the webography has no entry "no"`,
		{"", "[x](glossary:no)"}:       `the glossary has no term "no"`,
		{"", "[x](ftp://example.org)"}: `scheme "ftp"`,
		{"", "![x](gone.svg)"}:         "gone.svg",
	} {
		r, err := pages.New()
		require.NoError(t, err)
		notes := &fstest.MapFile{Data: fmt.Appendf(nil, front, body[0], body[1])}
		_, err = r.Render(fstest.MapFS{"02-x/README.md": notes, "02-x/README.es.md": notes})
		assert.ErrorContains(t, err, want)
	}
}

func TestACourseWithoutLessonsHasAHome(t *testing.T) {
	r, err := pages.New()
	require.NoError(t, err)
	site, err := r.Render(fstest.MapFS{})
	require.NoError(t, err)
	doc := htmlcheck.Parse(t, "home", site["en/index.html"])
	doc.Count(".part.empty", 5)
	doc.Count("a.button", 0)
}

// The course itself is in both languages, and ends each lesson with questions: the same ones, so that the same
// answers are right.
func TestEveryRealLessonIsTranslatedAndAsks(t *testing.T) {
	all, err := lessons.Load(lessons.FS)
	require.NoError(t, err)
	real := docs(t, sites(t)["real"])
	for _, l := range all {
		assert.NotEmpty(t, l.Notes.ES, "%s has no README.es.md", l.ID)
		var shapes [2]string
		for i, lang := range pages.Languages() {
			quizzes := real[lang+"/lessons/"+l.ID+".html"].All("fieldset.quiz")
			assert.GreaterOrEqual(t, len(quizzes), 3, "%s/%s", lang, l.ID)
			for _, q := range quizzes {
				for n := range q.All("label") {
					shapes[i] += fmt.Sprint(len(q.All(fmt.Sprintf("label[data-right]:nth-of-type(%d)", n+1))))
				}
				shapes[i] += "| "
			}
		}
		assert.Equal(t, shapes[0], shapes[1], l.ID)
	}
}

func TestNotesThatNobodyHasTranslatedAreShownInTheOtherLanguage(t *testing.T) {
	fsys := pagestest.Lessons()
	delete(fsys, "16-hub/README.es.md")
	r, err := pages.New()
	require.NoError(t, err)
	site, err := r.Render(fsys)
	require.NoError(t, err)
	doc := htmlcheck.Parse(t, "16-hub", site["es/lessons/16-hub.html"])
	doc.One("html").HasAttr("lang", "es")
	doc.One("h1[lang=en]").HasText("A hub")
	doc.One(".prose > .untranslated").HasText("Solo en inglés")
	doc.One(".prose > div[lang=en] > h2[id=the-idea]")
	htmlcheck.Parse(t, "en", site["en/lessons/16-hub.html"]).Count(".untranslated, .prose [lang]", 0)
	htmlcheck.Parse(t, "other", site["es/lessons/03-sse-parser.html"]).Count(".untranslated", 0)
}
