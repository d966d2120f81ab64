package probe

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// errLongHeader is what the client of a library is told in the middle of a header that does not end.
var errLongHeader = errors.New("a header of more than 1 MiB")

// broken says in plain words how a connection ended.
func broken(err error) lessons.Text {
	switch {
	case errors.Is(err, wire.ErrTooLong):
		return lessons.Text{EN: "more than the checker takes: " + err.Error(), ES: "más de lo que acepta quien comprueba: " + err.Error()}
	case errors.Is(err, errLongHeader), strings.Contains(err.Error(), "response headers exceeded"): // net/http exports no error for it
		return lessons.Text{EN: "a header of more than 1 MiB", ES: "un encabezado de más de 1 MiB"}
	case strings.Contains(err.Error(), "suspiciously long trailer"): // likewise: one that is longer than its buffer
		return lessons.Text{EN: "a trailer that does not end", ES: "campos finales que no se acaban"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return lessons.Text{EN: "the end of the connection, in the middle of something", ES: "el fin de la conexión, a medio camino"}
	case errors.Is(err, io.EOF), strings.HasSuffix(err.Error(), "EOF"):
		return lessons.Text{EN: "the end of the connection", ES: "el fin de la conexión"}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return lessons.Text{EN: "a connection that the subject had cut", ES: "una conexión que el ejercicio había cortado"}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, os.ErrNotExist):
		return lessons.Text{EN: "no server: nothing accepts connections", ES: "ningún servidor: nada acepta conexiones"}
	case errors.Is(err, net.ErrClosed):
		return lessons.Text{EN: "nothing: this side has closed the connection", ES: "nada: este lado cerró la conexión"}
	}
	return same(err.Error())
}
