package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFileNames(t *testing.T) {
	for id, want := range map[string]string{
		"ana":                   "ana",
		"María-José_2":          "María-José_2",
		"María López":           "María-López-",
		"Maria\u0301":           "Maria-",
		"../../etc/passwd":      "etc-passwd-",
		`C:\x`:                  "C-x-",
		".bashrc":               "bashrc-",
		"-rf":                   "rf-",
		"":                      "student-",
		"..":                    "student-",
		"nul":                   "nul-",
		"COM1.txt":              "COM1.txt-",
		"a\xffb":                "a-b-",
		"x\u202egpj.exe":        "x-gpj.exe-",
		"\x1b[2J":               "2J-",
		strings.Repeat("ñ", 99): strings.Repeat("ñ", 32) + "-",
	} {
		got := plainName(id)
		if strings.HasSuffix(want, "-") {
			assert.Regexp(t, `^`+want+`[0-9a-f]{8}$`, got, "%q", id)
			continue
		}
		assert.Equal(t, want, got)
	}
}

func TestFileNamesAreUnique(t *testing.T) {
	ids := []string{"ana", "Ana", "ANA", "luz", "a b", "a/b", "a:b", "same", "same", "Straße"}
	var students []Student
	for _, id := range ids {
		students = append(students, Student{ID: id})
	}
	names := FileNames(students)
	seen := map[string]string{}
	for i, name := range names {
		assert.Empty(t, seen[strings.ToLower(name)], "%q and %q share a file", ids[i], seen[strings.ToLower(name)])
		seen[strings.ToLower(name)] = ids[i]
	}
	assert.Equal(t, "luz", names[3])
	assert.Equal(t, names, FileNames(students), "the same names every time")
}
