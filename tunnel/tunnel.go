package tunnel

import (
	"context"
	"net"
	"sync"
)

// Tunnel is a public address of this machine, or the absence of one. It starts
// to connect when it is made. Its methods may be called by several goroutines.
type Tunnel interface {
	// Listener returns what accepts the connections that come through, always the
	// same. Each has its caller's address as RemoteAddr. While the session is away
	// Accept waits; it fails with net.ErrClosed, and only once the listener is
	// closed, so that a tunnel that fails does not end the server on it.
	//
	// Closing the listener tells the edge to send no more requests; those in
	// flight go on until the Tunnel is closed.
	Listener() net.Listener

	// Status returns how the tunnel is now.
	Status() Status

	// Watch returns a channel with the present status and then each later one. A
	// reader that lags behind misses the oldest. It is closed after Close.
	Watch() <-chan Status

	// Ready waits until the first attempt to connect has ended: with nil when
	// there is a public address or none is wanted, else with a *Failure. It also
	// ends with ctx, and then with its error.
	Ready(ctx context.Context) error

	// Close ends the tunnel and the connections that came through it: let requests
	// in flight end before, by shutting down the server. It takes 3 s at most.
	Close() error
}

// None returns the Tunnel that connects to nothing. publicURL is where a tunnel
// of the developer's own leads here, empty for none.
func None(publicURL string) Tunnel {
	n := none{listener: newListener(), board: newBoard(Status{State: Off, URL: publicURL})}
	return &n
}

type none struct {
	listener *listener
	board    *board
}

func (n *none) Listener() net.Listener      { return n.listener }
func (n *none) Status() Status              { return n.board.status() }
func (n *none) Watch() <-chan Status        { return n.board.watch() }
func (n *none) Ready(context.Context) error { return nil }

func (n *none) Close() error {
	n.listener.Close()
	n.board.close()
	return nil
}

// listener hands out what sessions deliver, whichever of them is alive.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	onClose func()        // tells the edge, and may take its time; nil where there is none
	told    chan struct{} // closed when onClose has returned; nil where it was not called
	open    int           // connections handed out and not closed
	idle    chan struct{}
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed: // rather than a connection, where there are both
		return nil, net.ErrClosed
	default:
	}
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Addr() net.Addr { return address{} }

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.tell()
	})
	return nil
}

// whenClosed calls f in a goroutine of its own when the listener is closed, or now
// where it is already.
func (l *listener) whenClosed(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onClose = f
	select {
	case <-l.closed:
		l.tell()
	default:
	}
}

// tell begins to tell the edge that no more connections are wanted. The caller
// holds the lock.
func (l *listener) tell() {
	if l.onClose == nil {
		return
	}
	f, told := l.onClose, make(chan struct{})
	l.told = told
	go func() {
		defer close(told)
		f()
	}()
}

// telling returns a channel that is closed when the edge was told, also where there
// is nothing to tell.
func (l *listener) telling() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told == nil {
		l.told = make(chan struct{})
		close(l.told)
	}
	return l.told
}

// deliver hands a connection to whoever accepts next, or closes it where nobody
// will.
func (l *listener) deliver(conn net.Conn) {
	l.mu.Lock()
	l.open++
	l.mu.Unlock()
	counted := &countedConn{Conn: conn, l: l}
	select {
	case l.conns <- counted:
	case <-l.closed:
		counted.Close()
	}
}

// drained returns a channel that is closed once no connection is open.
func (l *listener) drained() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.idle == nil {
		l.idle = make(chan struct{})
		if l.open == 0 {
			close(l.idle)
		}
	}
	return l.idle
}

func (l *listener) connClosed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.open == 0 && l.idle != nil {
		select {
		case <-l.idle:
		default:
			close(l.idle)
		}
	}
}

// countedConn is a connection that says when it is closed.
type countedConn struct {
	net.Conn
	l    *listener
	once sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(c.l.connClosed)
	return c.Conn.Close()
}

// address is where the listener of a tunnel is: not on this machine.
type address struct{}

func (address) Network() string { return "tunnel" }
func (address) String() string  { return "tunnel" }
