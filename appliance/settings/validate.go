package settings

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"provbox/appliance/uplink"
	"provbox/dhcp/lease"
	"provbox/provd/plugin/repository"
)

// validate names every problem with its key.
func (s *Settings) validate() []string {
	var v checker
	g := &s.General
	v.check(filepath.IsAbs(g.BaseStorageDir), "general.base_storage_dir", "want an absolute path")
	if g.AdvertisedHTTPURL != "" {
		v.url("general.advertised_http_url", g.AdvertisedHTTPURL)
	}
	v.addr("general.http_proxied_listen_interface", g.HTTPInterface)
	v.port("general.http_proxied_listen_port", g.HTTPPort)
	v.check(g.TrustedProxies >= 0 && g.TrustedProxies <= 16, "general.http_proxied_trusted_proxies_count", "want 0 to 16")
	v.addr("general.tftp_listen_interface", g.TFTPInterface)
	v.port("general.tftp_port", g.TFTPPort)
	if g.PluginServer != "" {
		v.url("general.plugin_server", g.PluginServer)
	}
	if g.PluginServerKey != "" {
		err := repository.CheckKey(g.PluginServerKey)
		v.check(err == nil, "general.plugin_server_key", fmt.Sprint(err))
	}
	v.check(g.CacheDir == "" || filepath.IsAbs(g.CacheDir), "general.cache_dir", "want an absolute path")
	v.check(g.FirmwareQuotaMB > 0 && g.FirmwareQuotaMB <= 1<<30, "general.firmware_quota_mb", "want 1 or more megabytes")
	v.oneOf("general.sync_service_type", g.SyncServiceType, "asterisk_ami", "sip", "none")
	v.oneOf("general.http_auth_strategy", g.HTTPAuthStrategy, "", "url_key")
	v.oneOf("general.info_extractor", g.InfoExtractor, "default")
	v.oneOf("general.retriever", g.Retriever, "default")
	v.oneOf("general.updater", g.Updater, "default")
	v.check(g.SyncDB.IntervalSec >= 0, "general.syncdb.interval_sec", "want 0 or more seconds")
	v.check(g.SyncDB.StartSec >= 0, "general.syncdb.start_sec", "want 0 or more seconds")

	v.addr("rest_api.ip", s.REST.IP)
	v.port("rest_api.port", s.REST.Port)
	if s.REST.Interface != "" {
		problem := uplink.NameProblem(s.REST.Interface)
		v.check(problem == "", "rest_api.interface", fmt.Sprintf("%q %s", s.REST.Interface, problem))
	}
	v.check((s.REST.CertFile == "") == (s.REST.KeyFile == ""), "rest_api.ssl_certfile", "ssl_certfile and ssl_keyfile go together; without both the box makes its own")
	if p := s.REST.HTTPSPort; p != nil {
		v.port("rest_api.https_port", *p)
		v.check(s.REST.SSL, "rest_api.https_port", "has no effect without ssl: true")
		v.check(*p == 0 || *p != s.REST.Port, "rest_api.https_port", "is the same as rest_api.port; leave it out to have HTTPS alone")
	}
	s.validateCentre(&v)
	s.validateDHCP(&v)
	if s.Web.Listen != "" {
		host, port, err := net.SplitHostPort(s.Web.Listen)
		if v.check(err == nil, "web.listen", "want address:port"); err == nil {
			v.addr("web.listen", host)
			n, err := net.LookupPort("tcp", port)
			v.check(err == nil && n <= 65535, "web.listen", "bad port "+port)
		}
	}
	if err := s.Network.Validate(); err != nil {
		v = append(v, strings.Split(err.Error(), "\n")...)
	}
	s.validateUplink(&v)
	return v
}

// checker collects problems.
type checker []string

func (v *checker) check(ok bool, key, problem string) {
	if !ok {
		*v = append(*v, key+": "+problem)
	}
}

func (v *checker) addr(key, s string) {
	_, err := netip.ParseAddr(s)
	v.check(err == nil, key, fmt.Sprintf("want an IP address to listen on, not %q", s))
}

func (v *checker) port(key string, n int) {
	v.check(n >= 0 && n <= 65535, key, fmt.Sprintf("want a port from 0 (pick one) to 65535, not %d", n))
}

func (v *checker) url(key, s string) {
	u, err := url.Parse(s)
	v.check(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "", key, fmt.Sprintf("want an http or https URL with a host, not %q", s))
}

func (v *checker) oneOf(key, s string, allowed ...string) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	*v = append(*v, fmt.Sprintf("%s: want one of %q, not %q", key, allowed, s))
}

