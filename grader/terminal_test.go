//go:build !handout

package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLongSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		step, done := longSteps(&out)
		step("quick")
		time.Sleep(time.Second)
		step("long")
		time.Sleep(10 * time.Second)
		step("ended")
		done()
		time.Sleep(10 * time.Second)
		require.Equal(t, "· long\n", out.String())
	})
}
