package report

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// page is a parsed file of dir.
func page(t *testing.T, dir, name string) *html.Node {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	defer f.Close()
	doc, err := html.Parse(f)
	require.NoError(t, err)
	return doc
}

// all returns the texts of what selector finds, spaces folded.
func all(n *html.Node, selector string) []string {
	texts := []string{}
	for _, m := range cascadia.QueryAll(n, cascadia.MustCompile(selector)) {
		texts = append(texts, inner(m))
	}
	return texts
}

func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestClassAtAGlance(t *testing.T) {
	doc := page(t, written(t, "en"), "index.html")

	assert.Equal(t, []string{"The class at a glance"}, all(doc, "h1"))
	assert.Len(t, all(doc, "#head li"), 3)
	assert.Equal(t, []string{"student", "01 first-sse", "10 echo", "16 hub", "total"}, all(doc, ".grid thead th"))
	assert.Equal(t, []string{"3", "2", "4", "9"}, all(doc, ".grid tbody tr:nth-child(4) td"))
	assert.Equal(t, []string{"6", "refused", "not submitted", "6"}, all(doc, ".grid tbody tr:nth-child(6) td"))
	assert.Len(t, all(doc, ".grid tbody .s5"), 6+1, "full scores: six lessons, and a total")
	assert.Equal(t, []string{"mean", "3.8", "1.2", "3.2", "8.2"}, all(doc, ".grid tfoot tr:first-child > *"))

	assert.Equal(t, []string{"1", "3", "2", "1", "1"}, all(doc, ".histogram .count"))
	assert.Equal(t, []string{"4 of 7", "2 of 4", "1 of 3", "1 of 4", "1 of 4"}, all(doc, ".hardest .measure"))
	assert.Equal(t, "An event leaves the server when it happens, not when a buffer is full.", all(doc, ".hardest li > p:first-child")[0])
}

func TestWhatCouldNotBeGradedComesFirst(t *testing.T) {
	doc := page(t, written(t, "en"), "index.html")
	assert.Equal(t, []string{"attention", "grid", "spread", "hardest"}, ids(doc, "main section"))
	assert.Equal(t, []string{"not gradable 1", "crashed 1", "refused 1", "does not compile 2", "not reached 1", "no lesson folder 1"}, all(doc, ".trouble summary"))
	for _, advice := range all(doc, ".trouble .advice") {
		assert.NotEmpty(t, advice)
	}
	assert.Equal(t, "ema 16-hub the program used more than 512 MiB of memory and was stopped", all(doc, ".not-gradable .cases li")[0])
}

func TestWhatWasIgnoredBesideTheSubmissions(t *testing.T) {
	c := madeUp()
	c.Notes = []lessons.Text{text("ignored beside the submissions: "+hostile, "ignorado junto a las entregas: "+hostile)}
	for lang, want := range map[string][]string{
		"en": {"About the files handed in", "ignored beside the submissions: "},
		"es": {"Sobre los archivos entregados", "ignorado junto a las entregas: "},
	} {
		dir := t.TempDir()
		require.NoError(t, Write(dir, c, lang))
		doc := page(t, dir, "index.html")
		assert.Equal(t, want[:1], all(doc, "#notes p"))
		require.Len(t, all(doc, "#notes li"), 1)
		assert.Contains(t, all(doc, "#notes li")[0], want[1])
		r, err := Read(dir)
		require.NoError(t, err)
		assert.Equal(t, []string{want[1] + hostile}, r.Notes)
	}
	assert.Empty(t, all(page(t, written(t, "en"), "index.html"), "#notes"))
}

func ids(doc *html.Node, selector string) (found []string) {
	for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile(selector)) {
		found = append(found, attr(n, "id"))
	}
	return found
}

