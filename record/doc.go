// Package record holds the exchange, the one noun of vapitap, and the store
// that keeps it: sessions, what is in flight, watching for changes, retention,
// and the filter language that picks exchanges.
//
// It does not forward, send, print or draw; what a message means is asked of
// package vapi.
package record
