package roster

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

func read(t *testing.T, text string) (*Roster, error) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "roster.csv")
	require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
	return Read(at)
}

func TestRead(t *testing.T) {
	ana := verdict.Person{Name: "Ana Núñez", ID: "7", Email: "ana@example.org"}
	utf16le := "\xff\xfe"
	for _, u := range utf16.Encode([]rune("name\tid\temail\nAna Núñez\t7\tana@example.org\n")) {
		utf16le += string([]byte{byte(u), byte(u >> 8)})
	}
	for what, text := range map[string]string{
		"plain":                     "name,id,email\nAna Núñez,7,ana@example.org\n",
		"mark, Windows":             "\ufeffName,ID,E-Mail\r\nAna Núñez,7,ana@example.org\r\n",
		"in another order":          "Email address;Student ID;Full name\nana@example.org;7;Ana Núñez\n",
		"Spanish":                   "Apellidos;Nombre;Matrícula;Correo electrónico\nNúñez;Ana;7;ana@example.org\n",
		"Windows-1252":              "Nombre completo;C\xf3digo;Correo\nAna N\xfa\xf1ez;7;ana@example.org\n",
		"UTF-16, as Excel has it":   utf16le,
		"participants of Moodle":    "First name,Last name,ID number,Email address,Groups\nAna,Núñez,7,ana@example.org,A\n",
		"empty lines, more columns": "name,id,email,note\n\nAna  Núñez , 7,ana@example.org,x,y\n,,,\n",
		"gradebook of Canvas":       "Student,ID,SIS Login ID,Section,Hub (12),Email\n    Points Possible,,,,10,\nAna Núñez,7,anan,A,,ana@example.org\n\"Student, Test\",99,,A,,\n",
		"worksheet of Moodle":       "\"Identifier\",\"Full name\",\"Email address\",Grade\n7,\"Ana Núñez\",ana@example.org,-\n",
	} {
		t.Run(what, func(t *testing.T) {
			r, err := read(t, text)
			require.NoError(t, err)
			assert.Equal(t, []verdict.Person{ana}, r.People)
		})
	}
	t.Run("no name", func(t *testing.T) {
		r, err := read(t, "github_username\nanan\n")
		require.NoError(t, err)
		assert.Equal(t, []verdict.Person{{Name: "anan"}}, r.People)
	})
	t.Run("a formula", func(t *testing.T) {
		r, err := read(t, "name\n'=cmd|x\n'Abd\n")
		require.NoError(t, err)
		assert.Equal(t, []verdict.Person{{Name: "=cmd|x"}, {Name: "'Abd"}}, r.People)
	})
}

// Whoever is in two groups has two lines.
func TestReadTwoLinesOfOne(t *testing.T) {
	r, err := read(t, "Name,ID,Email,Group\nAna,1,,G1\nAna,1,ana@x,G2\nBo Li,2,,G1\nBo Li,3,,G1\nCy,,cy@x,G1\ncy,,CY@x,G2\nDi,4,,G1\nEd,4,,G1\nFu,-,-,G1\nFu,-,-,G1\n")
	require.NoError(t, err)
	assert.Equal(t, []verdict.Person{
		{Name: "Ana", ID: "1", Email: "ana@x"},
		{Name: "Bo Li", ID: "2"},
		{Name: "Bo Li", ID: "3"},
		{Name: "Cy", Email: "cy@x"},
		{Name: "Di", ID: "4"},
		{Name: "Ed", ID: "4"},
		{Name: "Fu", ID: "-", Email: "-"},
		{Name: "Fu", ID: "-", Email: "-"},
	}, r.People)
	require.Len(t, r.Notes, 1)
	assert.Equal(t, "On more than one line of the roster, and counted once: Ana, Cy.", r.Notes[0].EN)
	at, _, ok := r.Match("ana@x", nil)
	assert.True(t, ok)
	assert.Zero(t, at)
}

func TestNoRoster(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "no column of",
		"Ana Núñez,7\nBo Li,8\n": "no column of",
		"name,id\n":              "there is nobody in it",
	} {
		_, err := read(t, text)
		var e *course.Error
		require.ErrorAs(t, err, &e, "%q", text)
		assert.Contains(t, e.Error(), want)
		assert.NotEmpty(t, e.Hint())
	}
	_, err := Read(filepath.Join(t.TempDir(), "none.csv"))
	var e *course.Error
	require.ErrorAs(t, err, &e)
}

