// Command subject stands for a student's program: it serves, or it plays one attack. An attack prints a line for each
// thing that it tries: "held: …" where it was stopped, "through: …" where it was not.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		os.Exit(2)
	}
	play, ok := plays()[os.Args[1]]
	if !ok {
		fmt.Println("no such attack:", os.Args[1])
		os.Exit(2)
	}
	play(os.Args[2:])
}

func plays() map[string]func([]string) {
	all := attacks()
	for name, play := range map[string]func([]string){
		"serve": serve, "exit": exit, "say": say, "env": env, "dial": dial, "hang": hang, "print": printOut,
	} {
		all[name] = play
	}
	return all
}

// report prints how one attempt ended.
func report(what string, err error) {
	if err != nil {
		fmt.Printf("held: %s: %v\n", what, err)
		return
	}
	fmt.Printf("through: %s\n", what)
}

// serve answers /hello on descriptor 3, and on those after it for which there is an argument, which is the answer then.
func serve(answers []string) {
	for i, answer := range append([]string{"hello"}, answers...) {
		f := os.NewFile(uintptr(3+i), "listener")
		ln, err := net.FileListener(f)
		if err != nil {
			fmt.Println("listener:", err)
			os.Exit(3)
		}
		f.Close()
		mux := http.NewServeMux()
		mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })
		s := &httptest.Server{Listener: ln, Config: &http.Server{Handler: mux}}
		s.Start()
	}
	select {}
}

func exit(args []string) {
	code, _ := strconv.Atoi(args[0])
	os.Exit(code)
}

func say(args []string) { fmt.Print(strings.Join(args, " ")) }

func env([]string) {
	dir, _ := os.Getwd()
	host, _ := os.Hostname()
	fmt.Printf("%q %q %q %q", os.Environ(), os.Args[0], dir, host)
}

func hang([]string) {
	fmt.Println("hanging")
	<-time.After(time.Hour)
}

// printOut prints so many MiB.
func printOut(args []string) {
	n, _ := strconv.Atoi(args[0])
	line := []byte(strings.Repeat("x", 1<<20-1) + "\n")
	for range n {
		if _, err := os.Stdout.Write(line); err != nil {
			report("print", err)
			return
		}
	}
}

// dial is what a client exercise does: it connects to the socket that it was given, and says what it heard.
func dial(args []string) {
	for _, path := range args {
		c, err := net.Dial("unix", path)
		if err == nil {
			var b []byte
			b, err = io.ReadAll(c)
			fmt.Printf("heard: %s\n", b)
		}
		report("dial "+path, err)
	}
}
