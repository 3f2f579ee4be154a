// Package paint puts text into terminal cells: colours by what they mean, and
// lines that are exactly as wide as they are meant to be, whatever they hold.
// Everything that is painted is cleaned first, so that nothing a payload holds
// reaches the terminal as a control sequence.
//
// It knows nothing of exchanges, of keys or of where a line ends up.
package paint
