package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

func number(args []string) int {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		os.Exit(2)
	}
	return n
}

// memory touches so many MiB.
func memory(args []string) {
	var all [][]byte
	for range number(args) / 16 {
		b := make([]byte, 16<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	fmt.Println("through:", len(all)*16, "MiB")
}

// shared touches so many MiB of memory that belongs to no process.
func shared(args []string) {
	n := number(args) << 20
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	report("shared memory", err)
}

func goroutines(args []string) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range number(args) {
		wg.Go(func() { <-gate })
	}
	close(gate)
	wg.Wait()
	fmt.Println("through: goroutines")
}

// threads wants so many threads at once, and keeps them.
func threads(args []string) {
	var ready sync.WaitGroup
	r, w, err := os.Pipe()
	if err != nil {
		os.Exit(2)
	}
	fd := int(r.Fd()) // from now on it blocks
	for range number(args) {
		ready.Add(1)
		go func() {
			runtime.LockOSThread()
			ready.Done()
			var b [1]byte
			_, _ = syscall.Read(fd, b[:])
		}()
	}
	ready.Wait()
	fmt.Println("through: threads")
	if len(args) > 1 { // so many milliseconds are enough for whoever counts them
		time.Sleep(time.Duration(number(args[1:])) * time.Millisecond)
		return
	}
	hang(nil)
	w.Close()
}

func spin([]string) {
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for n := 0; ; n++ {
				_ = n
			}
		}()
	}
	select {}
}

// fill writes so many MiB into one file of the directory.
func fill(args []string) {
	f, err := os.Create(filepath.Join(args[1], "big"))
	if err == nil {
		for range number(args) {
			if _, err = f.Write(make([]byte, 1<<20)); err != nil {
				break
			}
		}
	}
	report("fill", err)
}

func openMany(args []string) {
	var err error
	var all []*os.File
	for range number(args) {
		var f *os.File
		if f, err = os.Open(args[1]); err != nil {
			break
		}
		all = append(all, f)
	}
	report("open", err)
	fmt.Println(len(all))
}
