package appliance

import (
	"encoding/json"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"provbox/appliance/settings"
	"provbox/provd"
	"provbox/provd/document"
)

// baseURL is the URL that phones are told. Without a setting it follows the
// address that the box is told to have, or else has.
func baseURL(s *settings.Settings, own netip.Addr, http net.Addr) string {
	if s.General.AdvertisedHTTPURL != "" {
		return strings.TrimSuffix(s.General.AdvertisedHTTPURL, "/")
	}
	return "http://" + net.JoinHostPort(own.String(), strconv.Itoa(port(http)))
}

// port returns the port of a TCP or UDP address.
func port(a net.Addr) int {
	_, text, _ := net.SplitHostPort(a.String())
	n, _ := strconv.Atoi(text) // an address of a socket that is open has one
	return n
}

// ownAddress is the address of the box on the branch LAN, as far as it can be
// known before a phone asks.
func ownAddress(s *settings.Settings) netip.Addr {
	for _, i := range s.Network.Interfaces {
		if p, err := netip.ParsePrefix(i.Address); err == nil {
			return p.Addr()
		}
	}
	var found netip.Addr
	addrs, _ := net.InterfaceAddrs() // an error leaves loopback, which the journal will show
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || !p.Addr().Is4() || !p.Addr().IsGlobalUnicast() || inTunnel(s, p.Addr()) {
			continue
		}
		// An address inside a subnet that we serve beats any other.
		for _, i := range s.DHCP.Interfaces {
			for _, n := range i.Subnets {
				if n.Subnet.Contains(p.Addr()) {
					return p.Addr()
				}
			}
		}
		if !found.IsValid() {
			found = p.Addr()
		}
	}
	if !found.IsValid() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return found
}

// defaultHTTPPort is what wazo-provd writes, as text, when the URL has no port.
const defaultHTTPPort = "8667"

// baseRawConfig completes the settings' base raw config (spec/rest.md
// section 8).
func baseRawConfig(s *settings.Settings, base string, tftpPort int) *document.Object {
	raw := s.General.BaseRawConfig.Object.Clone()
	raw.SetDefault("tftp_port", document.Number(tftpPort))
	raw.SetDefault("http_base_url", base)
	u, err := url.Parse(raw.String("http_base_url"))
	if err != nil {
		return raw // checked by settings; a client's own text is its own affair
	}
	raw.SetDefault("ip", u.Hostname())
	if port := u.Port(); port != "" {
		raw.SetDefault("http_port", json.Number(port))
	} else {
		raw.SetDefault("http_port", defaultHTTPPort)
	}
	return raw
}

// autoprov is what the settings say of the site, for the configs of a box that
// nobody manages yet. The account and its password can be fixed by
// base_raw_config's first SIP line.
func autoprov(s *settings.Settings) []*document.Object {
	base := s.General.BaseRawConfig.Object
	line := base.Object("sip_lines").Object("1")
	a := provd.AutoprovSettings{
		Registrar: base.String("sip_registrar_ip"), NTP: base.String("ntp_ip"),
		Username: line.String("username"), Password: line.String("password"),
	}
	if a.Registrar == "" {
		a.Registrar = base.String("sip_proxy_ip")
	}
	if a.Registrar == "" {
		a.Registrar = s.Auth.Host // the central stack is one host at most sites
	}
	for _, i := range s.DHCP.Interfaces {
		for _, n := range i.Subnets {
			if a.NTP == "" && len(n.NTP) > 0 {
				a.NTP = n.NTP[0].String()
			}
		}
	}
	return provd.AutoprovConfigs(a)
}
