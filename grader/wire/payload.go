package wire

import (
	"encoding/hex"
	"unicode"
	"unicode/utf8"
)

// SetData puts a payload into the entry: its length, and at most [MaxData] bytes of it, as text where it is
// printable UTF-8 and in hex where it is not.
func (e *Entry) SetData(p []byte) {
	e.Length = len(p)
	e.Cut = len(p) > MaxData
	if printable(p) {
		for len(p) > MaxData {
			p = p[:MaxData]
			for !utf8.Valid(p) { // a rune was cut: at most three steps
				p = p[:len(p)-1]
			}
		}
		e.Data = string(p)
		return
	}
	e.Data, e.Encoding = hex.EncodeToString(p[:min(len(p), MaxData/2)]), "hex"
	e.Cut = len(p) > MaxData/2
}

func printable(p []byte) bool {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n <= 1 || !unicode.IsGraphic(r) && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
		p = p[n:]
	}
	return true
}
