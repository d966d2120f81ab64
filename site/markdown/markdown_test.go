package markdown

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"

	"wirelab/site/htmlcheck"
)

func TestAnchorsKeepAccents(t *testing.T) {
	for heading, want := range map[string]string{
		"The idea":                    "the-idea",
		"¿Qué pasará después?":        "qué-pasará-después",
		"Vacía el búfer con `Flush`":  "vacía-el-búfer-con-flush",
		"  Año ñandú: 1.2, «así» — ":  "año-ñandú-12-así",
		"RFC 6455 §5.2":               "rfc-6455-52",
		"???":                         "section",
		"Nu\u0301mero (decomposed U)": "nu\u0301mero-decomposed-u",
	} {
		assert.Equal(t, want, anchor(heading), "%q", heading)
	}
}

func TestAnchorsAreUnique(t *testing.T) {
	ids := headingIDs{map[string]bool{"content": true}}
	assert.Equal(t, "content-1", string(ids.Generate([]byte("Content"), ast.KindHeading)))
	assert.Equal(t, "again", string(ids.Generate([]byte("Again"), ast.KindHeading)))
	assert.Equal(t, "again-1", string(ids.Generate([]byte("again"), ast.KindHeading)))
	ids.Put([]byte("again-2"))
	assert.Equal(t, "again-3", string(ids.Generate([]byte("Again"), ast.KindHeading)))
}

func render(t *testing.T, src string, pictures fstest.MapFS) (*htmlcheck.Doc, HTML, error) {
	t.Helper()
	out, err := New().Render(src, Context{
		Resolve: func(dest string) (string, error) {
			switch dest {
			case "gone":
				return "", nil
			case "bad":
				return "", assert.AnError
			}
			return "to/" + dest, nil
		},
		Pictures: pictures,
		Anchor:   "Link here",
	})
	return htmlcheck.Parse(t, "text", []byte(out.Body)), out, err
}

func TestHeadingsBecomeTheContentsList(t *testing.T) {
	doc, out, err := render(t, "# Title\n\n## One `two`\n\n### *Deep*\n\n#### Deeper\n\n> ## Quoted\n", nil)
	require.NoError(t, err)
	assert.Equal(t, []Heading{{2, "one-two", "One two"}, {3, "deep", "Deep"}}, out.Headings)
	doc.Count("h1", 0)
	doc.One("h2#one-two > a.anchor[href='#one-two']").HasAttr("aria-label", "Link here")
}

func TestLinks(t *testing.T) {
	doc, _, err := render(t, "[a](x) [*b*](gone) [c](#here)", nil)
	require.NoError(t, err)
	doc.Count("a", 2)
	doc.One("a[href='to/x']").HasText("a")
	doc.One("a[href='#here']").HasText("c")
	doc.One("p > em").HasText("b")

	_, _, err = render(t, "[a](bad)", nil)
	require.ErrorIs(t, err, assert.AnError)
	assert.ErrorContains(t, err, `link "bad"`)
}

func TestRawHTMLDoesNotPass(t *testing.T) {
	doc, _, err := render(t, "a <b onclick=x()>b</b>\n\n<script>x()</script>\n\n[js](javascript:x())", nil)
	require.NoError(t, err)
	doc.Count("b, script, [onclick]", 0)
}

func TestCodeIsHighlightedByClasses(t *testing.T) {
	doc, _, err := render(t, "```go\nfunc f() {}\n```\n\n```\nplain\n```\n", nil)
	require.NoError(t, err)
	doc.One("pre.chroma .kd").HasText("func")
	doc.Count("[style]", 0)
	doc.Count("pre.chroma[tabindex='0'] > code", 2)
}

func TestPictureBecomesPartOfThePage(t *testing.T) {
	pictures := fstest.MapFS{
		"a.svg":    {Data: []byte(`<svg viewBox="0 0 1 1" width="9"><style>x{}</style><g id="g" onclick="x()"><title>inner</title></g><use href="#g" style="fill:red"/><path fill="url(#g)"/></svg>`)},
		"a.es.svg": {Data: []byte(`<!-- note --><svg viewBox="0 0 1 1"><g id="g"/></svg>`)},
	}
	doc, _, err := render(t, "![What 3 < 4 shows](a.svg \"Caption\")\n\n![Otra](a.es.svg)\n", pictures)
	require.NoError(t, err)
	doc.Count("figure.picture svg", 2)
	svg := doc.One("svg[aria-label='What 3 < 4 shows']")
	svg.HasAttr("role", "img")
	svg.HasAttr("viewBox", "0 0 1 1")
	svg.HasAttr("width", "")
	doc.Count("style, [style], [onclick]", 0)
	doc.One("#a-g > title").HasText("inner")
	doc.One("use[href='#a-g']")
	doc.One("path[fill='url(#a-g)']")
	doc.One("#a-es-g")
	doc.One("figcaption").HasText("Caption")
}

func TestPicturesThatCannotBeShown(t *testing.T) {
	pictures := fstest.MapFS{
		"a.svg":    {Data: []byte(`<svg viewBox="0 0 1 1"></svg>`)},
		"flat.svg": {Data: []byte(`<svg width="3"></svg>`)},
		"not.svg":  {Data: []byte(`<p>hello`)},
	}
	for src, want := range map[string]string{
		"text ![a](a.svg)":   "must stand alone",
		"![a](a.png)":        "want an .svg file",
		"![a](../x/a.svg)":   "want an .svg file",
		"![a](https://x/a)":  "want an .svg file",
		"![a](missing.svg)":  "missing.svg",
		"![a](flat.svg)":     "no viewBox",
		"![a](not.svg)":      "no <svg>",
		"- ![a](a.svg) text": "must stand alone",
	} {
		_, _, err := render(t, src, pictures)
		require.Error(t, err, "%s", src)
		assert.ErrorContains(t, err, want, "%s", src)
	}
}

func TestTypographyLeavesFlagsAlone(t *testing.T) {
	doc, _, err := render(t, `It's "so": go run ./site build --out dir... done`, nil)
	require.NoError(t, err)
	doc.HasText("It’s “so”: go run ./site build --out dir... done")
}
