package handout

import (
	"archive/zip"
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

// short is the length in bytes below which a line or a sentence says nothing: "require.NoError(t, err)".
const short = 25

// A secret is something that must not be in a handout, and where it comes from.
type secret struct{ text, from string }

// secretLines returns the lines of all hidden tests, references and mutants, but those that the course shows as well:
// a reference has its starter's comments, and nobody owns a line like "for _, l := range c.Lessons {".
func secretLines(t *testing.T, c *course.Course) map[string]string {
	t.Helper()
	public := map[string]bool{}
	eachFile(t, c.Root, func(name string, contents []byte) {
		if !isSecret(name) && !strings.HasPrefix(name, "grader/testdata/") {
			for line := range strings.Lines(string(contents)) {
				public[strings.TrimSpace(line)] = true
			}
		}
	})
	lines := map[string]string{}
	eachFile(t, c.Root, func(name string, contents []byte) {
		if !isSecret(name) {
			return
		}
		for line := range strings.Lines(string(contents)) {
			if strings.HasSuffix(name, ".patch") {
				line = strings.TrimLeft(line, "+- ")
			}
			if line = strings.TrimSpace(line); len(line) >= short && !public[line] {
				lines[line] = name
			}
		}
	})
	require.Greater(t, len(lines), 1000)
	return lines
}

// isSecret reports whether a file of the course, by its path, must not reach students.
func isSecret(name string) bool {
	return strings.HasPrefix(name, "solutions/") || strings.HasPrefix(name, "lessons/") && strings.Contains(name, "/hidden/")
}

func eachFile(t *testing.T, root string, look func(name string, contents []byte)) {
	t.Helper()
	for _, top := range []string{"lessons", "solutions", "grader", "site"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(at string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			contents, err := os.ReadFile(at)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, at)
			look(filepath.ToSlash(name), course.Plain(contents))
			return err
		}))
	}
}

// secretSentences returns what hidden tests and mutants say in words, to people: unlike lines these do not depend on
// how a text is wrapped.
func secretSentences(t *testing.T, c *course.Course) []secret {
	t.Helper()
	var all []secret
	add := func(from, text string) {
		for _, s := range sentences(text) {
			all = append(all, secret{s, from})
		}
	}
	for _, l := range c.Lessons {
		for _, test := range l.Tests {
			addTest(add, l.ID+" "+test.Name, test)
		}
		for _, m := range l.Mutants {
			add(l.ID+" "+m.Name, m.Message)
		}
		files, err := filepath.Glob(filepath.Join(l.HiddenDir, "*.go"))
		require.NoError(t, err)
		for _, at := range files {
			src, err := os.ReadFile(at)
			require.NoError(t, err)
			said(at, src, func(text string) { add(l.ID+" "+filepath.Base(at), text) })
		}
	}
	require.Greater(t, len(all), 500)
	return all
}

func addTest(add func(from, text string), from string, test verdict.Test) {
	for _, text := range []string{test.Text.EN, test.Text.ES, test.Hint.EN, test.Hint.ES} {
		add(from, text)
	}
}

// said calls say with the strings and the comments of a Go file.
func said(name string, src []byte, say func(string)) {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile(name, -1, len(src)), src, nil, scanner.ScanComments)
	comment := ""
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.COMMENT:
			comment += lit + "\n" // those of several lines belong together
			continue
		case token.STRING:
			if text, err := strconv.Unquote(lit); err == nil {
				say(text)
			}
		case token.EOF:
			say(comment)
			return
		}
		say(comment)
		comment = ""
	}
}

var (
	marks = regexp.MustCompile(`(?m)^\s*(//(wirelab:\S+)?|#|\*)`)
	ends  = regexp.MustCompile(`[.:;?!](\s|$)|%[a-zA-Z+#]+|"|\n\n`)
)

// flat is a text without its line breaks and comment marks.
func flat(text string) string {
	return strings.Join(strings.Fields(marks.ReplaceAllString(text, " ")), " ")
}

// sentences takes a text apart, and leaves out what is too short to say anything or no words.
func sentences(text string) (all []string) {
	for _, s := range ends.Split(flat(text), -1) {
		if s = strings.TrimSpace(s); len(s) >= short && strings.Count(s, " ") >= 4 {
			all = append(all, s)
		}
	}
	return all
}

// leaks says which of the secrets are in the files, and where.
func leaks(t *testing.T, files Files, lines map[string]string, said []secret) (found []string) {
	t.Helper()
	for name, contents := range unpacked(t, files) {
		contents = course.Plain(contents)
		for line := range strings.Lines(string(contents)) {
			if from, is := lines[strings.TrimSpace(line)]; is {
				found = append(found, fmt.Sprintf("%s has a line of %s: %s", name, from, strings.TrimSpace(line)))
			}
		}
		text := flat(string(contents))
		for _, s := range said {
			if strings.Contains(text, s.text) {
				found = append(found, fmt.Sprintf("%s has a sentence of %s: %s", name, s.from, s.text))
			}
		}
	}
	slices.Sort(found)
	return found
}

// bytesOf returns every file below dir.
func bytesOf(t *testing.T, dir string) Files {
	t.Helper()
	files := Files{}
	require.NoError(t, filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[at], err = os.ReadFile(at)
		return err
	}))
	return files
}

// unpacked adds to the files those that zip files among them hold.
func unpacked(t *testing.T, files Files) Files {
	t.Helper()
	all := Files{}
	for name, contents := range files {
		all[name] = contents
		if !bytes.HasPrefix(contents, []byte("PK\x03\x04")) {
			continue
		}
		archive, err := zip.NewReader(bytes.NewReader(contents), int64(len(contents)))
		require.NoError(t, err)
		inside := Files{}
		for _, f := range archive.File {
			r, err := f.Open()
			require.NoError(t, err)
			inside[name+"/"+f.Name], err = io.ReadAll(r)
			require.NoError(t, err)
		}
		for name, contents := range unpacked(t, inside) {
			all[name] = contents
		}
	}
	return all
}
