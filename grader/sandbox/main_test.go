package sandbox

import (
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(m.Run())
}

func TestQuick(t *testing.T) {
	t0 := time.Now()
	b, err := Open(t.Context(), Options{})
	t.Log(time.Since(t0))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range b.Walls() {
		t.Log(w)
	}
	t.Log(b.Close())
}
