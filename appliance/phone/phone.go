// Package phone plays desk phones: it takes an address and fetches the files
// that a phone of the kind asks for when it boots. It is for demonstrations and
// tests of a box.
package phone

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"provbox/dhcp/client"
)

// Kind is how a phone of one vendor behaves.
type Kind struct {
	Name        string
	MAC         string
	VendorClass string // DHCP option 60
	Parameters  []byte // DHCP option 55
	UserAgent   string // HTTP; empty for a phone that uses TFTP
	TFTP        bool
	// Files are asked for in order; a missing one is normal but for the last,
	// which holds the phone's account.
	Files []string
}

// Kinds are the phones of the demonstration: one over HTTP, one over TFTP, and
// one that no plugin knows.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "yealink", MAC: "00:15:65:aa:bb:01", VendorClass: "yealink",
			Parameters: []byte{1, 3, 6, 12, 15, 42, 43, 66, 67, 120, 160},
			UserAgent:  "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01",
			Files:      []string{"y000000000066.boot", "y000000000066.cfg", "001565aabb01.cfg"},
		},
		{
			Name: "cisco", MAC: "00:1e:7a:aa:bb:02", VendorClass: "Cisco Systems, Inc. IP Phone CP-7941G\x00",
			Parameters: []byte{1, 3, 6, 15, 66, 67, 150}, TFTP: true,
			Files: []string{"CTLSEP001E7AAABB02.tlv", "SEP001E7AAABB02.cnf.xml"},
		},
		{
			Name: "unknown", MAC: "02:00:5e:00:53:03", VendorClass: "Desk Phone 3000",
			Parameters: []byte{1, 3, 6, 15, 66}, UserAgent: "Desk Phone 3000 (1.0)",
			Files: []string{"02005e005303.cfg"},
		},
	}
}

// Provisioning returns where the phone looks for its files: option 66, 160 or
// 150 of the lease, a URL or a host.
func (k Kind) Provisioning(l client.Lease) string {
	for _, code := range []byte{160, 66} {
		if v := strings.TrimRight(string(l.Options[code]), "\x00"); v != "" {
			return v
		}
	}
	if v := l.Options[150]; len(v) >= 4 {
		return netip.AddrFrom4([4]byte(v[:4])).String()
	}
	return ""
}

// Account fetches the phone's files from a server and returns the last one,
// which holds its account.
func (k Kind) Account(ctx context.Context, server string) (content []byte, err error) {
	for _, name := range k.Files {
		if content, err = k.Fetch(ctx, server, name); err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return content, err
}

// Fetch gets one file, from a URL over HTTP or from a host over TFTP.
func (k Kind) Fetch(ctx context.Context, server, name string) ([]byte, error) {
	if k.TFTP {
		if _, _, err := net.SplitHostPort(server); err != nil {
			server = net.JoinHostPort(server, "69")
		}
		return fetchTFTP(ctx, server, name)
	}
	if !strings.HasPrefix(server, "http") {
		return nil, fmt.Errorf("%s: %q is not a URL", k.Name, server)
	}
	return k.fetchHTTP(ctx, strings.TrimSuffix(server, "/")+"/"+name)
}

// maxFile bounds what a virtual phone reads.
const maxFile = 1 << 20

func (k Kind) fetchHTTP(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", k.UserAgent)
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxFile))
}

// fetchTFTP reads a file in blocks of 512 bytes (RFC 1350).
func fetchTFTP(ctx context.Context, server, name string) ([]byte, error) {
	addr, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		return nil, err
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	deadline := time.Now().Add(10 * time.Second)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if _, err := conn.WriteToUDP([]byte("\x00\x01"+name+"\x00octet\x00"), addr); err != nil {
		return nil, err
	}
	var content []byte
	buf := make([]byte, 4+512)
	for block := uint16(1); len(content) < maxFile; {
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil {
			return nil, err
		}
		if n < 4 {
			continue
		}
		switch op := binary.BigEndian.Uint16(buf); {
		case op == 5:
			return nil, fmt.Errorf("tftp %s: %s", name, strings.TrimRight(string(buf[4:n]), "\x00"))
		case op != 3 || binary.BigEndian.Uint16(buf[2:]) != block:
			continue
		}
		content = append(content, buf[4:n]...)
		ack := binary.BigEndian.AppendUint16([]byte{0, 4}, block)
		if _, err := conn.WriteToUDP(ack, from); err != nil {
			return nil, err
		}
		if n < len(buf) {
			return content, nil
		}
		block++
	}
	return nil, errors.New("file too large")
}
