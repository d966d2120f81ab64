package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindStudent(t *testing.T) {
	var r Report
	for _, id := range []string{"Ana", "ana", "Ana García López", "garcia-lopez-luis", "Zoë O’Connor", "李伟", "…"} {
		r.Students = append(r.Students, Student{ID: id})
	}
	for name, want := range map[string][]int{
		"ana":              {1}, // itself, before it is anything else
		"Ana":              {0},
		"ANA":              {0, 1},
		"ana g":            {2},
		"GARCÍA":           {3}, // how one begins, before what is within another
		"lopez":            {2, 3},
		"lópez ana":        {2},
		"luis garcia":      {3},
		"zoe":              {4},
		"Zoe\u0308 o'conn": {4},
		"李":                {5},
		"…":                {6}, // itself, although there is no letter to go by
		"?":                nil,
		"":                 nil,
		"nobody":           nil,
	} {
		assert.Equal(t, want, r.Find(name), "%q", name)
	}
}

func TestShowIsOneStudentOfAReport(t *testing.T) {
	r := New(madeUp(), "es")
	found := r.Find("bruno")
	require.Len(t, found, 1)
	var all, one strings.Builder
	require.NoError(t, Show(&all, r, found[0], nil, Style{Lang: "en", Width: 80}))
	require.NoError(t, Show(&one, r, found[0], []string{"16-hub"}, Style{Lang: "en", Width: 80}))
	lines := strings.Split(all.String(), "\n")
	assert.Equal(t, "bruno                                                             9 de 19 puntos", lines[0], "in the report's own language")
	for _, id := range []string{"01-first-sse", "10-echo", "16-hub"} {
		assert.Contains(t, all.String(), "\n"+id+"  ")
	}
	assert.NotContains(t, all.String(), "carla")
	assert.NotContains(t, one.String(), "10-echo")
	assert.Contains(t, one.String(), "Un lector que deja de leer no retrasa a los demás.")
}

func TestShowSaysWhatLatenessCosts(t *testing.T) {
	r := New(only("bruno", "10-echo"), "en")
	r.Students[0].Late = &Late{Days: 2, Percent: 20, Score: 1.6}
	var b strings.Builder
	require.NoError(t, Show(&b, r, 0, nil, Style{Width: 80}))
	assert.Contains(t, b.String(), "2 of 4 points\n! 1.6: 2 days late: 20 % less than the 2 before\n")
}
