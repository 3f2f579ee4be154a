// Package timeline makes the account of one call out of its exchanges: what
// happened when, who said what, which tools were called and what Vapi took of
// their answers, how long each part of a turn took, what it cost, what failed,
// and what ended it.
//
// It reads a store and puts values together. What a single message means is
// asked of package vapi, and how an account is laid out for reading is left to
// those who show it.
package timeline
