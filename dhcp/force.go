package dhcp

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" // RFC 6704 has no other algorithm
	"crypto/rand"
	"encoding/binary"
	"net/netip"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// FORCERENEW (RFC 3203) makes a client renew before its time. It must be
// authenticated; RFC 6704 has the server give the client a nonce with the ACK,
// and sign with it. A client that does not offer that is never sent one.

// nonce is what a client was given to know us by.
type nonce struct {
	client lease.Client
	id     []byte // option 61
	mac    []byte
	htype  byte
	server netip.Addr // the identifier, which may be a relay's (RFC 5107)
	from   netip.Addr // ours
	key    [16]byte
}

const (
	// maxNonces bounds the clients that nonces are kept for.
	maxNonces = 16384
	// forcedAtOnce is how many clients of an interface are made to renew in
	// one look at it (every two seconds), so that a change makes no storm.
	forcedAtOnce = 50

	authReconfigure = 3 // RFC 6704 3.1.2: protocol
	authHMACMD5     = 1 // algorithm
	nonceValue      = 1 // type of authentication information
	nonceDigest     = 2
)

// nonceCapable reports whether a client can be given a nonce: option 145 lists
// the algorithms it has (RFC 6704 3.1.1).
func (p *packet) nonceCapable() bool {
	v, ok := p.Option(message.OptNonceCapable)
	return ok && bytes.IndexByte(v, authHMACMD5) >= 0
}

// authOption is option 90 (RFC 3118 2) for the protocol of RFC 6704.
func authOption(replay uint64, kind byte, value [16]byte) []byte {
	b := []byte{authReconfigure, authHMACMD5, 0}
	b = binary.BigEndian.AppendUint64(b, replay)
	return append(append(b, kind), value[:]...)
}

// giveNonce adds a nonce to an ACK for a lease. The caller holds the lock.
// RFC 6704 4: not again in the answer to a renewal.
func (s *Server) giveNonce(p *packet, d *decision) {
	if d.reply == nil || d.reply.Type != message.Ack || d.do != bind && d.do != renew || !p.nonceCapable() {
		return
	}
	old := s.nonces[d.ip]
	if old != nil && old.client == p.client && p.unicast() && !p.CIAddr.IsUnspecified() || old == nil && len(s.nonces) >= maxNonces {
		return
	}
	server := netip.Addr{}
	for _, o := range d.reply.Required {
		if o.Code == message.OptServerID {
			server = netip.AddrFrom4([4]byte(o.Data))
		}
	}
	n := &nonce{client: p.client, id: bytes.Clone(p.id), mac: bytes.Clone(p.CHAddr), htype: p.HType, server: server, from: d.to.From}
	_, _ = rand.Read(n.key[:]) // never fails; a secret is not for the injected generator
	s.nonces[d.ip] = n
	d.reply.Required = append(d.reply.Required, message.Option{Code: message.OptAuth, Data: authOption(s.replay(), nonceValue, n.key)})
}

// replay is the next value of the replay counter: it grows over restarts too,
// as far as the clock does (RFC 3118 4).
func (s *Server) replay() uint64 {
	s.replayed = max(s.replayed+1, uint64(s.deps.Now().UnixNano()))
	return s.replayed
}

// ForceRenew makes clients renew soon, so that they learn of changed options,
// and returns how many will be asked to: those that have a lease and can
// authenticate the message. Apply does so for all of them.
func (s *Server) ForceRenew(ips ...netip.Addr) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, ip := range ips {
		if s.nonces[ip] != nil && !s.forcing[ip] {
			s.forcing[ip] = true
			n++
		}
	}
	return n
}

// forceAll is ForceRenew for everybody. The caller holds the lock.
func (s *Server) forceAll() {
	for ip := range s.nonces {
		s.forcing[ip] = true
	}
}

// force sends what is due to clients of an interface.
func (s *Server) force(name string, conn Conn) {
	for ip, b := range s.forced(name) {
		if err := conn.Write(b.raw, wire.Dest{To: netip.AddrPortFrom(ip, b.port), From: b.from}); err != nil {
			s.count.sendErrors.Add(1)
			continue
		}
		s.count.forced.Add(1)
		s.events.put(Event{Time: s.deps.Now(), Interface: name, Reply: "FORCERENEW", MAC: b.mac, IP: ip, XID: b.xid, Reason: "the settings have changed"})
	}
}

type forcerenew struct {
	raw  []byte
	from netip.Addr
	port uint16
	mac  string
	xid  uint32
}

// forced takes up to forcedAtOnce clients of an interface from the list, and
// makes their messages.
func (s *Server) forced(name string) map[netip.Addr]forcerenew {
	s.mu.Lock()
	defer s.mu.Unlock()
	ifc := s.set.byName[name]
	// The settings may have dropped the interface since this look at it began.
	if len(s.forcing) == 0 || ifc == nil {
		return nil
	}
	out := map[netip.Addr]forcerenew{}
	now := s.deps.Now()
	for ip := range s.forcing {
		if len(out) >= forcedAtOnce {
			break
		}
		on := false
		for _, n := range ifc.subnets {
			on = on || n.Prefix.Contains(ip)
		}
		if !on {
			continue
		}
		delete(s.forcing, ip)
		n := s.nonces[ip]
		if n == nil {
			continue
		}
		if l, ok := s.book.Lookup(ip); !ok || l.State != lease.Bound || l.Client() != n.client || !s.book.InTime(ip, now) {
			delete(s.nonces, ip)
			continue
		}
		xid := uint32(s.deps.Random())
		out[ip] = forcerenew{raw: n.message(ip, xid, s.replay()), from: n.from, port: s.set.ClientPort, mac: lease.FormatMAC(n.mac), xid: xid}
	}
	return out
}

// message is a signed FORCERENEW (RFC 3203 2, RFC 6704 3.1.2).
func (n *nonce) message(ip netip.Addr, xid uint32, replay uint64) []byte {
	r := &message.Reply{HType: n.htype, HLen: byte(len(n.mac)), XID: xid, CHAddr: n.mac, CIAddr: ip, Type: message.ForceRenew}
	r.Required = append(r.Required, message.Option{Code: message.OptServerID, Data: n.server.AsSlice()})
	if len(n.id) > 0 {
		r.Required = append(r.Required, message.Option{Code: message.OptClientID, Data: n.id})
	}
	auth := authOption(replay, nonceDigest, [16]byte{})
	r.Required = append(r.Required, message.Option{Code: message.OptAuth, Data: auth})
	raw, _ := r.Append(nil)
	// The digest is over the whole message with zeros in its place; hops and
	// giaddr, which count as zero, are zero (RFC 3118 5.2).
	sum := hmac.New(md5.New, n.key[:])
	sum.Write(raw)
	at := bytes.Index(raw, auth)
	copy(raw[at+len(auth)-16:], sum.Sum(nil))
	return raw
}
