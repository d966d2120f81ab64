package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Submissions that tell everything they can find out, in every way that reaches a report. What they show of themselves
// is theirs; nothing else may come along.
func nosy() map[string]map[string]string {
	const signature = `func Live(feed Feed) http.Handler {`
	const feed = "\ntype Feed interface {\n\tSubscribe() (lines <-chan string, unsubscribe func())\n}\n"
	head := func(imports ...string) string {
		text := "package firstsse\n\nimport (\n"
		for _, i := range append(imports, "net/http") {
			text += "\t\"" + i + "\"\n"
		}
		return text + ")\n" + feed + "\n"
	}
	return map[string]map[string]string{
		"panics": {"01-first-sse/firstsse.go": head("fmt") + `
var keep = "mine alone: panics"

` + signature + `
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(keep, r.Header, r.RemoteAddr, r.Host, r.Context())
		go panic(fmt.Sprintf("%+v %+v", r, w))
		<-r.Context().Done()
	})
}
`},
		"races": {"01-first-sse/firstsse.go": head("fmt") + `
` + signature + `
	seen := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("mine alone: races")
		for range 100 {
			go func() { seen++ }()
		}
		seen++
		fmt.Fprintln(w, seen, r.Header, r.Context())
	})
}
`},
		"opens files": {"01-first-sse/firstsse.go": head("fmt") + `
` + signature + `
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("mine alone: opens")
		for _, name := range []string{"lessons/01-first-sse/hidden", "/proc/self/cmdline", "/proc/self/environ", "/etc", "/tmp", "..", "."} {
			http.ServeFile(w, r, name)
			f, err := http.Dir(name).Open("/")
			fmt.Fprintln(w, err)
			if err == nil {
				list, err := f.Readdir(-1)
				fmt.Fprintln(w, list, err)
				fmt.Println(list, err)
			}
		}
	})
}
`},
		"does not compile": {"01-first-sse/firstsse.go": head() + "var alone int = `mine alone: does`\n"},
		"dies at start":    {"01-first-sse/firstsse.go": head("fmt") + "func init() { fmt.Println(\"mine alone: dies\"); panic(fmt.Sprint(http.DefaultServeMux)) }\n" + signature + " return nil }\n"},
	}
}

// Hidden tests, other students' work and this machine are no part of what anybody is told.
func TestSecretsStay(t *testing.T) {
	if testing.Short() {
		t.Skip("it grades a class")
	}
	needsGrader(t)
	dir := t.TempDir()
	for student, files := range nosy() {
		for name, text := range files {
			path := filepath.Join(dir, student, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		}
	}
	// An honest one and two of the sample class's, so that there is something to steal.
	for _, id := range []string{"garcia-lopez-ana", "delacroix-hugo", "mwangi-grace"} {
		for _, lesson := range []string{"01-first-sse", "10-echo"} {
			from := filepath.Join(classDir, id, lesson)
			if _, err := os.Stat(from); err == nil {
				require.NoError(t, os.CopyFS(filepath.Join(dir, id, lesson), os.DirFS(from)))
			}
		}
	}
	secrets := hiddenLines(t, "01-first-sse", "10-echo")
	require.Greater(t, len(secrets), 100)
	g := grade(t, dir, "--lesson", "01-first-sse", "--lesson", "10-echo", "--lang", "en")
	require.GreaterOrEqual(t, len(g.report.Students), 6)

	places := machine(t, dir, g.out)
	inOrder := regexp.MustCompile(`(?s)"batch": \[.*?\]`) // report.json is the instructor's, and says what was graded
	seen := map[string]bool{}                             // students who are shown what they said: otherwise nothing was tried
	for _, name := range g.files(t) {
		text, err := os.ReadFile(filepath.Join(g.out, name))
		require.NoError(t, err)
		text = inOrder.ReplaceAll(text, nil)
		for _, line := range secrets {
			assert.False(t, strings.Contains(string(text), line), "%s has a line of a hidden test: %s", name, line)
		}
		assert.NotRegexp(t, `hidden_test\.go|main_test\.go|/hidden\.|grader/(probe|harness|run|sandbox|subject)\b`, matched(text), name)
		for _, place := range places {
			at := strings.Index(string(text), place)
			assert.Negative(t, at, "%s tells of this machine: %s", name, around(string(text), at))
		}
		if owner, ok := strings.CutPrefix(name, "students/"); ok {
			owner = strings.TrimSuffix(strings.TrimSuffix(owner, ".md"), ".html")
			for other := range nosy() {
				has := strings.Contains(string(text), "mine alone: "+strings.Fields(other)[0])
				if strings.HasPrefix(owner, strings.ReplaceAll(other, " ", "-")) {
					seen[other] = seen[other] || has
				} else {
					assert.False(t, has, "%s has what %s said", name, other)
				}
			}
		}
	}
	for other := range nosy() {
		assert.True(t, seen[other], "%s was not heard", other)
	}
}

// matched is the text without what students themselves may say: the names that "delacroix-hugo" tried to read.
func matched(text []byte) string {
	return regexp.MustCompile(`no luck: \S+`).ReplaceAllString(string(text), "")
}

// hiddenLines are the lines of hidden tests that nobody else would write: the doc comments and directives are what
// students are told, the rest is not.
func hiddenLines(t *testing.T, ids ...string) (lines []string) {
	t.Helper()
	for _, id := range ids {
		files, err := filepath.Glob(filepath.Join("..", "lessons", id, "hidden", "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			for line := range strings.Lines(string(text)) {
				line = strings.TrimSpace(line)
				if len(line) >= 25 && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, `"`) {
					lines = append(lines, line)
				}
			}
		}
	}
	return lines
}

// machine are places that say where this runs.
func machine(t *testing.T, more ...string) []string {
	t.Helper()
	wd, err := os.Getwd()
	require.NoError(t, err)
	all := append(more, filepath.Dir(wd), filepath.Clean(os.TempDir())+"/")
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		all = append(all, home+"/")
	}
	if host, err := os.Hostname(); err == nil && len(host) > 5 {
		all = append(all, host)
	}
	for _, v := range []string{"GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE"} {
		if dir := os.Getenv(v); len(dir) > 1 {
			all = append(all, dir+"/")
		}
	}
	return all
}

func around(text string, at int) string {
	if at < 0 {
		return ""
	}
	return text[max(0, at-60):min(len(text), at+140)]
}
