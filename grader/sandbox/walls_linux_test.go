package sandbox

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A machine that checks this project must have every wall; elsewhere those that are missing are named.
func TestWalls(t *testing.T) {
	b, err := Open(t.Context(), Options{})
	var wall *WallError
	if errors.As(err, &wall) && os.Getenv("CI") == "" {
		t.Skipf("%v; %s", err, wall.Hint.EN)
	}
	require.NoError(t, err)
	defer b.Close()
	for _, w := range b.Walls() {
		assert.NotEmpty(t, w.Why.EN, w.Name)
		assert.NotEmpty(t, w.Why.ES, w.Name)
		if os.Getenv("CI") != "" {
			assert.True(t, w.Up, "%s: %s", w.Name, w.Why.EN)
		} else if !w.Up {
			t.Logf("not on this machine: %s: %s", w.Name, w.Why.EN)
		}
	}
	if os.Getenv("CI") != "" {
		assert.Empty(t, b.Head())
		if os.Geteuid() == 0 {
			assert.NotNil(t, b.fence.tree, "root has control groups")
		}
	}
}

// Where namespaces are refused the weaker wall is used, and the report's head says so.
func TestWeakerWall(t *testing.T) {
	list := candidates()
	for i := range list[:len(list)-1] {
		list[i].seccomp = false // so that its self-test refuses it, as a kernel would
	}
	b, err := open(t.Context(), Options{}, list)
	require.NoError(t, err)
	defer b.Close()
	require.Len(t, b.Head(), 1)
	assert.Contains(t, b.Head()[0].EN, "weaker")
	assert.Contains(t, b.Head()[0].ES, "más débil")
	assert.Equal(t, Wall{Name: "namespaces", Why: b.Walls()[0].Why}, b.Walls()[0])
	assert.Contains(t, b.Walls()[0].Why.EN, "refused: ")

	list[len(list)-1].landlock = 0
	_, err = open(t.Context(), Options{}, list)
	var wall *WallError
	require.ErrorAs(t, err, &wall)
	assert.NotEmpty(t, wall.Hint.EN)
}
