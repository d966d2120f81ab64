package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"wirelab/grader/verdict"
)

//go:embed page.tmpl index.tmpl student.tmpl page.css page.js
var assets embed.FS

// pages writes HTML. Whatever comes from a submission goes through html/template's escaping; the one thing that
// does not is the package's own style sheet and, in index.html, its own script, for search and sort. The pages forbid
// every other script: the policy of index.html names that one by its hash, a student's page allows none.
type pages struct {
	tmpl  *template.Template
	words words
}

func newPages(lang string) (*pages, error) {
	p := &pages{words: wordsIn(lang)}
	css, err := assets.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	js, err := assets.ReadFile("page.js")
	if err != nil {
		return nil, err
	}
	js = bytes.ReplaceAll(js, []byte("\r"), nil) // a browser reads it so before it takes the hash
	hash := sha256.Sum256(js)
	p.tmpl, err = template.New("").Funcs(template.FuncMap{
		"css":     func() template.CSS { return template.CSS(css) },
		"js":      func() template.JS { return template.JS(js) },
		"jsHash":  func() string { return "sha256-" + base64.StdEncoding.EncodeToString(hash[:]) },
		"w":       func() words { return p.words },
		"show":    func(s string) string { return Visible(s, false) },
		"pieces":  pieces,
		"marked":  marked,
		"message": parseMessage,
		"count":   count,
		"level":   Level,
		"slug":    slug,
		"number":  number,
		"anchor":  anchor,
		"status":  func(st verdict.Status) string { return p.words.Status[st] },
		"join":    func(all []string) string { return strings.Join(all, ", ") },
		"list":    func(all ...any) []any { return all },
	}).ParseFS(assets, "*.tmpl")
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (p *pages) index(w io.Writer, r Report, names []string) error {
	return p.tmpl.ExecuteTemplate(w, "index.tmpl", newIndexView(r, names, p.words))
}

func (p *pages) student(w io.Writer, r Report, s Student) error {
	return p.tmpl.ExecuteTemplate(w, "student.tmpl", newStudentView(r, s, p.words))
}

// Stylesheet is that of the pages, for one that shall look like them.
func Stylesheet() (string, error) {
	css, err := assets.ReadFile("page.css")
	return string(css), err
}

// Level puts a share of points on the scale of colours: 0 is nothing, 5 is everything, and what lies between is
// in four steps.
func Level(score, points int) string {
	switch {
	case points > 0 && score >= points:
		return "s5"
	case score <= 0:
		return "s0"
	}
	return fmt.Sprintf("s%d", 1+4*score/points)
}

// number and slug are the two parts of a lesson's ID.
func number(id string) string {
	n, _, _ := strings.Cut(id, "-")
	return n
}

func slug(id string) string {
	_, s, ok := strings.Cut(id, "-")
	if !ok {
		return id
	}
	return s
}

// A markedPiece is a piece of which a place in a source file may stand out.
type markedPiece struct {
	piece
	Place bool
}

// marked splits text as pieces does and marks places in source files, for a reader who looks for them.
func marked(s string) []markedPiece {
	var all []markedPiece
	for _, p := range pieces(s, true) {
		at := 0
		if !p.Odd {
			for _, loc := range place.FindAllStringIndex(p.Text, -1) {
				if loc[0] > at {
					all = append(all, markedPiece{piece: piece{Text: p.Text[at:loc[0]]}})
				}
				all = append(all, markedPiece{piece{Text: p.Text[loc[0]:loc[1]]}, true})
				at = loc[1]
			}
		}
		if at < len(p.Text) {
			all = append(all, markedPiece{piece: piece{p.Text[at:], p.Odd}})
		}
	}
	return all
}
