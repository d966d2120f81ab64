package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/htmlcheck"
)

// notes renders a text as the notes of a lesson are, in Spanish.
func notes(t *testing.T, src string, terms ...Term) (*htmlcheck.Doc, HTML, error) {
	t.Helper()
	out, err := New().Render(src, Context{
		Resolve: func(dest string) (string, error) { return strings.Replace(dest, "glossary:", "g.html#", 1), nil },
		Lang:    "es", Terms: NewTerms(terms),
	})
	return htmlcheck.Parse(t, "notes", []byte(out.Body)), out, err
}

func TestMarkedQuotationsAreCallouts(t *testing.T) {
	doc, _, err := notes(t, "> [!WARNING]\n> Vacía el *búfer*.\n>\n> Siempre.\n\n> [!NOTE]\n>\n> Dicho aparte.\n\n> Solo una cita.\n\n- > [!TIP]\n  > Dentro.\n")
	require.NoError(t, err)
	warning := doc.One(".callout.warning[role=note]")
	warning.One(".callout-title").HasText("Cuidado")
	warning.Count("p", 3)
	warning.One("p > em").HasText("búfer")
	doc.One(".callout.note").HasText("Nota Dicho aparte.")
	doc.One("li > .callout.tip").HasText("Consejo Dentro.")
	doc.One("blockquote").HasText("Solo una cita.")
	assert.NotContains(t, doc.Text(), "[!")
}

func TestCalloutsThatAreNone(t *testing.T) {
	for src, want := range map[string]string{
		"> [!DANGER]\n> x": "want NOTE, TIP or WARNING",
		"> [!NOTE]":        "says nothing",
	} {
		_, _, err := notes(t, src)
		assert.ErrorContains(t, err, want, src)
	}
}

const question = "```quiz\n¿Qué dice la [línea](glossary:line) en `blanco`?\n\n- [ ] Que *terminó*.\n- [x] Que está completo.\n\nHasta que llega, se junta.\n```\n"

func TestQuizzesAreAnsweredInPlace(t *testing.T) {
	doc, out, err := notes(t, "## Fin\n\n"+question+"\n```quiz\n¿Cuáles?\n\n- [x] uno\n- [x] dos\n- [ ] tres\n\nPorque sí.\n```\n")
	require.NoError(t, err)
	doc.Count("fieldset.quiz", 2)
	doc.One("legend code").HasText("blanco")
	doc.One("legend a[href='g.html#line']")
	doc.Count("label > input[type=radio][name=quiz-1]", 2)
	doc.Count("label > input[type=checkbox][name=quiz-2]", 3)
	doc.Count("label[data-right]", 3)
	doc.One("label:not([data-right]) em").HasText("terminó")
	doc.One(".quiz-hint").HasText("Hay más de una correcta.")
	doc.Count("details:not([open]) > summary", 2)
	doc.All("details")[0].HasText("Respuesta Que está completo. Hasta que llega, se junta.")
	doc.Count("[role=status]", 2)
	doc.Count("pre, input[checked], input[disabled]", 0)
	assert.Equal(t, []Section{{}, {ID: "fin", Heading: "Fin"}}, out.Sections, "a search gives no answer away")
}

func TestQuizzesThatAreNone(t *testing.T) {
	for src, want := range map[string]string{
		"- [x] a\n- [ ] b\n":              "want a question first",
		"Q?\n\nE.\n":                      "want a list of answers",
		"Q?\n\n- a\n- [x] b\n\nE.\n":      `answer "a": want`,
		"Q?\n\n- [ ] a\n- [ ] b\n\nE.\n":  "no answer is right",
		"Q?\n\n- [x] a\n- [x] b\n\nE.\n":  "every answer is right",
		"Q?\n\n- [x] a\n- [ ] b\n":        "want an explanation",
		"Q?\n\n-\n- [x] b\n\nE.\n":        "want `- [ ]` or `- [x]`",
		"Q ![x](y.svg)?\n\n- [x] a\n\nE.": "stand alone",
	} {
		_, _, err := notes(t, "```quiz\n"+src+"\n```\n")
		require.Error(t, err, src)
		assert.ErrorContains(t, err, want, src)
		assert.ErrorContains(t, err, "quiz ", src)
	}
}

func TestMarkedLinesOfCode(t *testing.T) {
	doc, _, err := notes(t, "```go {hl_lines=[2,\"4-5\"]}\na\nb\nc\nd\ne\n```\n")
	require.NoError(t, err)
	var marked []string
	for _, line := range doc.All(".code > pre > code > .line.hl") {
		marked = append(marked, line.Text())
	}
	assert.Equal(t, []string{"b", "d", "e"}, marked)
	assert.Equal(t, "a b c d e", doc.One("code").Text())
}

func TestTermsAreExplainedWhereTheyFirstStand(t *testing.T) {
	terms := []Term{
		{ID: "frame", Names: []string{"trama", "frame"}, Address: "g.html#frame", Text: "Unos \"bytes\"."},
		{ID: "control", Names: []string{"trama de control"}, Address: "g.html#control", Text: "Otra."},
		{ID: "message", Address: "g.html#message", Text: "Solo con enlace."},
	}
	doc, _, err := notes(t, "## Una trama\n\n`trama`, entrama, [trama](x), sub-trama. **Tramas** de control\ny una trama de control, otra trama; un mensaje y\nun [mensaje](glossary:message).\n", terms...)
	require.NoError(t, err)
	doc.Count("a.term", 3)
	doc.One("strong > a.term[href='g.html#frame']").HasText("Tramas")
	doc.One("a.term[href='g.html#frame']").HasAttr("data-explain", `Unos "bytes".`)
	doc.One("a.term[href='g.html#control']").HasText("trama de control")
	doc.One("a.term[href='g.html#message'][data-explain='Solo con enlace.']")
	doc.Count("h2 a.term, code a, a a", 0)
	doc.HasText("Tramas de control y una trama de control, otra trama; un mensaje y un mensaje.")
}

func TestSectionsAreWhatASearchReads(t *testing.T) {
	_, out, err := notes(t, "Antes *de* todo.\n\n## Uno\n\n- a\n- b `c`\n\n| d | e |\n| --- | --- |\n| f | g |\n\n### Dos\n\n```go\nfunc f()\n```\n\n> [!TIP]\n> Al lado.\n")
	require.NoError(t, err)
	assert.Equal(t, []Section{
		{Text: "Antes de todo."},
		{ID: "uno", Heading: "Uno", Text: "a b c d e f g"},
		{ID: "dos", Heading: "Dos", Text: "func f() Al lado."},
	}, out.Sections)
	assert.Equal(t, "Un id y más.", New().Plain("Un `id` y *más*."))
}
