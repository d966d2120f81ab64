package roster

import (
	"slices"
	"strings"
)

// column is what a column holds.
type column int

const (
	other column = iota
	name
	firstName
	lastName
	id
	email
	login
)

// headers says what each column holds.
func headers(row []string) []column {
	var all []column
	for _, cell := range row {
		all = append(all, meaning(plain(cell, true)))
	}
	// "nombre" beside "apellidos", like "name" beside "surname", is a first name.
	if slices.Contains(all, lastName) && !slices.Contains(all, firstName) {
		for i, c := range all {
			if c == name {
				all[i] = firstName
			}
		}
	}
	return all
}

// meaning says what a column of this header holds, which is in lower case and without accents or signs.
func meaning(header string) column {
	for c, names := range map[column][]string{
		name: {
			"name", "full name", "fullname", "student", "student name", "display name", "display name fml", "participant",
			"nombre completo", "nombre", "nombre y apellidos", "nombre y apellido", "apellidos y nombre", "estudiante", "alumno", "alumna", "nombre del estudiante", "nombre del alumno",
		},
		firstName: {"first name", "firstname", "given name", "given names", "forename", "nombres", "nombre s", "primer nombre"},
		lastName:  {"last name", "lastname", "surname", "family name", "apellido", "apellidos", "apellido s"},
		id: {
			"id", "student id", "studentid", "id number", "idnumber", "identifier", "user id", "userid", "number", "student number", "sis user id", "sis id",
			"identificador", "numero", "numero de id", "numero de identificacion", "codigo", "matricula", "legajo", "carne", "dni", "rut", "cedula",
		},
		email: {"email", "e mail", "email address", "e mail address", "mail", "correo", "correo electronico", "direccion de correo", "direccion email", "direccion de correo electronico"},
		login: {
			"login", "username", "user name", "user", "account", "sis login id", "github", "github username", "github user", "gitlab", "gitlab username", "login id",
			"usuario", "nombre de usuario", "cuenta", "integration id",
		},
	} {
		if slices.Contains(names, header) {
			return c
		}
	}
	return other
}

// plain returns the words of s in lower case, without accents and signs. Letters of other scripts stay.
func plain(s string, spaces bool) string {
	var b strings.Builder
	gap := false
	for _, r := range decompose(s) {
		switch {
		case isMark(r):
		case isWord(r):
			if gap && spaces && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}
