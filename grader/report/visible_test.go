package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain, ñandú, 日本, 👋":   "plain, ñandú, 日本, 👋",
		"\x1b[31m":              "‹ESC›[31m",
		"a\x00b\x7f":            "a‹NUL›b‹DEL›",
		"\x1f\x10":              "‹US›‹DLE›",
		"gpj.\u202eexe":         "gpj.‹U+202E›exe",
		"\u2066x\u2069\u200f":   "‹U+2066›x‹U+2069›‹U+200F›",
		"zero\u200bwidth\ufeff": "zero‹U+200B›width‹U+FEFF›",
		"\u0085\u2028\u3164":    "‹U+0085›‹U+2028›‹U+3164›",
		"\xff\xc3":              "‹FF›‹C3›",
		"\ufffd":                "\ufffd",
		"\ufffe\U0001ffff":      "‹U+FFFE›‹U+1FFFF›", // XML cannot hold the first at all
		"two\r\nlines\t":        "two‹CR›‹LF›lines‹HT›",
	} {
		assert.Equal(t, want, Visible(in, false), "%q", in)
	}
	assert.Equal(t, "two‹CR›\nlines\t", Visible("two\r\nlines\t", true))
}

func TestParseMessage(t *testing.T) {
	m := parseMessage("the program exited with status 2\n\nexpected  text \"a  b\"\ngot       text \"a\nexpecting\"\n")
	assert.Equal(t, message{Why: "the program exited with status 2", Pairs: []pair{
		{"expected", `text "a  b"`, false}, {"got", "text \"a\nexpecting\"", true},
	}}, m)
	assert.Equal(t, message{Said: "hub.go:12:3: undefined: x\nhub.go:14:1: y"}, parseMessage("hub.go:12:3: undefined: x\nhub.go:14:1: y"))
	assert.Equal(t, message{Why: "panic: no", Said: "goroutine 1:\n\thub.go:3"}, parseMessage("panic: no\n\ngoroutine 1:\n\thub.go:3\n"))
	assert.Equal(t, message{}, parseMessage(""))
	assert.Equal(t, "se esperaba", parseMessage("se esperaba  a\nllegó        b").Pairs[0].Label)
}
