// Package tunnel gives this machine a public address: through ngrok, or none.
//
// A Tunnel is a listener whose connections come from anywhere, and a status
// that says at any time how the way to it is. Nothing is said to be connected
// before it is; a failure is one sentence with what to do about it; a session
// that is lost comes back by itself, and one that only looks alive is found out.
//
// Where a token is found, how the edge is reached, what ngrok's errors mean and
// whether a public address really leads here belong to this package. What the
// requests are, and who is shown the status, do not; nor does telling Vapi the
// address, which is package attach.
package tunnel
