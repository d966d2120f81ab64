package echo

import "net/http"

// Subject is the exercise as the tests see it, and as `go run ./grader serve 10-echo` runs it: one echo
// server for ordinary messages, up to 64 KiB, and another one for short notes, up to 64 bytes.
//
// This file is given. Your work goes into echo.go.
func Subject() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/ws", Handler(64<<10))
	mux.Handle("/notes", Handler(64))
	return mux
}
