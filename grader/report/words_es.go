package report

import (
	"wirelab/grader/verdict"
	"wirelab/grader/wire"
)

// spanish holds the same as [english]. Opcodes keep the names that RFC 6455 gives them: tools show no others.
func spanish() words {
	return words{
		Lang: "es", Student: "estudiante", Students: "estudiantes", Lesson: "lección", Lessons: "lecciones",
		Handed: "entrega", AllHanded: "entregas", And: "y",

		Point: "punto", Points: "puntos", Day: "día", Days: "días",

		Class:         "La clase de un vistazo",
		BeforeYouRead: "Antes de leer los números",
		Attention:     "Sin calificar: esto necesita a una persona",
		AttentionLead: "Cada caso vale 0 solo en esa lección. Todo lo demás se calificó con normalidad.",
		Stopped:       "La calificación se interrumpió antes de terminar; estudiantes que faltan: %d de %d. El mismo comando, sin --fresh, sigue donde se quedó.",
		HandedNothing: "sin ninguna carpeta de lección",
		NothingAdvice: "En estas entregas no apareció ninguna carpeta de lección. Pregunta si se entregó la carpeta correcta.",
		NoneNewAdvice: "Aquí no hay trabajo propio que calificar. Si dicen lo contrario, pide su versión de los archivos: guardada y, en un repositorio, con commit a tiempo.",
		Grid:          "Estudiantes por lección",
		GridLead:      "Cada número lleva a su lugar en la página del estudiante.",
		Scale:         "Parte de los puntos", Legend: "Sin puntaje",
		Mean: "promedio", Median: "mediana", MaxRow: "máximo", ToEarn: "puntos en juego", NotGraded: "sin calificar",
		Spread:       "Cómo se reparten los totales",
		SpreadLead:   "Cuántos estudiantes ganaron qué parte de todos los puntos.",
		SpreadAlt:    "%d a %d %%: %s",
		Hardest:      "Lo que más se falló",
		HardestLead:  "Las pruebas ocultas que más veces fallaron, entre quienes tienen esa lección calificada, y por qué: quienes fallaron por la misma causa van juntos.",
		NobodyFailed: "Ninguna prueba falló.",
		OtherTests:   "Otras %d pruebas que fallaron",
		Find:         "Buscar", FindWhat: "estudiante, prueba o mensaje", Sortable: "La cabecera de una columna ordena por ella.",
		Since: "Desde la calificación del %s", Moved: "A quién le cambió el total", NobodyMoved: "A nadie le cambió el total.",
		NewStudents: "Quién no estaba", GoneStudents: "Quién ya no está",
		ShiftedTests: "Pruebas que fallan menos, o más", Easier: "más fácil", Harder: "más difícil",
		FailedBy:   "%d de %d",
		NoStudents: "No hay entregas.",
		Total:      "total", OutOf: "%v de %v",
		More:     "… y %d más, en %s",
		SeeTop:   "%s sin calificar: qué hacer está al comienzo de %s",
		AsBefore: "igual que antes", OthersChanged: "también cambiaron los resultados de %s",
		AtAGlance:   "la clase de un vistazo: ábrelo en un navegador",
		ForSheets:   "el libro de notas, para una hoja de cálculo",
		ForPrograms: "todo, para otros programas",
		ForStudents: "una página y comentarios para devolver, por estudiante",

		Feedback: "Comentarios", BackToClass: "La clase", AboutSubmission: "Sobre los archivos entregados",
		LateBy: "%s de retraso: un %d %% menos que los %d de antes", Before: "antes del descuento",
		Again:       "repetida, porque la primera vez la máquina estaba ocupada",
		PassedTests: "superadas", NotRunTests: "sin ejecutar",
		AllPassed: "Todas las pruebas de esta lección pasan.",
		Hint:      "Pista", OnTheWire: "En el cable", LastOf: "las últimas %d de %d líneas",
		Time: "segundos", Conn: "conexión", Direction: "dirección", What: "qué", Length: "tamaño", Payload: "contenido", Output: "salida",
		Sent: "lo envió la prueba", Received: "lo envió tu programa", Masked: "enmascarado", Here: "aquí se rompió",
		Cut: "cortado aquí", Key: "↑ lo envió la prueba, ↓ lo envió tu programa",

		Now: map[verdict.Outcome]string{
			verdict.Passed: "%s ahora pasa", verdict.Failed: "%s ahora falla", verdict.NotRun: "%s ya no se ejecuta",
		},
		Status: map[verdict.Status]string{
			verdict.Graded:         "calificada",
			verdict.NotSubmitted:   "no entregada",
			verdict.Refused:        "rechazada",
			verdict.DoesNotCompile: "no compila",
			verdict.Crashed:        "se cayó",
			verdict.NotGradable:    "no se pudo calificar",
		},
		Advice: map[verdict.Status]string{
			verdict.NotGradable:    "Compilar la lección exigió más de lo que exige cualquier trabajo honesto, así que no se ejecutó ninguna prueba. Busca en su código tablas, arreglos o constantes enormes.",
			verdict.Crashed:        "El programa terminó antes de responder a una sola prueba. Mira sus funciones init y sus variables de paquete; el mensaje es lo último que dijo.",
			verdict.Refused:        "Hay una importación, una directiva o un archivo que no se permite, así que esta lección no se compiló. Basta con quitar lo que nombra el mensaje y volver a entregar.",
			verdict.DoesNotCompile: "Estas son las palabras del compilador. Con go vet en la carpeta de la lección se ve lo mismo.",
		},
		NextStep: map[verdict.Status]string{
			verdict.NotSubmitted:   "No apareció ningún archivo de esta lección. Si la escribiste, revisa que su carpeta tenga el nombre de la lección.",
			verdict.NotGradable:    "Compilar tu lección exigió más de lo que exige cualquier trabajo honesto. Busca tablas, arreglos o constantes enormes, quítalos y vuelve a entregar.",
			verdict.Crashed:        "Tu programa terminó antes de responder a una sola prueba. Mira lo que se ejecuta antes de que le pidan algo: funciones init y variables de paquete.",
			verdict.Refused:        "Esta lección no permite lo que nombra el mensaje. Quítalo y vuelve a entregar.",
			verdict.DoesNotCompile: "Ejecuta go vet en la carpeta de la lección hasta que no diga nada y vuelve a entregar.",
		},
		NoneNew: "Si la resolviste, revisa que se haya entregado tu propia versión de los archivos: guardada y, en un repositorio, con commit a tiempo.",
		Causes: map[verdict.Cause]cared{
			verdict.Submission: {
				"entrega ilegible",
				"No se pudo leer nada de lo entregado, así que no se calificó ninguna de sus lecciones. Pide que se entregue de nuevo, como carpeta o zip con las carpetas de las lecciones; si es un repositorio, revisa su dirección y que se pueda leer desde aquí.",
				"No se pudo leer nada de lo que entregaste. Entrega de nuevo, de la forma que te pidieron y sin lo que nombra el mensaje.",
			},
			verdict.Unreadable: {
				"lección ilegible",
				"Un archivo de la lección no se puede leer, o hay demasiado. Basta con corregir lo que nombra el mensaje y volver a entregar.",
				"Corrige lo que nombra el mensaje y vuelve a entregar.",
			},
			verdict.Grader: {
				"falló el calificador",
				"No es culpa de nadie en la clase. Haz lo que dice el mensaje o vuelve a calificar la clase, y avisa si sigue igual.",
				"No es culpa tuya: quien califica tiene que volver a calificarla.",
			},
			verdict.Interrupted: {
				"pendiente",
				"La calificación se interrumpió antes de terminar con estas entregas; no les pasa nada. El mismo comando, sin --fresh, sigue donde se quedó.",
				"Esto no dice nada de tu trabajo, que está por calificar.",
			},
		},
		Kinds: map[wire.Kind]string{
			wire.KindOpen: "conecta", wire.KindRequest: "petición", wire.KindResponse: "respuesta",
			wire.KindText: "text", wire.KindBinary: "binary", wire.KindContinuation: "continuation",
			wire.KindPing: "ping", wire.KindPong: "pong", wire.KindClose: "close",
			wire.KindEvent: "evento", wire.KindComment: "comentario", wire.KindRetry: "retry",
			wire.KindBytes: "bytes", wire.KindEnd: "fin", wire.KindNote: "nota",
		},
		Closes: map[int]string{
			1000: "cierre normal", 1001: "se retira", 1002: "error de protocolo", 1003: "datos no admitidos",
			1005: "sin código", 1006: "cierre anormal", 1007: "contenido no válido",
			1008: "infracción de las reglas", 1009: "mensaje demasiado grande", 1010: "falta una extensión",
			1011: "error interno", 1012: "reinicio del servicio", 1013: "inténtalo más tarde", 1014: "pasarela incorrecta",
			1015: "negociación TLS", 3000: "uso registrado", 4000: "uso privado",
		},
	}
}
