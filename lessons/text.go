package lessons

// Text is something that people read, in both of the course's languages.
type Text struct {
	EN string `json:"en"`
	ES string `json:"es"`
}

// In returns the text in lang ("en" or "es"); English where lang is unknown or the translation is empty.
func (t Text) In(lang string) string {
	if lang == "es" && t.ES != "" {
		return t.ES
	}
	return t.EN
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t == Text{} }
