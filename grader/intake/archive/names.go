package archive

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Decode turns the name of an entry into text. A zip says of a name only whether it is UTF-8, and many programs that
// write UTF-8 don't say so. What is none is in the code page of the writer's system: that of DOS (437, or 850 in
// Western Europe and Latin America), as Windows' own zip folders use, or Windows-1252, which holds Latin-1. Among
// those the one counts in which the name reads like a name, with small letters rather than capitals, and with letters
// rather than frames and signs. Accents are composed, so that a name from a Mac equals one from elsewhere.
func Decode(raw string) string {
	if utf8.ValidString(raw) {
		return norm.NFC.String(raw)
	}
	best, most := "", 0
	for i, page := range []*charmap.Charmap{charmap.CodePage850, charmap.CodePage437, charmap.Windows1252} {
		var b strings.Builder
		for _, c := range []byte(raw) {
			b.WriteRune(page.DecodeByte(c))
		}
		if n := likely(b.String()); i == 0 || n > most {
			best, most = b.String(), n
		}
	}
	return norm.NFC.String(best)
}

// likely says how much a text reads like a name. Only what lies beyond ASCII tells code pages apart.
func likely(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case strings.ContainsRune("ÐðÞþ", r): // Icelandic alone has them, and code pages of DOS where others have Ñ
			n--
		case unicode.Is(unicode.Latin, r) && unicode.IsLower(r):
			n += 2
		case unicode.Is(unicode.Latin, r):
			n++
		default:
			n -= 2
		}
	}
	return n
}
