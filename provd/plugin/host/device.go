package host

import (
	"context"
	"net"
)

// Device reaches the one phone a call is about, for packages that synchronize by
// talking to it (HTTP forms, Telnet).
type Device interface {
	// Dial connects to a TCP port of the phone. An address other than the
	// phone's own is refused.
	Dial(ctx context.Context, host string, port int) (net.Conn, error)
}
