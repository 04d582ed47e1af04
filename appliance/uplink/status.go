package uplink

import "time"

// The states of an uplink.
const (
	// Off: the settings do not enable it.
	Off = "off"
	// Failed: there is no interface; Status.Error says why, and it is tried again.
	Failed = "failed"
	// Connecting: the interface is there and no peer has answered lately.
	Connecting = "connecting"
	// Connected: a peer has answered lately.
	Connected = "connected"
)

// The kinds of interface.
const (
	Kernel    = "kernel"
	UserSpace = "user space"
)

// live is how long after a handshake a session may still be used
// (REJECT_AFTER_TIME, "WireGuard: Next Generation Kernel Network Tunnel",
// section 6.1).
const live = 180 * time.Second

// Status is what an uplink is doing. It holds no secret.
type Status struct {
	State     string
	Interface string
	Kind      string // Kernel, UserSpace, or empty without an interface
	Address   string // the box's own in the tunnel, as in the settings
	// PublicKey is the box's own, to be told to the centre; empty when there is no
	// usable key.
	PublicKey  string
	ListenPort int // UDP; 0 without an interface
	Error      string
	Peers      []PeerStatus // in the order of the settings
}

// PeerStatus is what is known of a peer.
type PeerStatus struct {
	PublicKey string
	Endpoint  string // host:port of the settings
	// Address is where the peer is called at, or was heard from last; empty while
	// the name is not resolved.
	Address string
	// Handshake is when the peer last answered; zero is never.
	Handshake time.Time
	// Age is the time since then.
	Age            time.Duration
	Connected      bool
	Received, Sent int64 // bytes since the interface was made
	AllowedIPs     []string
	Keepalive      time.Duration
	Error          string
}

// Status returns what the uplink is doing. It is safe for concurrent use and
// never waits for the network.
func (u *Uplink) Status() Status {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.status
	s.Peers = append([]PeerStatus(nil), s.Peers...)
	now := u.now()
	for i := range s.Peers {
		s.Peers[i].age(now)
	}
	for _, p := range s.Peers {
		if s.State == Connecting && p.Connected {
			s.State = Connected
		}
	}
	return s
}

func (p *PeerStatus) age(now time.Time) {
	p.Age, p.Connected = 0, false
	if p.Handshake.IsZero() {
		return
	}
	// A clock that was set back makes a handshake of the future.
	p.Age = max(0, now.Sub(p.Handshake))
	p.Connected = p.Age < live
}
