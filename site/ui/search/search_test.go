// Package search holds the search over all pages: its button, its dialog, and the script that reads the index.
package search

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/htmlcheck"
	"wirelab/site/pages/pagestest"
)

func TestSearchIsAComboboxOfTheWholePage(t *testing.T) {
	doc := pagestest.Page(t, "es/lessons/16-hub.html")
	doc.One(".masthead button.search-open[hidden]").HasText("Buscar")
	dialog := doc.One("body > dialog#search")
	dialog.HasAttr("aria-label", "Buscar")
	dialog.One("input[role=combobox][aria-controls='search-results']")
	dialog.One("ul#search-results[role=listbox]")
	dialog.One("[role=status]")
}

func TestIndexLeadsToPlacesThatExist(t *testing.T) {
	site := pagestest.Site(t)
	for _, lang := range []string{"en", "es"} {
		var index struct{ Sections [][6]string }
		require.NoError(t, json.Unmarshal(site["assets/search-"+lang+".json"], &index))
		kinds := map[string]int{}
		for _, s := range index.Sections {
			page, ok := site[lang+"/"+s[0]]
			require.True(t, ok, s[0])
			assert.NotEmpty(t, s[2], s[0])
			if s[1] != "" {
				htmlcheck.Parse(t, s[0], page).One("[id='" + s[1] + "']")
			}
			kinds[s[4]]++
		}
		assert.Equal(t, 3*4, kinds["lesson"], "a page's top and each of its headings")
		assert.Greater(t, kinds["webography"], 30)
		assert.Greater(t, kinds["glossary"], 50)
	}
}
