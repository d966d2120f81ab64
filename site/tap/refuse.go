package tap

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/text/language"

	"wirelab/lessons"
)

// complaint is an error that a console shows, in the languages of the site.
type complaint struct{ lessons.Text }

// Error implements error, in English.
func (c complaint) Error() string { return c.EN }

// complain says the same in English and in Spanish; both formats take the same arguments.
func complain(en, es string, args ...any) error {
	return complaint{lessons.Text{EN: fmt.Sprintf(en, args...), ES: fmt.Sprintf(es, args...)}}
}

// noAnswer says why there is none from u.
func noAnswer(u *url.URL, err error) error {
	switch why(err) {
	case "nobody-listens":
		return complain("nobody listens at %s: is the exercise running, and is this its port?",
			"nadie escucha en %s: ¿el ejercicio está corriendo y es este su puerto?", u.Host)
	case "silent":
		return complain("something listens at %s, but does not answer", "algo escucha en %s, pero no responde", u.Host)
	}
	return complain("no answer from %s: %v", "ninguna respuesta de %s: %v", u.Host, err)
}

// refuse answers r for the tap itself, so that nobody takes that for the target's answer.
func refuse(w http.ResponseWriter, r *http.Request, err error, status int) {
	w.Header().Set("Wirelab-Refused", "true")
	http.Error(w, inLanguage(err, r.Header.Get("Accept-Language")), status)
}

// inLanguage is what err says to a reader who would have what the header says (RFC 9110 §12.5.4).
func inLanguage(err error, header string) string {
	var c complaint
	if !errors.As(err, &c) {
		return err.Error()
	}
	tag, _ := language.MatchStrings(language.NewMatcher([]language.Tag{language.English, language.Spanish}), header)
	base, _ := tag.Base()
	return c.In(base.String())
}
