// Package watch is with a student while they work: it runs the visible tests of the lesson that they are in whenever
// they save a file, and shows the one failure that matters now, with what went over the wire.
//
// In a terminal it is an interface to look at (model.go); elsewhere it prints lines (plain.go). Neither knows anything
// of the other, nor of how tests are run (run.go). Nothing of a hidden test is ever looked at here.
package watch
