package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"wirelab/grader/guard"
)

// Listen opens addr, which must be on loopback. If its port is taken, a free one is opened in its place and
// taken is true.
func Listen(ctx context.Context, addr string) (ln net.Listener, taken bool, err error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, false, fmt.Errorf("address %q: %w", addr, err)
	}
	if !guard.Loopback(host) {
		return nil, false, fmt.Errorf("address %q: not on loopback; the site is for this machine only", addr)
	}
	var lc net.ListenConfig
	ln, err = lc.Listen(ctx, "tcp", addr)
	if isInUse(err) {
		ln, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
		taken = true
	}
	if err != nil {
		return nil, false, fmt.Errorf("listen: %w", err)
	}
	return ln, taken, nil
}

// wsaEADDRINUSE is what Windows says, which syscall.EADDRINUSE does not match there.
const wsaEADDRINUSE = syscall.Errno(10048)

func isInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaEADDRINUSE)
}
