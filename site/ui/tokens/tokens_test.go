// Package tokens holds the colours and faces that every other component builds on.
package tokens

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/pages/pagestest"
)

var pair = regexp.MustCompile(`light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)`)

// colours returns the tokens by theme and name.
func colours(t *testing.T) [2]map[string]string {
	t.Helper()
	src, err := os.ReadFile("tokens.css")
	require.NoError(t, err)
	themes := [2]map[string]string{{}, {}}
	for line := range strings.Lines(string(src)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if m := pair.FindStringSubmatch(value); m != nil && strings.HasPrefix(name, "--") {
			themes[0][name], themes[1][name] = m[1], m[2]
		}
	}
	return themes
}

// WCAG 2.2, 1.4.3: 4.5 to 1 for text, on every ground that text stands on.
func TestTextHasContrastInBothThemes(t *testing.T) {
	for i, theme := range colours(t) {
		for _, text := range []string{"--ink", "--muted", "--accent", "--good", "--bad", "--sent", "--received"} {
			for _, ground := range []string{"--paper", "--raised", "--sunken"} {
				require.Contains(t, theme, text)
				require.Contains(t, theme, ground)
				assert.GreaterOrEqual(t, contrast(t, theme[text], theme[ground]), 4.5, "theme %d: %s on %s", i, text, ground)
			}
		}
	}
}

func TestCodeHasContrastInBothThemes(t *testing.T) {
	themes := colours(t)
	style := string(pagestest.Site(t)["assets/site.css"])
	rules := 0
	for line := range strings.Lines(style) {
		m := pair.FindStringSubmatch(line)
		if !strings.HasPrefix(line, ".chroma .") || m == nil {
			continue
		}
		rules++
		for i, theme := range themes {
			assert.GreaterOrEqual(t, contrast(t, m[i+1], theme["--raised"]), 4.5, "theme %d: %s", i, line)
		}
	}
	assert.Greater(t, rules, 20)
	for _, class := range []string{".kd", ".s", ".c1", ".nf", ".mi", ".kt"} {
		assert.Contains(t, style, ".chroma "+class+" {")
	}
}

func TestEveryVariableThatIsUsedExists(t *testing.T) {
	style := string(pagestest.Site(t)["assets/site.css"])
	for _, m := range regexp.MustCompile(`var\((--[a-z-]+)\)`).FindAllStringSubmatch(style, -1) {
		assert.Contains(t, style, m[1]+": ", "a typing error in a variable's name shows nowhere else")
	}
}

// contrast is the ratio of WCAG 2.2 between two colours written as six hexadecimal digits.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	l, m := luminance(t, a), luminance(t, b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