func (v *checker) service(key string, s Service) {
	v.check(s.Host != "", key+".host", "want the host of the service")
	v.check(s.Port > 0 && s.Port <= 65535, key+".port", fmt.Sprintf("want a port from 1 to 65535, not %d", s.Port))
}

// validateDHCP checks the values that only the file knows, then has the DHCP
// server check how subnets, pools and reservations go together.
func (s *Settings) validateDHCP(v *checker) {
	v.oneOf("dhcp.mode", s.DHCP.Mode, "off", "server", "observe")
	*v = append(*v, s.DHCP.Rules.problems...)
	v.check(s.DHCP.LeasesPerPort >= 0, "dhcp.leases_per_port", "want 0 (no limit) or more")
	for i, m := range s.DHCP.Blocked {
		_, err := lease.ParseMAC(m)
		v.check(err == nil, fmt.Sprintf("dhcp.blocked[%d]", i), fmt.Sprintf("%q is not a MAC address", m))
	}
	for i := range s.DHCP.Interfaces {
		for j := range s.DHCP.Interfaces[i].Subnets {
			s.DHCP.Interfaces[i].Subnets[j].validate(v, fmt.Sprintf("dhcp.interfaces[%d].subnets[%d]", i, j))
		}
	}
	if s.DHCP.Mode == "off" && len(s.DHCP.Interfaces) == 0 {
		return
	}
	// What was found already is not for the server to say again.
	cfg := s.DHCP.sound().Server()
	cfg.Blocked = nil
	if err := cfg.Validate(); err != nil {
		for line := range strings.Lines(err.Error()) {
			if !strings.Contains(line, "invalid Prefix") && !strings.Contains(line, "invalid IP") {
				*v = append(*v, "dhcp."+strings.TrimSpace(line))
			}
		}
	}
}

// sound leaves out what validate has found to be wrong by itself.
func (d DHCP) sound() DHCP {
	d.Interfaces = slices.Clone(d.Interfaces)
	for i := range d.Interfaces {
		nets := slices.Clone(d.Interfaces[i].Subnets)
		for j := range nets {
			n := &nets[j]
			n.Pools = slices.DeleteFunc(slices.Clone(n.Pools), func(p Pool) bool { return !p.sound() })
			n.Reservations = slices.DeleteFunc(slices.Clone(n.Reservations), func(r Reservation) bool {
				var own checker
				r.validate(&own, "")
				return len(own) > 0
			})
			if n.LeaseTime < minLease {
				n.LeaseTime = defaultLease
			}
			if !n.Subnet.IsValid() || !n.Subnet.Addr().Is4() {
				*n = Subnet{} // the server says of it that it is no subnet, and no more
			}
		}
		d.Interfaces[i].Subnets = nets
	}
	return d
}

func (p Pool) sound() bool { return p.Start.Is4() && p.End.Is4() }

const (
	defaultLease = time.Hour
	minLease     = time.Minute
)

func (n *Subnet) validate(v *checker, key string) {
	v.check(n.Subnet.IsValid() && n.Subnet.Addr().Is4(), key+".subnet", "want an IPv4 subnet such as 192.168.77.0/24")
	if n.Serve == "" {
		n.Serve = "phones"
	}
	v.oneOf(key+".serve", n.Serve, "phones", "all")
	if n.LeaseTime == 0 {
		n.LeaseTime = defaultLease
	}
	v.check(n.LeaseTime >= minLease, key+".lease_time", fmt.Sprintf("want at least 1m, not %v", n.LeaseTime))
	for _, p := range n.Options.problems {
		*v = append(*v, key+".options"+p)
	}
	for k, p := range n.Pools {
		v.check(p.Start.Is4(), fmt.Sprintf("%s.pools[%d].start", key, k), "want an IPv4 address")
		v.check(p.End.Is4(), fmt.Sprintf("%s.pools[%d].end", key, k), "want an IPv4 address")
	}
	for k, r := range n.Reservations {
		r.validate(v, fmt.Sprintf("%s.reservations[%d]", key, k))
	}
}

func (r Reservation) validate(v *checker, at string) {
	v.check((r.MAC == "") != (r.ClientID == ""), at, "want either mac or client_id")
	if r.MAC != "" {
		_, err := lease.ParseMAC(r.MAC)
		v.check(err == nil, at+".mac", fmt.Sprintf("%q is not a MAC address", r.MAC))
	}
	_, err := hex.DecodeString(r.ClientID)
	v.check(err == nil, at+".client_id", fmt.Sprintf("%q is not hexadecimal", r.ClientID))
	v.check(r.IP.Is4(), at+".ip", "want an IPv4 address")
}
