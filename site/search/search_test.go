package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAccentsAndCapitalsFold(t *testing.T) {
	for in, want := range map[string]string{
		"Conexión": "conexion", "conexio\u0301n": "conexion", "AÑO": "ano", "pingüino": "pinguino", "Ping": "ping",
		"plain": "plain", "naïve": "naive", "Ça": "ca", "日本": "日本",
	} {
		assert.Equal(t, want, Fold(in), "%q", in)
	}
	assert.Len(t, []rune(accented), len(plain))
}

func TestNamesAreFoundByTheirParts(t *testing.T) {
	got := slices.Collect(words("`http.ResponseController`: Last-Event-ID, 1000 UTF-8"))
	assert.Equal(t, []string{"http", "responsecontroller", "response", "controller", "last", "event", "id", "1000", "utf", "8"}, got)
}

// weigh returns what a word weighs in each section.
func weigh(t *testing.T, src []byte, word string) map[int]int {
	t.Helper()
	var ix index
	require.NoError(t, json.Unmarshal(src, &ix))
	weights := map[int]int{}
	for pair := range slices.Chunk(ix.Words[word], 2) {
		weights[pair[0]] = pair[1]
	}
	return weights
}

func TestTitlesWeighMoreThanWhatIsSaidOften(t *testing.T) {
	src, err := Index([]Section{
		{Page: "a.html", Title: "Heartbeat", Weight: 60, Text: "a ping"},
		{Page: "a.html", Anchor: "b", Title: "Who pings", Trail: "15 · Heartbeat", Weight: 30, Text: strings.Repeat("ping ", 100)},
		{Page: "g.html", Anchor: "ping", Title: "ping", Weight: 50, Kind: "glossary", Text: "Ping asks."},
	})
	require.NoError(t, err)
	assert.Equal(t, map[int]int{0: 1, 1: most, 2: 51}, weigh(t, src, "ping"))
	assert.Equal(t, map[int]int{0: 60, 1: 1}, weigh(t, src, "heartbeat"))
	assert.Empty(t, weigh(t, src, "Ping"))
	var ix index
	require.NoError(t, json.Unmarshal(src, &ix))
	assert.Equal(t, [6]string{"g.html", "ping", "ping", "", "glossary", "Ping asks."}, ix.Sections[2])
}

// The finished course: 24 lessons in two languages.
func BenchmarkIndexOf48Pages(b *testing.B) {
	var sections []Section
	for page := range 24 {
		for part := range 10 {
			text := strings.Repeat(fmt.Sprintf("La conexión número %d espera el siguiente evento %d. ", page*part, part), 25)
			sections = append(sections, Section{Page: fmt.Sprint(page), Title: "Qué pasa", Weight: 30, Text: text})
		}
	}
	for b.Loop() {
		for range 2 {
			if _, err := Index(sections); err != nil {
				b.Fatal(err)
			}
		}
	}
}
