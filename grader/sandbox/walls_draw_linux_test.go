package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// draw prints who holds what: "holds" is a wall that is enough by itself, "part" one that stops some of the ways that
// there are; a "!" marks the walls without which something gets through all others.
func draw(setting string, all []brick, free result, alone, without map[string]result) string {
	lines := [][]string{{setting}}
	for _, b := range all {
		lines[0] = append(lines[0], b.name)
	}
	for _, s := range sieges() {
		line := []string{s.name}
		for _, b := range all {
			cell := held(s.name, b.name, free, alone)
			if len(without[b.name][s.name]) > 0 {
				cell += "!"
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	return columns(lines)
}

// held says how much of an attack a wall holds by itself. The root stands on the namespaces, so it holds what it adds to them.
func held(attack, wall string, free result, alone map[string]result) string {
	without := free[attack]
	if wall == "root" {
		without = alone["namespaces"][attack]
	}
	switch through := countThrough(without, alone[wall][attack]); {
	case through == len(without):
		return "·"
	case through > 0:
		return "part"
	}
	return "holds"
}

// countThrough counts what gets through where no wall stands and through this one, too.
func countThrough(free, through []string) (n int) {
	for _, what := range free {
		if slices.Contains(through, what) {
			n++
		}
	}
	return n
}

func columns(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		var row strings.Builder
		for i, cell := range line {
			row.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}

// commented is the table as a block of a package comment.
func commented(table string) string {
	var b strings.Builder
	for line := range strings.Lines(table) {
		fmt.Fprintf(&b, "//\t%s", line)
	}
	return b.String()
}

// holders are the walls that hold an attack by themselves when one is away.
func holders(attack, away string, all []brick, free result, alone map[string]result) []string {
	var whole, part []string
	for _, b := range all {
		if b.name == away {
			continue
		}
		switch held(attack, b.name, free, alone) {
		case "holds":
			whole = append(whole, b.name)
		case "part":
			part = append(part, b.name)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	if len(part) > 0 {
		return []string{strings.Join(part, " with ")}
	}
	return []string{"the others together"}
}
