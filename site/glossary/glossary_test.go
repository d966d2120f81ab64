package glossary

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/lessons"
)

func TestTermsAreWholeInBothLanguages(t *testing.T) {
	terms, err := Load()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(terms), 40)
	for _, term := range terms {
		assert.NotEmpty(t, term.Term.EN, term.ID)
		assert.NotEmpty(t, term.Term.ES, term.ID)
		assert.NotEmpty(t, term.Text.EN, term.ID)
		assert.NotEmpty(t, term.Text.ES, term.ID)
		assert.NotEqual(t, term.Text.EN, term.Text.ES, term.ID)
	}
}

func TestTheFieldsOwnWordsAreHere(t *testing.T) {
	terms, err := Load()
	require.NoError(t, err)
	known := map[string]bool{}
	for _, term := range terms {
		known[term.ID] = true
	}
	for _, id := range []string{
		"handshake", "frame", "opcode", "close-code", "subprotocol", "masking", "backpressure", "hub", "event-stream",
		"last-event-id", "heartbeat", "subject", "submission", "verdict", "mutant", "transcript", "handout", "gradebook",
	} {
		assert.True(t, known[id], id)
	}
}

func TestSortedIgnoresAccentsAndCase(t *testing.T) {
	term := func(es string) Term { return Term{Term: lessons.Text{EN: "x", ES: es}} }
	in := []Term{term("opcode"), term("ñandú"), term("código"), term("FIN"), term("nube"), term("CORS"), term("evento")}
	var got []string
	for _, t := range Sorted(in, "es") {
		got = append(got, t.Term.ES)
	}
	assert.Equal(t, []string{"código", "CORS", "evento", "FIN", "nube", "ñandú", "opcode"}, got)
	assert.Equal(t, "opcode", in[0].Term.ES, "the argument stays as it was")
	assert.Equal(t, "E", Initial(term("évento"), "es"))
	assert.Equal(t, "X", Initial(term("évento"), "en"))
}

func TestATermHasEveryNameThatItsBracketsSay(t *testing.T) {
	trama := Term{Term: lessons.Text{EN: "frame", ES: "trama (frame)"}}
	assert.Equal(t, []string{"frame"}, trama.Names("en"))
	assert.Equal(t, []string{"trama", "frame"}, trama.Names("es"))
}
