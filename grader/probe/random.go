package probe

import (
	"crypto/rand"
	"encoding/hex"
	mathrand "math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Word returns a short printable ASCII word that has never been seen before.
func Word() string { return "w-" + hex.EncodeToString(Bytes(6)) }

// Int returns a random number from lo to hi, both included.
func Int(lo, hi int) int { return lo + mathrand.IntN(hi-lo+1) }

// Bytes returns n random bytes.
func Bytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

// Text returns n bytes of random UTF-8 with runes of one to four bytes.
func Text(n int) string {
	runes := []rune("aeiou ñáéíóú ¿¡ 日本語 🦊🐹 Ωж")
	random := Bytes(n)
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		r := runes[int(random[i])%len(runes)]
		if b.Len()+utf8.RuneLen(r) > n {
			r = 'x'
		}
		b.WriteRune(r)
	}
	return b.String()
}
