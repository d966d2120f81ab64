//go:build !linux

package main

// attacks are for walls, which only Linux has.
func attacks() map[string]func([]string) { return map[string]func([]string){} }
