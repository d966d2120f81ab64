package report

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// maxName bounds a file name, in bytes; file systems take 255, and temporary names and endings come on top.
const maxName = 64

// FileNames gives each student a name for files, without an ending: safe on every file system, the same in
// every run over the same class, and no two alike, not even where case does not count.
func FileNames(students []Student) []string {
	names, count := make([]string, len(students)), map[string]int{}
	for i, s := range students {
		names[i] = plainName(s.ID)
		count[strings.ToLower(names[i])]++
	}
	taken := map[string]bool{}
	for i, s := range students {
		if count[strings.ToLower(names[i])] > 1 {
			names[i] = hashed(names[i], s.ID)
		}
		name := names[i]
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = names[i] + "-" + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		names[i] = name
	}
	return names
}

// plainName is id itself if it is made of letters, digits and a few marks, and otherwise what is left of it
// with a hash, so that two different names stay different.
func plainName(id string) string {
	var b strings.Builder
	for _, r := range id {
		switch {
		case r == unicode.ReplacementChar:
			b.WriteByte('-')
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("-_.", r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent that stands alone: two spellings of one name
		default:
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), ".-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	if name == id && !isDevice(name) {
		return name
	}
	return hashed(name, id)
}

func hashed(name, id string) string {
	if name == "" {
		name = "student"
	}
	return fmt.Sprintf("%s-%x", name, sha256.Sum256([]byte(id)))[:len(name)+9]
}

// isDevice reports whether Windows would take the name for a device, whatever ending it has.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch base {
	case "", "con", "prn", "aux", "nul":
		return true
	}
	port, ok := strings.CutPrefix(base, "com")
	if !ok {
		port, ok = strings.CutPrefix(base, "lpt")
	}
	return ok && len(port) == 1
}
