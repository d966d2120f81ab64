package export

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATableIsItsBytes(t *testing.T) {
	for _, text := range []string{
		"a,b\n1,2\n", "a,b\n1,2", "a;b\r\n1;2\r\n\r\n", "a\tb\r1\t2\r", "\ufeffa,b\n\"x,\ny\",\n", "a,b\n,\n", "a,b\n1,",
		"a,b\n\"he said \"\"no\"\"\",2\n", "a,b,c\n\"back\\\"slash, quoted\",2,3\n", "a,b\nJos\xe9,2\n", "a\n\n\nb\n", "a,b\n x\"y\" ,2\n",
	} {
		parsed, err := parseTable("t.csv", []byte(text))
		require.NoError(t, err, "%q", text)
		assert.Equal(t, text, string(parsed.bytes()))
	}
}

func TestCellsAreWhatTheyMean(t *testing.T) {
	parsed, err := parseTable("t.csv", []byte("a,b\n\"x, \"\"y\"\"\nz\",2\nJos\xe9,3\n"))
	require.NoError(t, err)
	assert.Equal(t, "x, \"y\"\nz", parsed.rows[1].cells[0].text)
	assert.Equal(t, "José", parsed.rows[2].cells[0].text)

	parsed.set(1, 0, `x, "y"`+"\nz") // no change
	parsed.set(1, 1, "1,5")
	parsed.set(2, 1, "→ é")
	assert.Equal(t, "a,b\n\"x, \"\"y\"\"\nz\",\"1,5\"\nJos\xe9,&#8594; \xe9\n", string(parsed.bytes()))
}

func FuzzTable(f *testing.F) {
	for _, seed := range []string{"a,b\n\"1\"\"\",2\r\n", "\ufeffa;b\n;\n", "\"a\\\"\",b\n", "\"", ",", "\r\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if parsed, err := parseTable("t.csv", raw); err == nil {
			assert.Equal(t, string(raw), string(parsed.bytes()))
		}
	})
}
