package host

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"provbox/provd/python"
)

// Device reaches the one phone a call is about, for packages that synchronize by
// talking to it (HTTP forms, Telnet).
type Device interface {
	// Dial connects to a TCP port of the phone. Any other host is refused.
	Dial(ctx context.Context, host string, port int) (net.Conn, error)
}

// Ports a package may talk to on a phone: Telnet, HTTP, HTTPS.
var devicePorts = []int{23, 80, 443, 8080, 8443}

// NewDevice returns the Device of the phone with an IP address.
func NewDevice(ip string) Device { return onlyHost{ip, devicePorts} }

// onlyHost connects to one address only.
type onlyHost struct {
	ip    string
	ports []int // nil allows all
}

// Dial connects to the address.
func (d onlyHost) Dial(ctx context.Context, host string, port int) (net.Conn, error) {
	want, err := netip.ParseAddr(d.ip)
	if err != nil {
		return nil, fmt.Errorf("the phone has no usable address: %w", err)
	}
	// Names are not looked up: they are how one reaches somebody else.
	if got, err := netip.ParseAddr(host); err != nil || got != want {
		return nil, fmt.Errorf("a package may only talk to its own phone, %s, not to %s", d.ip, host)
	}
	if d.ports != nil && !slices.Contains(d.ports, port) {
		return nil, fmt.Errorf("a package may not talk to port %d of a phone", port)
	}
	dialer := net.Dialer{Timeout: 10 * time.Second}
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

// dial connects to the phone of the call.
func dial(t *python.Thread, host string, port int) (net.Conn, error) {
	device := callOf(t).Device
	if device == nil {
		return nil, fmt.Errorf("this package may not talk to phones here")
	}
	return device.Dial(t.Context(), host, port)
}
