// Package e2e tests the program as it is used: built, started as a process of
// its own, with real servers behind it and real callers in front, and judged by
// what it prints, what it answers, how it ends and what a second process finds
// in its store.
//
// It has tests alone. What can be tested inside one package is tested there.
package e2e
