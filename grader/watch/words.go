package watch

import (
	"fmt"

	"wirelab/lessons"
)

// words says things in the language of whoever watches.
type words struct{ lang string }

func (w words) in(en, es string) string { return lessons.Text{EN: en, ES: es}.In(w.lang) }

func (w words) running() string { return w.in("running the tests …", "ejecutando las pruebas …") }

func (w words) broken() string { return w.in("It does not compile", "No compila") }

// died says that the program ended, during a test or not.
func (w words) died(test bool) string {
	if !test {
		return w.in("The program ended by itself while no test ran, and the tests after that did not run.",
			"El programa terminó por su cuenta sin que corriera ninguna prueba, y las que seguían no se ejecutaron.")
	}
	return w.in("The whole program ended during this test, and the tests after it did not run.",
		"Todo el programa terminó durante esta prueba, y las que siguen no se ejecutaron.")
}

func (w words) silent() string {
	return w.in("It said nothing: is there an os.Exit in your code?", "No dijo nada: ¿hay un os.Exit en tu código?")
}

// hung says that the tests were ended after a time.
func (w words) hung(after string) string {
	return w.in("This test had not ended after "+after+": something in it waits for what never comes. It waits here:",
		"Esta prueba no había terminado después de "+after+": algo en ella espera lo que nunca llega. Espera aquí:")
}

func (w words) ended() string {
	return w.in("The program ended before its tests", "El programa terminó antes que sus pruebas")
}

func (w words) passed(passed, total int) string {
	return w.in(fmt.Sprintf("%d of %d tests pass", passed, total), fmt.Sprintf("pasan %d de %d pruebas", passed, total))
}

func (w words) green() string {
	return w.in("The graded tests ask for the same, and look closer: read the promises in the notes once more.",
		"Las pruebas que califican piden lo mismo y miran más de cerca: lee otra vez en las notas lo que se promete.")
}

func (w words) next(id string) string {
	return w.in("enter goes on to "+id, "enter sigue con "+id)
}

func (w words) done() string {
	return w.in("Every lesson is green. go run ./grader submit makes what you hand in.",
		"Todas las lecciones están en verde. go run ./grader submit prepara lo que entregas.")
}

func (w words) hint() string { return w.in("hint", "pista") }

func (w words) noHint() string {
	return w.in("no hint for this one: the notes (n) are the place to look", "para esta no hay pista: busca en las notas (n)")
}

func (w words) lessons(green, all int) string {
	return w.in(fmt.Sprintf("%d of %d lessons are green", green, all), fmt.Sprintf("%d de %d lecciones en verde", green, all))
}

func (w words) waiting() string {
	return w.in("runs again when you save", "se ejecuta otra vez cuando guardas")
}

func (w words) picture() string { return w.in("picture", "imagen") }

func (w words) quiz() string {
	return w.in("[a question: the site asks it, go run ./site]", "[una pregunta: la hace el sitio, go run ./site]")
}
