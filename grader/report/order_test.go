package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

func TestStudentsStandInAlphabeticalOrder(t *testing.T) {
	want := []string{"Álvarez Ana", "ana2", "ana10", "Çelik Ece", "Łukasz Nowak", "Núñez Luz", "Nuñoa Sol", "Ñusta Eva", "Zoë Quispe"}
	c := verdict.Class{Lessons: madeUpLessons()}
	for _, id := range slices.Backward(want) {
		c.Students = append(c.Students, verdict.Student{ID: id})
	}
	r := New(c, "es")
	var got []string
	for _, s := range r.Students {
		got = append(got, s.ID)
	}
	assert.Equal(t, want, got)

	var out bytes.Buffer
	require.NoError(t, WriteCSV(&out, r))
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		assert.True(t, strings.HasPrefix(line, want[i]+","), line)
	}
}
