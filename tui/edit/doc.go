// Package edit is text that is edited in the terminal: a line, a few lines of
// headers, a body. It holds the lines, the cursor and what can be undone, and
// draws only what is seen, so that a key takes the same time whatever the size.
//
// It knows the keys that move and change text, and how JSON is coloured. What
// the text means, what is checked in it and where it goes is for others.
package edit
