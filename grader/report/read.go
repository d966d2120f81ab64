package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Read returns the report that [Write] left in dir. The error wraps [io/fs.ErrNotExist] where there is none, and says
// so where the file is of another schema, was cut off, or lacks a result that every student must have.
func Read(dir string) (Report, error) {
	name := filepath.Join(dir, "report.json")
	raw, err := os.ReadFile(name)
	if err != nil {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return Report{}, fmt.Errorf("read report %s: %w", name, err)
	}
	if r.Schema != Schema {
		return Report{}, fmt.Errorf("read report %s: schema %q, and this is for %q", name, r.Schema, Schema)
	}
	for _, s := range r.Students {
		if err := complete(r, s); err != nil {
			return Report{}, fmt.Errorf("read report %s: student %q: %w", name, s.ID, err)
		}
	}
	return r, nil
}

// complete makes sure that a student has a result for every lesson and every test, in the report's order: whoever
// reads a report may then go by position.
func complete(r Report, s Student) error {
	if len(s.Lessons) != len(r.Lessons) {
		return fmt.Errorf("%d lessons, not %d", len(s.Lessons), len(r.Lessons))
	}
	for i, l := range r.Lessons {
		if s.Lessons[i].ID != l.ID || len(s.Lessons[i].Tests) != len(l.Tests) {
			return fmt.Errorf("no result for every test of %s", l.ID)
		}
	}
	return nil
}
