//go:build !wirelab_graded

// Package hidden holds the graded tests of the lesson.
package hidden

import (
	"testing"

	"wirelab/grader/probe"
	frames "wirelab/lessons/09-frames"
)

func TestMain(m *testing.M) { probe.Main(m, frames.Subject) }
