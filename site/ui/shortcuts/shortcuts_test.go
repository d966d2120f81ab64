// Package shortcuts holds the keyboard's shortcuts and the dialog that lists them.
package shortcuts

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestShortcutsCanBeSwitchedOff(t *testing.T) {
	doc := pagestest.Page(t, "es/index.html")
	doc.One(".colophon button.keys[hidden]").HasText("Atajos de teclado")
	dialog := doc.One("body > dialog#shortcuts[aria-labelledby='shortcuts-title']")
	dialog.One("label > input[type=checkbox]")
	dialog.One("button.close[aria-label='Cerrar']")
}
