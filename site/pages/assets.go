package pages

import (
	"fmt"
	"strings"

	"github.com/alecthomas/chroma/v2"

	"wirelab/site/ui"
)

// assetFiles returns what all pages share: assets/site.css, scripts, pictures.
func assetFiles() (Site, error) {
	style, err := ui.Style()
	if err != nil {
		return nil, err
	}
	code, err := codeStyle()
	if err != nil {
		return nil, err
	}
	site := Site{"assets/site.css": []byte(style + code)}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	for name, src := range assets {
		site["assets/"+name] = src
	}
	return site, nil
}

// codeStyle makes one rule for each kind of token with its colours in both themes, since light-dark() keeps
// whatever made the page light or dark out of this.
func codeStyle() (string, error) {
	light, err := chroma.NewStyle("wirelab-light", chroma.StyleEntries{
		chroma.Background: "#12201f", chroma.Comment: "italic #5a6c68", chroma.Keyword: "#8a3a08",
		chroma.KeywordType: "#0c6b66", chroma.NameFunction: "#1d4f91", chroma.NameBuiltin: "#0c6b66",
		chroma.NameTag: "#1d4f91", chroma.NameAttribute: "#8a3a08", chroma.LiteralString: "#3d6a12",
		chroma.LiteralStringEscape: "#0c6b66", chroma.LiteralNumber: "#7a3e86", chroma.KeywordConstant: "#7a3e86",
		chroma.GenericDeleted: "#b0133f", chroma.GenericInserted: "#1a7440", chroma.GenericHeading: "bold #12201f",
	})
	if err != nil {
		return "", fmt.Errorf("light style: %w", err)
	}
	dark, err := chroma.NewStyle("wirelab-dark", chroma.StyleEntries{
		chroma.Background: "#e4ebe9", chroma.Comment: "italic #8fa39e", chroma.Keyword: "#f2a56f",
		chroma.KeywordType: "#6fd3c4", chroma.NameFunction: "#9cc4ff", chroma.NameBuiltin: "#6fd3c4",
		chroma.NameTag: "#9cc4ff", chroma.NameAttribute: "#f2a56f", chroma.LiteralString: "#b5d98a",
		chroma.LiteralStringEscape: "#6fd3c4", chroma.LiteralNumber: "#d9a8e6", chroma.KeywordConstant: "#d9a8e6",
		chroma.GenericDeleted: "#ff8aa3", chroma.GenericInserted: "#7fd69a", chroma.GenericHeading: "bold #e4ebe9",
	})
	if err != nil {
		return "", fmt.Errorf("dark style: %w", err)
	}
	var b strings.Builder
	for t := chroma.Keyword; t <= chroma.GenericUnderline; t++ {
		class, ok := chroma.StandardTypes[t]
		if !ok || class == "" {
			continue
		}
		l, d := light.Get(t), dark.Get(t)
		if l.Colour == light.Get(chroma.Background).Colour {
			continue // as the text around it
		}
		italic, bold := "", ""
		if l.Italic == chroma.Yes {
			italic = " font-style: italic;"
		}
		if l.Bold == chroma.Yes {
			bold = " font-weight: 600;"
		}
		fmt.Fprintf(&b, ".chroma .%s { color: light-dark(%s, %s);%s%s }\n", class, l.Colour, d.Colour, italic, bold)
	}
	return b.String(), nil
}
