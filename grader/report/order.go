package report

import (
	"cmp"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Alphabetical compares names as people who speak lang ("en" or "es") do: Çelik before Núñez, Łukasz before Zoë, and ana2
// before ana10. It is for one goroutine.
func Alphabetical(lang string) func(a, b string) int {
	order := collate.New(language.Make(lang), collate.Numeric)
	return func(a, b string) int { return cmp.Or(order.CompareString(a, b), cmp.Compare(a, b)) }
}
