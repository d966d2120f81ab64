package probe

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A handler that ignores its request's context must cost its test, not the whole run.
func TestStopLeavesAHandlerThatNeverReturns(t *testing.T) {
	entered, forever := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(forever) })
	l := startInProcess(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-forever
	}))
	conn, err := l.dial(t.Context())
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: subject\r\n\r\n")
	require.NoError(t, err)
	<-entered

	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.stop(false)
	}()
	select {
	case <-stopped:
	case <-time.After(Bound):
		require.Fail(t, "stop waits for the handler")
	}
}
