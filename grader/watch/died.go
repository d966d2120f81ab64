package watch

import (
	"regexp"
	"slices"
	"strings"
)

var (
	verdictLine = regexp.MustCompile(`^(FAIL|PASS|ok|exit status \d+)\b`)
	timedOut    = regexp.MustCompile(`^panic: test timed out after (\S+)`)
	stack       = regexp.MustCompile(`^goroutine \d+ .*\[.*\]:$`)
)

// deep is how many lines of one goroutine's stack are shown.
const deep = 20

// lastWords are what the program that ran the tests said before it ended by itself, and before that, for whoever has
// not seen it, what has happened. test is the one that it was busy with, "" if none.
func lastWords(output []string, test string, say words) []string {
	lines := slices.DeleteFunc(slices.Clone(output), verdictLine.MatchString)
	what := say.died(test != "")
	if i := slices.IndexFunc(lines, timedOut.MatchString); i >= 0 {
		what = say.hung(timedOut.FindStringSubmatch(lines[i])[1])
	}
	said := readable(stacks(lines))
	if len(said) == 0 {
		return []string{what, say.silent()}
	}
	return append([]string{what, ""}, said...)
}

// stacks leaves out the stacks of goroutines that are not the lesson's, if any is.
func stacks(lines []string) []string {
	begin := slices.IndexFunc(lines, stack.MatchString)
	if begin < 0 {
		return lines
	}
	var all, own [][]string
	for _, line := range lines[begin:] {
		if stack.MatchString(line) {
			all = append(all, nil)
		}
		if line != "" {
			all[len(all)-1] = append(all[len(all)-1], line)
		}
	}
	for _, s := range all {
		if strings.Contains(strings.Join(s, "\n"), "/lessons/") {
			own = append(own, s)
		}
	}
	if len(own) == 0 {
		own = all[:1]
	}
	kept := slices.Clone(lines[:begin])
	for _, s := range own {
		if len(s) > deep {
			s = append(s[:deep:deep], "    …")
		}
		kept = append(append(kept, s...), "")
	}
	return kept
}
