// Package proxy forwards requests to one target and records each exchange.
//
// The body that leaves is the body that came, byte for byte, both ways; so are
// method, path, query, status, header values and trailers. What HTTP lets a
// proxy change, and only that, changes: hop-by-hop headers, header case and
// order, chunking, the reason phrase, Host and X-Forwarded-*. A reply ends for
// its caller once its exchange is on disk.
//
// Forwarding, capturing and holding belong here. What a message means is asked
// of package vapi through the exchange, where it is kept is up to package
// record, and nothing here prints.
package proxy