// What is said of the class names other people: whoever grades reads it, no student does.
func TestStudentsReadNothingAboutOthers(t *testing.T) {
	for lang, want := range map[string]string{"en": "Not on the roster: Zoë Quispe.", "es": "No están en la lista: Zoë Quispe."} {
		dir := written(t, lang)
		assert.Contains(t, all(page(t, dir, "index.html"), "#head li"), want)
		files, err := filepath.Glob(filepath.Join(dir, "students", "*"))
		require.NoError(t, err)
		require.Len(t, files, 16)
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "Quispe", f)
		}
		assert.Len(t, all(page(t, dir, "students/bruno.html"), ".notice li"), 2, "what weighs on everybody's score stays")
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	dir := written(t, "en")
	files, err := filepath.Glob(filepath.Join(dir, "students", "*.html"))
	require.NoError(t, err)
	require.Len(t, files, 8)
	names := []string{"index.html"}
	for _, f := range files {
		names = append(names, "students/"+filepath.Base(f))
	}
	anchors := map[string][]string{}
	for _, name := range names {
		anchors[name] = ids(page(t, dir, name), "[id]")
	}
	for _, name := range names {
		for _, a := range cascadia.QueryAll(page(t, dir, name), cascadia.MustCompile("a")) {
			u, err := url.Parse(attr(a, "href"))
			require.NoError(t, err)
			target := path.Join(path.Dir(name), u.Path)
			if u.Path == "" {
				target = name
			}
			assert.Contains(t, anchors, target, name)
			if u.Fragment != "" {
				assert.Contains(t, anchors[target], u.Fragment, "%s: %s", name, attr(a, "href"))
			}
		}
	}
}

func TestStudentPage(t *testing.T) {
	doc := page(t, written(t, "en"), "students/bruno.html")
	assert.Equal(t, []string{"bruno"}, all(doc, "h1"))
	assert.Equal(t, []string{"01 first-sse 3 /6", "10 echo 2 /4", "16 hub 4 /9"}, all(doc, "nav.lessons a"))
	assert.Equal(t, []string{"16-hub.TestSlowReaderDoesNotStall", "16-hub.TestNoRace"}, ids(doc, `[id="16-hub"] article`))
	slow := cascadia.Query(doc, cascadia.MustCompile(`[id="16-hub.TestSlowReaderDoesNotStall"]`))
	assert.Equal(t, []string{"A reader that stops reading does not delay the others."}, all(slow, "h3"))
	assert.Equal(t, []string{`expected luz receives "w-9c11d4" although ivo has stopped reading`, "got nothing for luz within 10s"}, all(slow, ".pairs > div"))
	assert.Equal(t, []string{"Hint Who holds the lock while writing to the slow peer?"}, all(slow, ".hint"))
	rows := all(slow, ".wire tbody tr")
	require.Len(t, rows, 12)
	assert.Equal(t, "0.003 ana ↑ sent by the test text 8 B w-77ab02", rows[4])
	assert.Contains(t, rows[7], "… cut here")
	assert.Equal(t, []string{"10.009 luz · note 10s passed ◀ here it broke"}, all(slow, ".wire .wrong"))
	assert.Equal(t, []string{"hub.go:58", "hub.go:41"}, all(doc, `[id="16-hub.TestNoRace"] .said .place`))
	assert.Equal(t, []string{"2 passed", "2 passed", "2 passed"}, all(doc, "details:not([open]) > summary"))
	assert.Equal(t, []string{"TestCloseCode 0 of 2 0.021 s run again, since the machine was busy the first time"}, all(doc, `[id="10-echo.TestCloseCode"] .from`))
	assert.Contains(t, all(doc, `[id="10-echo"] .wire .what`)[3], "close 1001 going away")
}

func TestBinaryPayloadsAreDumped(t *testing.T) {
	dir := written(t, "en")
	r := New(madeUp(), "en")
	doc := page(t, dir, "students/"+FileNames(r.Students)[0]+".html")
	dumps := all(doc, ".dump")
	require.Len(t, dumps, 2)
	assert.Contains(t, dumps[0], "10 48 65 6c 6c 6f 2c 20 77 Hello, w")
	whats := all(doc, `[id="16-hub"] .wire tbody .what`)
	assert.Equal(t, []string{"text", "binary FIN 0", "continuation", "close 4711 private use"}, whats)
}

func TestLessonsWithoutAScore(t *testing.T) {
	dir := written(t, "en")
	carla := page(t, dir, "students/carla.html")
	assert.Equal(t, []string{"echo.go:31:9", "echo.go:38:2", "echo.go:40:14"}, all(carla, `[id="10-echo"] .said .place`))
	assert.Equal(t, []string{"About the files handed in"}, all(carla, ".notice h2")[1:])
	diego := page(t, dir, "students/diego.html")
	assert.Equal(t, []string{"refused"}, all(diego, `[id="10-echo"] .score`))
	assert.Empty(t, all(diego, `[id="10-echo"] details`), "tests that never had a chance are not listed")
	assert.NotEmpty(t, all(diego, `[id="16-hub"] .advice`))
}

