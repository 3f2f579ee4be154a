// Package replay sends to a developer's server and judges what it answers. It
// is the one way to send: an exchange that was recorded, again; and, for those
// who have a request of their own, that. What it sends it records by itself.
//
// Where a request goes, which of its headers are renewed, what is changed in it
// before, when it is sent, and how two replies differ, belong here. What a
// message means is asked of package vapi. Nothing here prints.
package replay
