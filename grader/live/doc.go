// Package live shows a batch in browsers while it grades: a page whose grid colours in, told over Server-Sent Events.
// The command batch --live feeds it; it never grades, and it must never make grading wait.
//
// Whoever publishes hands an event to a log and to the queue of each viewer, all bounded, and goes on: nothing there
// waits for a network. A viewer whose queue is full is dropped; its browser comes back with Last-Event-ID and gets what
// it missed from the log, or, when that reaches too far back, one snapshot of all that is the case.
//
// # The stream
//
// GET /events is an event stream as the HTML standard describes it (§9.2). The types of event, with JSON as data:
//
//	snapshot  a [Snapshot]: all that is the case; whatever was heard before does not count any more
//	student   a [Row]: a student is done
//	progress  a [Count]: how far the batch is
//	done      true: there will be no more, and the report is at /report/
//
// Every event has an ID, its number with that of the batch before it, "1732-41": a browser that was there during another
// batch gets a snapshot. "retry" is a second, and a comment every 15 seconds keeps the connection alive.
//
// # Who may look
//
// On loopback everybody on this machine; the Host header must name loopback, so that no page on the network gets at it
// under a name of its own that leads here (DNS rebinding), and a browser's request must come from this page. Elsewhere
// it takes the token in the address that the command prints, which then lies in a cookie.
package live