// The one script is the package's own, and the page lets no other run: not even the same with a letter more.
func TestPagesHoldOneScriptAndNothingHidden(t *testing.T) {
	dir := written(t, "en")
	hidden := regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		assert.NotRegexp(t, `[<>:"|?*\\\x00-\x1f]`, d.Name())
		assert.Less(t, len(d.Name()), 100)
		if d.IsDir() || filepath.Ext(name) == ".json" || filepath.Ext(name) == ".csv" {
			return nil
		}
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.False(t, hidden.Match(raw), "%s has characters that are not seen: %q", name, hidden.Find(raw))
		if filepath.Ext(name) == ".md" {
			return nil
		}
		doc := page(t, dir, strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(dir)+"/"))
		scripts, allowed := cascadia.QueryAll(doc, cascadia.MustCompile("script")), ""
		if filepath.Base(name) == "index.html" {
			require.Len(t, scripts, 1)
			hash := sha256.Sum256([]byte(scripts[0].FirstChild.Data))
			allowed = "script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; "
		} else {
			assert.Empty(t, scripts, name)
		}
		policy := cascadia.Query(doc, cascadia.MustCompile("meta[http-equiv=Content-Security-Policy]"))
		assert.Equal(t, "default-src 'none'; style-src 'unsafe-inline'; "+allowed+"base-uri 'none'; form-action 'none'", attr(policy, "content"))
		assert.Empty(t, cascadia.QueryAll(doc, cascadia.MustCompile("img, iframe, link, object, embed, [onerror], [src]")), name)
		for _, n := range cascadia.QueryAll(doc, cascadia.MustCompile("[href]")) {
			assert.NotContains(t, attr(n, "href"), ":", name)
		}
		return nil
	})
	require.NoError(t, err)
}

func TestSpanish(t *testing.T) {
	dir := written(t, "es")
	index, bruno := page(t, dir, "index.html"), page(t, dir, "students/bruno.html")
	assert.Equal(t, "es", attr(cascadia.Query(index, cascadia.MustCompile("html")), "lang"))
	assert.Equal(t, []string{"La clase de un vistazo"}, all(index, "h1"))
	assert.Equal(t, "se cayó 1", all(index, ".trouble summary")[1])
	assert.Equal(t, []string{"se esperaba", "llegó"}, all(bruno, `[id="10-echo"] .pairs dt`))
	assert.Equal(t, []string{"Pista ¿Qué devuelve ReadMessage cuando el otro lado cierra?"}, all(bruno, `[id="10-echo"] .hint`))
	md, err := os.ReadFile(filepath.Join(dir, "students", "bruno.md"))
	require.NoError(t, err)
	assert.Contains(t, string(md), "**Pista:** ¿Qué devuelve")
}

func TestEmptyClass(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Write(dir, verdict.Class{}, "en"))
	assert.Equal(t, []string{"There are no submissions."}, all(page(t, dir, "index.html"), "#grid .lead"))
}

// TestWordsAreWhole compares the two languages: no word is missing, and both take the same arguments.
func TestWordsAreWhole(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z%]`)
	en, es := reflect.ValueOf(english()), reflect.ValueOf(spanish())
	for i := range en.NumField() {
		name := en.Type().Field(i).Name
		switch a, b := en.Field(i), es.Field(i); a.Kind() {
		case reflect.String:
			assert.NotEmpty(t, a.String(), name)
			assert.NotEmpty(t, b.String(), name)
			assert.Equal(t, verbs.FindAllString(a.String(), -1), verbs.FindAllString(b.String(), -1), name)
		case reflect.Map:
			assert.Equal(t, a.Len(), b.Len(), name)
			for _, k := range a.MapKeys() {
				require.True(t, b.MapIndex(k).IsValid(), "%s: %v", name, k)
				assert.NotEmpty(t, b.MapIndex(k).String(), "%s: %v", name, k)
			}
		}
	}
}

// A closed card shows that it opens, and a box of text that it has more, without half a line.
func TestWhatIsClosedShowsThatThereIsMore(t *testing.T) {
	css, err := Stylesheet()
	require.NoError(t, err)
	assert.Contains(t, css, ".trouble summary::after {")
	assert.Contains(t, css, ".trouble[open] summary::after {")
	assert.Contains(t, css, "line-height: 1.5; tab-size: 4; max-height: calc(20px + 1.5em * var(--lines));", "the paddings, and whole lines")
	assert.NotRegexp(t, `\.said \{[^}]*max-height: [0-9.]+r?em`, css)
}
