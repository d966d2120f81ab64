package server

import (
	"strconv"
	"strings"

	"wirelab/site/pages"
)

// preferred picks the site's language for an Accept-Language header (RFC 9110 §12.5.4): the one with the highest
// weight, the earlier of two that weigh the same, the site's first if the reader wants none of them.
func preferred(header string) string {
	best, weight := pages.Languages()[0], 0.0
	for item := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			parsed, err := strconv.ParseFloat(v, 64)
			if err != nil {
				continue
			}
			q = parsed
		}
		for _, lang := range pages.Languages() {
			if lang == primary && q > weight {
				best, weight = lang, q
			}
		}
	}
	return best
}