func TestMatch(t *testing.T) {
	r, err := read(t, "name,id,email,github\n"+
		"\"García López, Ana\",Participant 101,ana.garcia@example.org,anag\n"+
		"Bo Li,102,bo@example.org,bo-li-9\n"+
		"Bo Li,103,bo2@example.org,\n"+
		"李 雷,104,lilei@example.org,\n"+
		"Seán O'Connor,105,,\n")
	require.NoError(t, err)
	lms := func(id, name string) *verdict.LMS { return &verdict.LMS{ID: id, Name: name} }
	for what, tt := range map[string]struct {
		called string
		lms    *verdict.LMS
		want   int
	}{
		"name":                   {"Ana García López", nil, 0},
		"folder":                 {"garcia-lopez-ana", nil, 0},
		"Canvas":                 {"garcíalópezana", lms("9", "garcíalópezana"), 0},
		"number of Moodle":       {"Participant 101", lms("101", "Participant"), 0},
		"e-mail":                 {"ANA.GARCIA@example.org", nil, 0},
		"e-mail without host":    {"ana.garcia", nil, 0},
		"login":                  {"anag", nil, 0},
		"two of a name, by ID":   {"Bo Li", lms("103", "Bo Li"), 2},
		"two of a name, by more": {"bo2", nil, 2},
		"two of a name":          {"Bo Li", nil, -1},
		"another script":         {"李雷", nil, 3},
		"an apostrophe":          {"oconnor-sean", nil, 4},
		"nobody":                 {"Cy Young", nil, -1},
		"part of a name":         {"Ana", nil, -1},
		"nothing":                {"…", nil, -1},
	} {
		t.Run(what, func(t *testing.T) {
			i, _, ok := r.Match(tt.called, tt.lms)
			assert.Equal(t, tt.want >= 0, ok)
			if ok {
				assert.Equal(t, tt.want, i)
			}
		})
	}
}

// What a platform numbers need not be what the roster numbers.
func TestMatchByNumber(t *testing.T) {
	lms := func(id, name string) *verdict.LMS { return &verdict.LMS{ID: id, Name: name} }
	for what, tt := range map[string]struct {
		roster string
		want   map[*verdict.LMS]int
	}{
		"participants of Moodle, student numbers": {
			"name,id\nAna Ruiz,7\nBo Li,8\nCy Young,9\n",
			map[*verdict.LMS]int{lms("7", "Bo Li"): 1, lms("8", "Ana Ruiz"): 0, lms("9", "Di Fu"): -1},
		},
		"users of Canvas, student numbers": {
			"name,id\nAna Ruiz,7\nBo Li,8\nCy Young,9\n",
			map[*verdict.LMS]int{lms("7", "libo"): 1, lms("8", "ruizana"): 0, lms("9", "fudi"): -1},
		},
		"a name in common with whoever has the number": {
			"name,id\nAna García,7\nBo García,8\n",
			map[*verdict.LMS]int{lms("7", "Bo García"): 1, lms("8", "Ana García"): 0},
		},
		"shorter names in the roster": {
			"name,id\nAna Ruiz,7\nBo Li,8\n",
			map[*verdict.LMS]int{lms("7", "Ana María Ruiz Soto"): 0, lms("8", "lihuabo"): 1},
		},
		"shorter names on the platform": {
			"name,id\n\"García López, Ana María\",4711\nRobert Smith,4712\nBo Li,4713\nAl Xu,4714\n",
			map[*verdict.LMS]int{
				lms("4711", "garcíalópezana"): 0, lms("4712", "smithbob"): 1, lms("4713", "lihuabo"): 2, lms("4713", "limei"): -1, lms("4714", "youngcy"): -1,
			},
		},
		"identifiers of Moodle's beside student numbers": {
			"name,id number,identifier\nAna Ruiz,20261101,Participant 12\nBo Li,20261102,Participante13\n",
			map[*verdict.LMS]int{
				lms("12", "Participant"): 0, lms("13", "Participante"): 1, lms("13", "Ruiz"): -1, lms("20261102", "Participant"): 1, lms("14", "Participant"): -1,
			},
		},
		"identifiers in German beside student numbers, two of a name": {
			"name,Matricula,ID\nBo Li,20261101,Teilnehmer/in4711\nBo Li,20261102,Teilnehmer/in4712\n",
			map[*verdict.LMS]int{lms("4711", "Teilnehmerin"): 0, lms("4712", "Bo Li"): 1, lms("4713", "Bo Li"): -1},
		},
		"a name within what everybody is called": {
			"name,id\nArt Young,S101\n",
			map[*verdict.LMS]int{lms("101", "Participant"): -1},
		},
		"names are hidden": {
			"name,id\nAna Ruiz,7\nBo Li,8\n",
			map[*verdict.LMS]int{lms("7", "Participante"): 0, lms("8", "Participant"): 1},
		},
		"no names in the roster": {
			"id\n7\n8\n",
			map[*verdict.LMS]int{lms("7", "Ana Ruiz"): 0, lms("9", "Bo Li"): -1},
		},
		"a blind worksheet in Spanish": {
			"Identificador,Estado,Calificación\nParticipante4711,Enviado,\nParticipante 4712,Enviado,\n",
			map[*verdict.LMS]int{lms("4711", "Participante"): 0, lms("4712", "Participante"): 1, lms("711", "Participante"): -1},
		},
		"a blind worksheet in German": {
			"ID,Status,Bewertung\nTeilnehmer/in4711,,\n",
			map[*verdict.LMS]int{lms("4711", "Teilnehmerin"): 0, lms("11", "Teilnehmerin"): -1},
		},
		"a worksheet in German, two of a name": {
			"ID,Full name\nTeilnehmer/in4711,Bo Li\nTeilnehmer/in4712,Bo Li\n",
			map[*verdict.LMS]int{lms("4712", "Bo Li"): 1},
		},
		"student numbers with a letter, names are hidden": {
			"name,id,github\nAna Ruiz,S101,ana-12\n",
			map[*verdict.LMS]int{lms("101", "Participant"): -1, lms("12", "Participant"): -1},
		},
	} {
		t.Run(what, func(t *testing.T) {
			r, err := read(t, tt.roster)
			require.NoError(t, err)
			for who, want := range tt.want {
				i, _, ok := r.Match(who.Name+" "+who.ID, who)
				if !ok {
					i = -1
				}
				assert.Equal(t, want, i, "%+v", who)
			}
		})
	}
}

