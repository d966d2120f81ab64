//go:build !wirelab_graded

// Package hidden holds the graded tests of the lesson.
package hidden

import (
	"testing"

	"wirelab/grader/probe"
	heartbeat "wirelab/lessons/15-heartbeat"
)

func TestMain(m *testing.M) { probe.Main(m, heartbeat.Subject) }
