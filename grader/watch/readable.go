package watch

import (
	"regexp"
	"strings"
)

// What go test and testify put around what a test says.
var (
	frame = regexp.MustCompile(`^\s*(=== (RUN|PAUSE|CONT|NAME) |--- (FAIL|PASS|SKIP): )`)
	place = regexp.MustCompile(`^\s+([\w.-]+_test\.go:\d+):\s*(.*)$`)
	label = regexp.MustCompile(`^\s+\t(Error Trace|Error|Test|Messages):\s*\t(.*)$`)
	more  = regexp.MustCompile(`^\s+\t {12}\t(.*)$`)
)

// readable takes what is said out of a test's output: first what the test's author says about the failure, then what
// was expected and what came, then the rest.
func readable(output []string) []string {
	var where string
	said := map[string][]string{}
	var rest []string
	in := ""
	for _, line := range output {
		line = strings.TrimRight(line, " \r")
		switch m := label.FindStringSubmatch(line); {
		case frame.MatchString(line):
			in = ""
		case m != nil:
			in = m[1]
			said[in] = append(said[in], m[2])
		case in != "" && more.MatchString(line):
			said[in] = append(said[in], more.FindStringSubmatch(line)[1])
		default:
			in = ""
			if m := place.FindStringSubmatch(line); m != nil {
				if where == "" {
					where = m[1]
				}
				line = m[2]
			}
			rest = append(rest, strings.ReplaceAll(strings.TrimPrefix(line, "    "), "\t", "    "))
		}
	}
	var text []string
	for _, part := range [][]string{said["Messages"], said["Error"], rest} {
		part = trim(part)
		if len(part) > 0 && len(text) > 0 {
			text = append(text, "")
		}
		text = append(text, part...)
	}
	if where != "" {
		text = append(text, "", where)
	}
	return text
}

// trim leaves out empty lines at both ends, and tabs.
func trim(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "\t", "    ")
	}
	return lines
}
