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
		<-time.After(time.Second) // fake time
		step("long")
		<-time.After(10 * time.Second) // fake time
		step("ended")
		done()
		<-time.After(10 * time.Second) // fake time
		require.Equal(t, "· long\n", out.String())
	})
}
