package fileserver

import (
	"net"
	"net/netip"
	"sync"
)

// limitListener refuses, by closing at once, every connection over the total or
// over the number that one client may have. Waiting instead would let one
// client keep all others out.
func limitListener(l net.Listener, total, perHost int) net.Listener {
	return &limited{Listener: l, total: total, perHost: perHost, hosts: make(map[netip.Addr]int)}
}

type limited struct {
	net.Listener
	total, perHost int

	mu    sync.Mutex
	open  int
	hosts map[netip.Addr]int // never more entries than open connections
}

// Accept returns the next connection that is within the limits.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host := hostOf(c.RemoteAddr())
		if l.admit(host) {
			return &limitedConn{Conn: c, release: sync.OnceFunc(func() { l.release(host) })}, nil
		}
		_ = c.Close()
	}
}

func (l *limited) admit(host netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.total || l.hosts[host] >= l.perHost {
		return false
	}
	l.open++
	l.hosts[host]++
	return true
}

func (l *limited) release(host netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.hosts[host]--; l.hosts[host] == 0 {
		delete(l.hosts, host)
	}
}

func hostOf(a net.Addr) netip.Addr {
	if ap, err := netip.ParseAddrPort(a.String()); err == nil {
		return ap.Addr().Unmap()
	}
	return netip.Addr{}
}

type limitedConn struct {
	net.Conn
	release func()
}

// Close closes the connection and gives its place back.
func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
