// Package wire knows what goes over the connections of the course: WebSocket frames (RFC 6455 §5), events of an
// event stream (WHATWG HTML §9.2) and, for people, the transcript of both.
//
// The probe speaks it, reports print it. Everything it reads may come from a hostile peer: no length is
// believed before the bytes are there, and nothing here panics.
package wire