// A number that two have by chance gives nobody's work to somebody else of the same family name.
func TestMatchGuesses(t *testing.T) {
	type answer struct {
		at int
		by By
	}
	nobody := answer{-1, Surely}
	for what, tt := range map[string]struct {
		roster, number, name string
		want                 answer
	}{
		"a letter before the number":               {"Nombre,Apellidos,Código\nPedro,García,A1005\nAna,García Ruiz,A7777\n", "1005", "Ana García", answer{1, ByPart}},
		"the plain number":                         {"Nombre,Apellidos,Código\nPedro,García,1005\nAna,García Ruiz,7777\n", "1005", "Ana García", answer{1, ByPart}},
		"letters that all numbers have":            {"name,id\nPedro García,al1005\nEva Paz,al7777\n", "1005", "Ana García", nobody},
		"a word that all numbers have":             {"name,id\nPedro García,UNI1005\nEva Paz,UNI7777\n", "1005", "Ana García", nobody},
		"the plain number, and no better row":      {"name,id\nPedro García,1005\nEva Paz,7777\n", "1005", "Ana García", nobody},
		"two rows that hold all of the name":       {"name,id\nAna García Ruiz,1\nAna García Paz,2\n", "1005", "Ana García", nobody},
		"two rows that hold it, one of the number": {"name,id\nAna García Ruiz,1\nAna García Paz,2\n", "2", "Ana García", answer{1, Surely}},
		"one name of several":                      {"name,id\nAna García Ruiz,1\n", "1005", "Ana", nobody},
		"a longer name on the platform":            {"name,id\nAna Ruiz,1\nBo Li,2\n", "1005", "Ana María Ruiz Soto", answer{0, ByPart}},
		"an identifier of Moodle's, names differ":  {"name,id\nRobert Smith,Participant 4712\n", "4712", "Bob Smith", answer{0, ByNumber}},
		"a number of Canvas', names differ":        {"name,id\nRobert Smith,4712\n", "4712", "smithbob", answer{0, ByNumber}},
		"a number of Canvas', a shorter name":      {"name,id\nAna María García,4712\n", "4712", "garcíaana", answer{0, Surely}},
		"another word for participants":            {"ID,name\nTeilnehmer/in4711,Bo Li\nTeilnehmer/in4712,Cy Li\n", "4712", "Bo Cy Li", answer{1, Surely}},
	} {
		t.Run(what, func(t *testing.T) {
			r, err := read(t, tt.roster)
			require.NoError(t, err)
			at, by, ok := r.Match(tt.name, &verdict.LMS{ID: tt.number, Name: tt.name})
			if !ok {
				at = -1
			}
			assert.Equal(t, tt.want, answer{at, by})
		})
	}
}
