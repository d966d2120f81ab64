//go:build !wirelab_graded

package hidden

import (
	"testing"

	"wirelab/grader/probe"
	echo "wirelab/lessons/10-echo"
)

func TestMain(m *testing.M) { probe.Main(m, echo.Subject) }
