package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// said is a class in which a student has chosen every text that can be a student's: the name, what the program printed
// and sent, what the compiler quoted.
func said(name, message, data string) verdict.Class {
	c := verdict.Class{Lessons: madeUpLessons()[:2]}
	both := func(s string) lessons.Text { return lessons.Text{EN: s, ES: s} }
	failed := verdict.TestResult{
		Name: "TestFlushes", Outcome: verdict.Failed, Message: both(message),
		Transcript: []wire.Entry{
			{Conn: "ws1", Dir: wire.Receive, Kind: wire.KindText, Length: len(data), Data: data, Wrong: true},
			{Conn: "ws1", Dir: wire.Receive, Kind: wire.KindEvent, Event: data, EventID: message, Data: name},
			{Conn: "http1", Dir: wire.Receive, Kind: wire.KindResponse, Code: 200, Data: data},
			{Conn: "ws1", Dir: wire.Receive, Kind: wire.KindClose, Code: 1000, Data: message},
			{Conn: "ws1", Dir: wire.Receive, Kind: wire.KindBinary, Encoding: "hex", Data: data},
		},
	}
	c.Students = []verdict.Student{{ID: name, Notes: []lessons.Text{both(message)}, Lessons: []verdict.LessonResult{
		graded(c.Lessons[0], failed), broken(c.Lessons[1], verdict.DoesNotCompile, both(data)),
	}}}
	return c
}

// FuzzReport: whatever a student says, no page has an element or an attribute that one of a harmless student has not,
// the gradebook no formula, the Markdown no link and no HTML, the terminal nothing to obey.
func FuzzReport(f *testing.F) {
	for _, s := range []string{
		"ana", hostile, "=cmd|'/c calc'!A1", "+1", "-1", "@x", "\t=1", " =1", "\r\n=1", "'=1", "</script><script>", "\" onmouseover=\"x", "{{.}}",
		"<a href=javascript:x>", "[a](javascript:x)", "![](http://x)", "<http://x>", "www.example.org a@b.org http://x.org", "`", "````\n# x\n~~~", "a\n\n# b\n\n- c",
		"|a|b|\n|-|-|", "&lt;b&gt;&#60;", "\x1b]0;x\x07\x1b[31m", "\u202eabc\u2066", "\u200b\ufeff\u2028", "\xff\xfe", "expected  a\ngot       <b>", "x.go:1:2: <i>",
		"[x]: http://y\n\n[x]", "\\", "*_~$", "<!--", "]]>", "%s%n", strings.Repeat("`", 40), "１＝", "＝1+1",
	} {
		f.Add(s, s, s)
	}
	f.Add("ana", "expected  \"<b>\"\ngot       ``` \x00", "data: x\n\n")
	known := vocabulary(f)
	f.Fuzz(func(t *testing.T, name, message, data string) {
		if len(name)+len(message)+len(data) > 10_000 {
			return // length is not the question, and the wrapping of lines is slow
		}
		c := said(name, message, data)
		r := New(c, "en")
		p, err := newPages("en")
		if err != nil {
			t.Fatal(err)
		}
		var student, index, md, sheet, term bytes.Buffer
		for what, err := range map[string]error{
			"student": p.student(&student, r, r.Students[0]), "index": p.index(&index, r, FileNames(r.Students)),
			"markdown": writeMarkdown(&md, r, r.Students[0]), "csv": WriteCSV(&sheet, r), "terminal": Terminal(&term, c, Style{Lang: "en", Width: 80}),
		} {
			if err != nil {
				t.Fatal(what, err)
			}
		}
		for _, page := range []*bytes.Buffer{&student, &index} {
			ofTheTemplate(t, known, page)
		}
		noFormula(t, sheet.String())
		onlyText(t, rendered(t, md.String()), md.String())
		for _, r := range term.String() {
			if r != '\n' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q in the terminal", r)
			}
		}
	})
}

// within is where links of the report lead.
var within = regexp.MustCompile(`^(#|\.\./index\.html|index\.html|students/)[^:]*$`)

// vocabulary is what the templates write, elements and attributes, for a class whose students mean no harm.
func vocabulary(t testing.TB) map[string]bool {
	t.Helper()
	p, err := newPages("en")
	if err != nil {
		t.Fatal(err)
	}
	all := madeUp()
	all.Students = slices.DeleteFunc(all.Students, func(s verdict.Student) bool { return strings.Contains(s.ID, "<") })
	odd := said("ana\x00", "x.go:1:2: a\x00\nb\nexpected  a\ngot       b\x00", "b\u202e x.go:1:2")
	known := map[string]bool{}
	for _, c := range []verdict.Class{all, odd, {}} {
		r := New(c, "en")
		var pages bytes.Buffer
		err := p.index(&pages, r, FileNames(r.Students))
		for _, s := range r.Students {
			err = errors.Join(err, p.student(&pages, r, s))
		}
		if err != nil {
			t.Fatal(err)
		}
		tokens := html.NewTokenizer(&pages)
		for tokens.Next() != html.ErrorToken {
			token := tokens.Token()
			if token.Type != html.TextToken {
				known[token.Data] = true
			}
			for _, a := range token.Attr {
				known[a.Key] = true
			}
		}
	}
	return known
}

func ofTheTemplate(t *testing.T, known map[string]bool, page *bytes.Buffer) {
	t.Helper()
	doc, err := html.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.CommentNode:
			t.Fatalf("a comment: %q", n.Data)
		case html.ElementNode:
			if !known[strings.ToLower(n.Data)] && n.Data != "tbody" {
				t.Fatalf("element %q", n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case !known[strings.ToLower(a.Key)]:
					t.Fatalf("attribute %q of %q", a.Key, n.Data)
				case a.Key == "href" && !within.MatchString(a.Val):
					t.Fatalf("a link to %q", a.Val)
				}
			}
		}
	}
}

func noFormula(t *testing.T, sheet string) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range slices.Concat(records...) {
		if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			t.Fatalf("cell %q", cell)
		}
	}
}

// onlyText looks for what the Markdown feedback never has of its own.
func onlyText(t *testing.T, doc *html.Node, md string) {
	t.Helper()
	for n := range doc.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.ElementNode &&
			!slices.Contains(strings.Fields("html head body h1 h2 h3 p strong blockquote table thead tbody tr th td ul li pre code"), n.Data) {
			t.Fatalf("%q in the Markdown:\n%s", n.Data, md)
		}
	}
}
