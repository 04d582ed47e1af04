// Package lease keeps the address book of the DHCP server: which client holds
// which address until when, and which address a client gets next.
//
// Promises:
//   - It is pure: no I/O, no goroutines, and the time is always an argument.
//   - An offer lives in memory only and is bounded in number; only a bind, a
//     release or a decline ever becomes a record for the Store.
//   - A client gets the address it had before, also after its lease expired,
//     as long as nobody else needed the address.
//   - A record that makes no sense is set aside and counted when the book is
//     loaded; it never stops the start (the class of Kea CVE-2019-6474).
package lease

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// State says what a Lease record means for its address.
type State string

// The states of a stored lease. That a bound lease has expired is not a state
// of its own: it follows from Expires and the time.
const (
	// Bound: the client was told that the address is its own.
	Bound State = "bound"
	// Released: the client gave the address back (RFC 2131 4.3.4). The record
	// stays so that the client gets the same address again.
	Released State = "released"
	// Declined: a client found the address in use by somebody else (RFC 2131
	// 4.3.3); nobody gets it before Expires.
	Declined State = "declined"
)

// Lease is one durable record, keyed by IP. It is plain data: JSON-encodable,
// comparable with cmp.Diff, without hidden state. All times are UTC wall
// clock; how they are read back by a box whose clock was wrong is the
// Allocator's business (see Allocator.Load).
type Lease struct {
	// IP is the leased IPv4 address and the key of the record.
	IP netip.Addr `json:"ip"`
	// MAC is the hardware address in lower-case colon form. It has six bytes
	// for every phone; other lengths (up to 16) are possible, as is an empty
	// string for a client that has only a client identifier.
	MAC string `json:"mac"`
	// HType is the hardware type of RFC 1700; 1 is Ethernet.
	HType uint8 `json:"htype"`
	// ClientID holds option 61 as the client sent it, empty if it sent none.
	ClientID []byte `json:"client_id,omitempty"`
	// State tells how to read the record.
	State State `json:"state"`
	// Granted is when this record was written.
	Granted time.Time `json:"granted"`
	// Expires is the end of what the record protects: for a bound lease never
	// before the end of what the client was promised (it may be later, so that
	// not every renewal has to be written), for a released one the time of the
	// release, for a declined one the end of the quarantine.
	Expires time.Time `json:"expires"`
	// Seconds is the lease time the client was told, in seconds.
	Seconds uint32 `json:"seconds"`
	// Known is set once the client has come back for the lease (renewed it
	// after a good part of its time). The addresses of known clients are not
	// given to newcomers, see Limits.
	Known bool `json:"known,omitempty"`
	// Hostname is option 12, reduced to printable characters.
	Hostname string `json:"hostname,omitempty"`
	// VendorClass is option 60 as sent, in raw bytes.
	VendorClass []byte `json:"vendor_class,omitempty"`
	// RelayInfo is option 82 as sent, in raw bytes.
	RelayInfo []byte `json:"relay_info,omitempty"`
}

// Client is the identity a lease belongs to: option 61, or the hardware type
// and address when there is none (RFC 2131 2.1, RFC 4361 6.1). It is an opaque
// key, not for display.
type Client string

// ClientOf returns the identity of a client. A client identifier of the form
// "hardware type, hardware address" is the same identity as no client
// identifier at all, so a phone whose boot loader sends none and whose
// firmware sends one keeps one address. It is empty when there is nothing to
// identify the client by.
func ClientOf(htype uint8, chaddr, clientID []byte) Client {
	if len(clientID) > 0 {
		return Client(clientID)
	}
	if len(chaddr) == 0 {
		return ""
	}
	return Client(string([]byte{htype}) + string(chaddr))
}

// Client returns the identity the lease belongs to.
func (l Lease) Client() Client {
	mac, err := parseMAC(l.MAC)
	if err != nil {
		mac = nil
	}
	return ClientOf(l.HType, mac, l.ClientID)
}

// Limits of what a record may hold; longer values are not ours or not sane.
const (
	maxClientID  = 1024
	maxHostname  = 255
	maxOption    = 1024
	maxHardware  = 16
	maxLeaseTime = 10 * 365 * 24 * time.Hour
)

// Validate reports everything that is wrong with a record, nil if it can be
// used.
func (l Lease) Validate() error {
	var errs []error
	if !l.IP.Is4() || l.IP.IsUnspecified() || l.IP.IsMulticast() {
		errs = append(errs, fmt.Errorf("ip %q is not a usable IPv4 address", l.IP))
	}
	switch l.State {
	case Bound, Released:
		if l.Client() == "" {
			errs = append(errs, fmt.Errorf("neither mac %q nor client_id identify a client", l.MAC))
		}
	case Declined:
	default:
		errs = append(errs, fmt.Errorf("unknown state %q", l.State))
	}
	if _, err := parseMAC(l.MAC); err != nil {
		errs = append(errs, fmt.Errorf("mac: %w", err))
	}
	if l.Expires.IsZero() {
		errs = append(errs, errors.New("expires is missing"))
	}
	if l.Expires.Sub(l.Granted) > maxLeaseTime {
		errs = append(errs, fmt.Errorf("expires %s is years after granted %s", l.Expires, l.Granted))
	}
	if len(l.ClientID) > maxClientID || len(l.VendorClass) > maxOption || len(l.RelayInfo) > maxOption || len(l.Hostname) > maxHostname {
		errs = append(errs, errors.New("an option is longer than a packet can carry"))
	}
	return errors.Join(errs...)
}

// Store is the durable side that the server needs. Implementations must be
// safe for use by one goroutine at a time.
type Store interface {
	// LoadLeases returns every record that can be decoded. A record that
	// cannot be decoded is kept aside by the store and is no error; an error
	// means that nothing could be read at all.
	LoadLeases(ctx context.Context) ([]Lease, error)
	// PutLeases writes the records, replacing those with the same IP. When it
	// returns nil all of them are on stable storage; on an error none is.
	PutLeases(ctx context.Context, leases []Lease) error
	// DeleteLeases removes the records of these addresses, durably, all or
	// none. An address without a record is no error.
	DeleteLeases(ctx context.Context, ips []netip.Addr) error
}

// FormatMAC writes a hardware address the way Lease.MAC holds it.
func FormatMAC(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	out := make([]byte, 0, len(b)*3)
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// ParseMAC reads a hardware address of 1 to 16 bytes in colon, dash or bare
// hexadecimal form, in either case.
func ParseMAC(s string) ([]byte, error) {
	b, err := parseMAC(s)
	if err == nil && len(b) == 0 {
		return nil, errors.New("empty hardware address")
	}
	return b, err
}

// parseMAC is on the path of every bind, hence no general text functions.
func parseMAC(s string) ([]byte, error) {
	b := make([]byte, 0, len(s)/2)
	for i := 0; i < len(s); i += 2 {
		if i > 0 && (s[i] == ':' || s[i] == '-') {
			i++
		}
		if i+2 > len(s) {
			return nil, fmt.Errorf("hardware address %q: not hexadecimal bytes", s)
		}
		var one [1]byte
		if _, err := hex.Decode(one[:], []byte(s[i:i+2])); err != nil {
			return nil, fmt.Errorf("hardware address %q: not hexadecimal bytes", s)
		}
		b = append(b, one[0])
	}
	if len(b) > maxHardware {
		return nil, fmt.Errorf("hardware address %q: longer than %d bytes", s, maxHardware)
	}
	return b, nil
}
