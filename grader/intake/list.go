package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"wirelab/grader/course"
	"wirelab/grader/intake/repo"
)

// maxList bounds a list of repositories, in bytes.
const maxList = 4 << 20

// isList reports whether a file is text, and no archive.
func isList(from string) (bool, error) {
	f, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	head = head[:n]
	for i := 0; i < utf8.UTFMax && n == 512 && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // a character was cut
	}
	return n > 0 && utf8.Valid(head) && bytes.IndexByte(head, 0) < 0 && !hasEnding(from, ".zip") &&
		!bytes.HasPrefix(head, []byte("PK\x03\x04")), nil
}

// readList reads a list of repositories: a line for each, with its path or address, then, if it is not to be called
// by that, the student's name. A path with spaces stands in quotes; "#" begins a remark. Paths start from the list.
func readList(from string) ([]*student, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxList))
	if err != nil {
		return nil, err
	}
	var all []*student
	lines := bufio.NewScanner(bytes.NewReader(course.Plain(text)))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		where, name, ok := cutPath(line)
		if !ok {
			return nil, &course.Error{
				Text: fmt.Sprintf("%s:%d: a quote is not closed", from, n),
				Tip:  `a line is: "path with spaces" Name of the student`,
				ES:   course.Spanish{Text: fmt.Sprintf("%s:%d: falta cerrar unas comillas", from, n), Tip: `una línea es: "ruta con espacios" Nombre del estudiante`},
			}
		}
		if !repo.IsRemote(where) && !filepath.IsAbs(where) {
			where = filepath.Join(filepath.Dir(from), filepath.FromSlash(where))
		}
		if name == "" {
			name = nameOf(where)
		}
		all = append(all, &student{id: name, where: where})
	}
	if len(all) > 0 && !slices.ContainsFunc(all, func(st *student) bool { return isThere(st.where) }) {
		return nil, &course.Error{
			Text: fmt.Sprintf("no line of %q names a repository", from),
			Tip:  "a list has the path or address of a repository in each line; a roster goes with --roster",
			ES:   course.Spanish{Text: fmt.Sprintf("ninguna línea de %q nombra un repositorio", from), Tip: "una lista tiene en cada línea la ruta o la dirección de un repositorio; una lista de estudiantes va con --roster"},
		}
	}
	return all, lines.Err()
}

// isThere reports whether there is something to look at, here or perhaps elsewhere.
func isThere(where string) bool {
	if repo.IsRemote(where) {
		return true
	}
	_, err := os.Stat(where)
	return err == nil
}

// cutPath cuts a line of a list into the repository and the student.
func cutPath(line string) (where, name string, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(line, `"`); isQuoted {
		where, name, ok = strings.Cut(quoted, `"`)
		return where, strings.Trim(name, " \t,;"), ok
	}
	end := strings.IndexAny(line, " \t,;")
	if end < 0 {
		return line, "", true
	}
	return line[:end], strings.Trim(line[end:], " \t,;\""), true
}

// nameOf is what a repository is called where nobody says whose it is.
func nameOf(where string) string {
	last := path.Base(filepath.ToSlash(where))
	if u, err := url.Parse(where); err == nil && repo.IsRemote(where) && u.Path != "" {
		last = path.Base(u.Path)
	}
	return strings.TrimSuffix(last, ".git")
}
