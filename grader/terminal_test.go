//go:build !handout

package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vbauerster/mpb/v8/decor"
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

// Tests that were known before took no time: those of the others that have ended tell how long the rest takes.
func TestTimeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := timeLeft(time.Now(), 270)
		says := func(ended int64) string {
			text, _ := left.Decor(decor.Statistics{Total: 300, Current: ended})
			return text
		}
		<-time.After(30 * time.Second) // fake time
		require.Equal(t, "–", says(270))
		require.Equal(t, "01:00", says(280))
		require.Equal(t, "00:00", says(300))
	})
}
