// Package wire holds the drawing of the first page: real bytes, so that whoever decodes them finds what it says.
package wire

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/htmlcheck"
	"wirelab/site/pages/pagestest"
)

// frame reads the bytes of a row of the drawing, without the labels below them.
func frame(t *testing.T, row *htmlcheck.Doc) []byte {
	t.Helper()
	var digits strings.Builder
	for _, cell := range row.All("code") {
		text := cell.Text()
		for _, label := range cell.All("small") {
			text = strings.TrimSuffix(text, label.Text())
		}
		digits.WriteString(strings.ReplaceAll(text, " ", ""))
	}
	b, err := hex.DecodeString(digits.String())
	require.NoError(t, err, digits.String())
	return b
}

func TestTheBytesAreRight(t *testing.T) {
	rows := pagestest.Page(t, "en/index.html").All(".wire li")
	require.Len(t, rows, 9)

	sent := frame(t, rows[2])
	require.Len(t, sent, 2+4+5)
	assert.Equal(t, []byte{0x81, 0x80 | 5}, sent[:2], "FIN and text; masked, five bytes (RFC 6455 §5.2)")
	var payload []byte
	for i, b := range sent[6:] {
		payload = append(payload, b^sent[2+i%4])
	}
	assert.Equal(t, "Hello", string(payload))

	assert.Equal(t, "\x81\x05Hello", string(frame(t, rows[3])), "a server does not mask")
	assert.Equal(t, []byte{0x89, 0}, frame(t, rows[4]), "ping")
	pong := frame(t, rows[5])
	assert.Equal(t, []byte{0x8a, 0x80}, pong[:2], "pong, masked, empty")
	assert.Len(t, pong, 6)
}

func TestTheDrawingIsDescribed(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		figure := pagestest.Page(t, lang+"/index.html").One("figure.wire[role=img]")
		assert.Contains(t, figure.Attr("aria-label"), "ping")
		figure.Count("ol[aria-hidden=true]", 1)
	}
}
