package wiretest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// readOn says where in the notes to read about what a test asks for: the heading that its doc comment names. It is
// empty where the folder does not tell.
func readOn(test string) string {
	dir, err := os.Getwd() // of the lesson: go test runs tests there
	if err != nil {
		return ""
	}
	lesson := os.DirFS(dir)
	top, _, _ := strings.Cut(test, "/")
	heading := headingOf(top, lesson)
	readme, at := "README.md", slices.Index(headings(lesson, "README.md"), heading)
	if at < 0 {
		return ""
	}
	if es := headings(lesson, "README.es.md"); in("en", "es") == "es" && at < len(es) {
		readme, heading = "README.es.md", es[at] // the same headings in the same order
	}
	text := fmt.Sprintf(in("To read: %q in lessons/%s.", "Para leer: %q en lessons/%s."), heading, filepath.Base(dir)+"/"+readme)
	if os.Getenv("WIRELAB_WATCH") == "" { // set by the command that has the hint at hand, see grader/watch
		text += in(" A hint: go run ./grader watch, then h.", " Una pista: go run ./grader watch, y después h.")
	}
	return text + "\n"
}

// headingOf finds the test's //wirelab:notes line, "" if it has none.
func headingOf(test string, lesson fs.FS) string {
	files, _ := fs.Glob(lesson, "*_test.go") // the pattern is right
	for _, name := range files {
		src, err := fs.ReadFile(lesson, name)
		if err != nil {
			continue
		}
		heading := ""
		for line := range strings.Lines(string(src)) {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "//wirelab:notes "):
				heading = strings.TrimPrefix(line, "//wirelab:notes ")
			case strings.HasPrefix(line, "func "+test+"("):
				return heading
			case !strings.HasPrefix(line, "//"):
				heading = "" // that was another test's comment
			}
		}
	}
	return ""
}

var heading = regexp.MustCompile(`(?m)^##+ +(.+?)\s*$`)

// headings are those of the notes, in order.
func headings(lesson fs.FS, readme string) (all []string) {
	src, err := fs.ReadFile(lesson, readme)
	if err != nil {
		return nil
	}
	for _, m := range heading.FindAllStringSubmatch(string(src), -1) {
		all = append(all, m[1])
	}
	return all
}
