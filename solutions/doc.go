// Package solutions holds what is never handed out: for each lesson a reference, NN-slug/*.go, and its mutants,
// NN-slug/mutants/*.patch, each the reference with one classic mistake in it.
//
// A reference is exactly what a student would write: the files that the lesson's front matter names, nothing else.
// `grader check` proves that the hidden tests pass it and kill every mutant.
package solutions
