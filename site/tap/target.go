package tap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/http/httpguts"
)

const dialLimit = 5 * time.Second

// target reads an address that the tap shall relay to. It must be on this machine.
func target(address, scheme string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, complain("address %q cannot be read: %v", "la dirección %q no se puede leer: %v", address, errors.Unwrap(err))
	}
	if u.Scheme != scheme {
		return nil, complain("address %q: want %s://", "dirección %q: debe empezar con %s://", address, scheme)
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return nil, complain("address %q: not on loopback; this is for programs on your own machine",
			"dirección %q: no está en loopback; esto es para programas de tu propia máquina", address)
	}
	if u.User != nil {
		return nil, complain("address %q: a name and a password go into a header",
			"dirección %q: el nombre y la contraseña van en una cabecera", address)
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(host, "80")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	return u, nil
}

// dial connects to a target. That a name leads to loopback is looked at again once it is an address.
func dial(ctx context.Context, u *url.URL) (net.Conn, error) {
	d := net.Dialer{Timeout: dialLimit, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, err)
		}
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("address %q: not on loopback", address)
		}
		return nil
	}}
	return d.DialContext(ctx, "tcp", u.Host)
}

// addHeaders adds the headers that a console was told to send, "Name: value" each. Those that say how the connection
// itself works stay as they are.
func addHeaders(h http.Header, lines []string) error {
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name, value = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return complain("header %q: want Name: value", "cabecera %q: debe ser Nombre: valor", line)
		}
		switch name {
		case "Connection", "Upgrade", "Content-Length", "Transfer-Encoding", "Sec-Websocket-Key",
			"Sec-Websocket-Accept", "Sec-Websocket-Extensions", "Te", "Trailer":
			return complain("header %q: it belongs to the connection, which the tap and the browser make",
				"cabecera %q: es de la conexión, que hacen la toma y el navegador", name)
		}
		if value == "" {
			h.Del(name) // an empty one takes away: a request without an Origin, for instance
		} else {
			h.Set(name, value)
		}
	}
	return nil
}

// why says, in a word that a page has a text for, what a failure to connect was.
func why(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.Errno(10061)): // the second one is Windows'
		return "nobody-listens"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "silent"
	}
	return "failed"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
