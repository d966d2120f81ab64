// Package ui holds what the site looks like: a folder for each component with its template, its style, sometimes a
// script, and its test.
//
// Templates are parsed together and name each other; package pages gives them their data. A template says its
// words in both languages on the spot, {{$.T "Lessons" "Lecciones"}}, so that neither can be forgotten. Styles are
// joined into one sheet, tokens first; each script is a file of its own, and every page reads well without any.
package ui

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed */*.html */*.css */*.js */*.svg
var files embed.FS

// Templates parses the templates of all components.
func Templates() (*template.Template, error) {
	t, err := template.New("ui").Option("missingkey=error").ParseFS(files, "*/*.html")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return t, nil
}

// Style joins the styles of all components: tokens and layout first, since the others build on them.
func Style() (string, error) {
	names, err := fs.Glob(files, "*/*.css")
	if err != nil {
		return "", fmt.Errorf("ui: %w", err)
	}
	first := []string{"tokens/tokens.css", "layout/layout.css"}
	names = append(first, slices.DeleteFunc(names, func(n string) bool { return slices.Contains(first, n) })...)
	var b strings.Builder
	for _, name := range names {
		src, err := files.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("ui: %w", err)
		}
		b.Write(src)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// Assets returns scripts and pictures by their file name.
func Assets() (map[string][]byte, error) {
	assets := map[string][]byte{}
	for _, pattern := range []string{"*/*.js", "*/*.svg"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		for _, name := range names {
			if assets[path.Base(name)], err = files.ReadFile(name); err != nil {
				return nil, fmt.Errorf("ui: %w", err)
			}
		}
	}
	return assets, nil
}
