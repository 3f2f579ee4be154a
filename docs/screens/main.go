// Screens turns a frame of a terminal into a picture: lines of text with SGR
// sequences in, an SVG out that any browser draws, with nothing to load.
//
//	go run ./docs/screens [-light] FRAME.ansi PICTURE.svg
//
// It knows the sequences that the interface writes, and leaves out all others.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	light := flag.Bool("light", false, "on a light background")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: screens [-light] FRAME.ansi PICTURE.svg")
		os.Exit(2)
	}
	frame, err := os.ReadFile(flag.Arg(0))
	if err == nil {
		ground := dark
		if *light {
			ground = white
		}
		err = os.WriteFile(flag.Arg(1), picture(string(frame), ground), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}
