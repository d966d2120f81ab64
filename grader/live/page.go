package live

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"wirelab/grader/report"
	"wirelab/lessons"
)

//go:embed page.tmpl page.css page.js
var assets embed.FS

// A page is the one page there is, made once.
type page struct {
	body   []byte
	policy string
}

// words are what the page says, in one language.
type words struct {
	Lang, Title, Lead, Students, Tests, Left, Student, Total, Report, Connecting, Live, Again, Done, NoScript string
}

func wordsIn(lang string) words {
	say := func(en, es string) string { return lessons.Text{EN: en, ES: es}.In(lang) }
	return words{
		Lang: lang, Title: say("The class, being graded", "La clase, calificándose"),
		Lead:     say("A row colours in when its student is done.", "Cada fila toma color cuando su estudiante está listo."),
		Students: say("students", "estudiantes"), Tests: say("tests", "pruebas"), Left: say("left", "por delante"),
		Student: say("student", "estudiante"), Total: say("total", "total"), Report: say("To the report", "Ver el informe"),
		Connecting: say("Connecting …", "Conectando …"), Live: say("Live", "En vivo"),
		Again:    say("The connection broke; the browser comes back by itself.", "Se cortó la conexión; el navegador vuelve solo."),
		Done:     say("Done", "Listo"),
		NoScript: say("This page needs its script: it is told what happens over Server-Sent Events.", "Esta página necesita su script: se entera de lo que pasa por Server-Sent Events."),
	}
}

// newPage puts the page together. Its script and style are its own, named by their hashes; it may ask this server for
// events, and nobody for anything else.
func newPage(lang string) (*page, error) {
	shared, err := report.Stylesheet()
	if err != nil {
		return nil, err
	}
	own, err := assets.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	js, err := assets.ReadFile("page.js")
	if err != nil {
		return nil, err
	}
	css := bytes.ReplaceAll(append([]byte(shared), own...), []byte("\r"), nil) // as a browser takes the hash
	js = bytes.ReplaceAll(js, []byte("\r"), nil)
	t, err := template.New("").ParseFS(assets, "page.tmpl")
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, "page.tmpl", map[string]any{
		"W": wordsIn(lang), "CSS": template.CSS(css), "JS": template.JS(js),
	}); err != nil {
		return nil, err
	}
	return &page{body: body.Bytes(), policy: fmt.Sprintf(
		"default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		hash(css), hash(js))}, nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (p *page) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", p.policy)
	_, _ = w.Write(p.body) // who is gone needs no page
}
