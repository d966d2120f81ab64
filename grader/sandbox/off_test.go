package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without walls, on any system: the program runs, its output is bounded, and so is its time.
func TestOff(t *testing.T) {
	b, err := Open(t.Context(), Options{Off: true})
	require.NoError(t, err)
	defer b.Close()
	require.NotEmpty(t, b.Head(), "a report must say it")
	for _, w := range b.Walls() {
		assert.False(t, w.Up, w.Name)
		assert.NotEmpty(t, w.Why.ES)
	}
	for _, tt := range []struct {
		args   []string
		limits Limits
		want   string
		output string
	}{
		{[]string{"exit", "4"}, Limits{}, "exited with status 4", ""},
		{[]string{"say", "hello"}, Limits{}, "exited with status 0", "hello"},
		{[]string{"hang"}, Limits{Wall: 100 * time.Millisecond}, "was killed: it was still running after 100ms", ""},
		{[]string{"print", "64"}, Limits{Output: 1 << 20}, "was killed: it printed more than 1 MiB", "\n[...]\n"},
	} {
		t.Run(tt.args[0], func(t *testing.T) {
			p, err := b.Start(t.Context(), Command{Path: subject(), Args: tt.args, Limits: tt.limits})
			require.NoError(t, err)
			e := p.Wait()
			assert.Equal(t, tt.want, e.Text().EN)
			assert.Contains(t, string(e.Output), tt.output)
		})
	}
}

func TestCommandsThatCannotBe(t *testing.T) {
	b, err := Open(t.Context(), Options{Off: true})
	require.NoError(t, err)
	defer b.Close()
	for want, c := range map[string]Command{
		`program "subject": not an absolute path`: {Path: "subject"},
		`bind "../x": not an absolute path`:       {Path: subject(), Binds: []Bind{{Path: "../x"}}},
		`bind "/": not an absolute path`:          {Path: subject(), Binds: []Bind{{Path: "/"}}},
		"negative limit":                          {Path: subject(), Limits: Limits{Memory: -1}},
		"limit of 5 open files":                   {Path: subject(), Limits: Limits{OpenFiles: 5}},
	} {
		_, err := b.Start(t.Context(), c)
		assert.ErrorContains(t, err, want)
	}
	_, err = Open(t.Context(), Options{Off: true, Slots: 1000})
	assert.ErrorContains(t, err, "1000 slots")
}
