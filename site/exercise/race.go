package exercise

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const (
	maxRaces  = 10  // reports that are kept
	maxReport = 200 // lines of one
)

// A Race is a report of the race detector: two accesses to the same memory, of which at least one writes, and
// nothing that says which comes first.
type Race struct {
	Accesses []Access `json:"accesses"`
	Raw      string   `json:"raw"`
}

// An Access is one of the two.
type Access struct {
	What  string  `json:"what"`  // "read", "write", "previous write"
	By    string  `json:"by"`    // "goroutine 10"
	Stack []Place `json:"stack"` // innermost first; Text is the function
	Begun []Place `json:"begun"` // where its goroutine was started, if the report says so
}

var (
	accessLine = regexp.MustCompile(`^((?:Previous )?(?:[Rr]ead|[Ww]rite|[Aa]tomic \w+)) at 0x[0-9a-f]+ by (.*?):?$`)
	bornLine   = regexp.MustCompile(`^(Goroutine \d+) \(\w+\) created at:$`)
	placeLine  = regexp.MustCompile(`^\s+(\S.*\.go):(\d+)`)
)

// parseRace reads the lines of a report. Files below root are named from there.
func parseRace(report []string, root string) Race {
	race := Race{Raw: strings.Join(report, "\n")}
	born := map[string]*[]Place{}
	var stack *[]Place
	function := ""
	for _, line := range report {
		if m := accessLine.FindStringSubmatch(line); m != nil {
			race.Accesses = append(race.Accesses, Access{What: strings.ToLower(m[1]), By: m[2]})
			stack = &race.Accesses[len(race.Accesses)-1].Stack
		} else if m := bornLine.FindStringSubmatch(line); m != nil {
			stack = new([]Place)
			born[strings.ToLower(m[1])] = stack
		} else if m := placeLine.FindStringSubmatch(line); m != nil && stack != nil {
			n, _ := strconv.Atoi(m[2]) // digits
			*stack = append(*stack, Place{File: within(root, m[1]), Line: n, Text: function})
		} else {
			function = strings.TrimSpace(line)
			function = function[strings.LastIndexByte(function, '/')+1:]
		}
	}
	for i, a := range race.Accesses {
		if b := born[a.By]; b != nil {
			race.Accesses[i].Begun = *b
		}
	}
	return race
}

// within is the file's name as seen from root, if it lies below it.
func within(root, file string) string {
	abs, err := filepath.Abs(root)
	if err != nil {
		return file
	}
	if rel, err := filepath.Rel(abs, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}
