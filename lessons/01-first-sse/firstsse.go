// Package firstsse is the first lesson: a handler whose response is an event stream. README.md has the notes.
//
// You write [Live], below. subject.go is given: it puts your handler on a server together with a feed to listen
// to. firstsse_test.go shows how to test a stream; run it with
//
//	go test ./lessons/01-first-sse
package firstsse

import "net/http"

// A Feed is the live commentary of a football match: a line of text each time that something happens.
//
// It is given, and so is the feed behind it: leave this type as it is.
type Feed interface {
	// Subscribe starts listening: from now on each line comes out of lines. A line is never empty and has no
	// line break in it; anything else that UTF-8 can say may be there. The channel is closed when the match is
	// over; if it is over already, a closed channel is what you get.
	//
	// unsubscribe stops listening. Whoever subscribes must call it in the end, or the feed goes on serving a
	// listener who is not there. Calling it twice, or after the end of the match, does no harm.
	Subscribe() (lines <-chan string, unsubscribe func())
}

// Live returns a handler that answers GET with the feed as an event stream that no cache answers with. It opens at once,
// whether or not a line comes. Each client gets every line that comes after it has connected, each line as an event of
// its own, at the moment when it comes. The response ends when the feed ends or the client goes, whichever is first,
// and then the handler has unsubscribed.
//
// Any other method than GET is answered with 405 Method Not Allowed and what is allowed.
func Live(feed Feed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "Live is not written yet", http.StatusNotImplemented)
	})
}
