package exercise

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program of tests that dies is no program that does not compile.
func TestADeathIsShownWhereItHappened(t *testing.T) {
	program := "lessons/" + lesson
	for name, c := range map[string]struct {
		code, test string
		want       []string // tests and how they ended
		words, out string   // what is said of all, and of the last
	}{
		"panic in init": {
			code: `func init() { panic("oh") }`, test: `func TestA(t *testing.T) {}`,
			want: []string{program + " fail"}, words: "panic: oh",
		},
		"panic in a goroutine": {
			code: `func Work() { go panic("oh"); select {} }`, test: "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) { Work() }",
			want: []string{"TestA pass", "TestB fail"}, out: "panic: oh",
		},
		"exit": {
			code: `func Work() { os.Exit(3) }`, test: `func TestA(t *testing.T) { Work() }`,
			want: []string{"TestA fail"}, words: "exit status 1",
		},
		"exit in init": {
			code: `func init() { println("enough"); os.Exit(3) }`, test: `func TestA(t *testing.T) {}`,
			want: []string{program + " fail"}, words: "enough",
		},
		"panic after the tests": {
			code: `func Work() { panic("oh") }`, test: "func TestMain(m *testing.M) { m.Run(); Work() }\nfunc TestA(t *testing.T) {}",
			want: []string{"TestA pass", program + " fail"}, words: "panic: oh",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, copyOf(t, map[string]string{
				"code.go":      "package madeup\n\nimport \"os\"\n\nvar _ = os.Exit\n\n" + c.code + "\n",
				"code_test.go": "package madeup\n\nimport \"testing\"\n\n" + c.test + "\n",
			}))
			require.Equal(t, http.StatusOK, d.turn(t, `{"tests": true}`))
			s := d.until(t, "has been tested", func(s State) bool { return s.Tests.Phase == Ended || s.Tests.Phase == Broken }).Tests
			assert.Equal(t, Ended, s.Phase)
			var got []string
			for _, test := range s.Tests {
				got = append(got, test.Name+" "+test.Status)
			}
			require.Equal(t, c.want, got)
			assert.Contains(t, s.Words, c.words)
			assert.Equal(t, c.words == "", s.Words == "", s.Words)
			assert.Contains(t, s.Tests[len(s.Tests)-1].Output, c.out)
		})
	}
}
