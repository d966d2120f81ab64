// Package glossary holds the page of the glossary.
package glossary

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestTermsHaveTheSameAnchorsInBothLanguages(t *testing.T) {
	en, es := pagestest.Page(t, "en/glossary.html"), pagestest.Page(t, "es/glossary.html")
	terms := en.All(".terms dl > div")
	if len(terms) < 40 {
		t.Fatalf("%d terms, want 40 or more", len(terms))
	}
	for _, term := range terms {
		es.One(".terms dl > div[id='" + term.Attr("id") + "']")
	}
	es.One("#frame dt").HasText("trama")
	es.One("#frame dt .other[lang=en]").HasText("frame")
	en.One("#frame .meaning code, #handshake .meaning code").HasText("Sec-WebSocket-Accept")
	en.One("#frame .about a[href='#opcode']").HasText("opcode")
}

func TestLettersLeadToTheirTerms(t *testing.T) {
	doc := pagestest.Page(t, "es/glossary.html")
	doc.One(".letters a[href='#letter-C']")
	doc.One("section[aria-labelledby='letter-C'] #close-code")
}
