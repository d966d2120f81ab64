//go:build !wirelab_graded

// Package hidden holds the graded tests of lesson 04-sse-client.
package hidden

import (
	"testing"

	"wirelab/grader/probe"
	sseclient "wirelab/lessons/04-sse-client"
)

func TestMain(m *testing.M) { probe.Main(m, sseclient.Subject) }
