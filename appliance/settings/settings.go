// Package settings reads the settings file of the box (spec/config.md).
//
// Sections and keys that wazo-provd has keep their names and meaning, so that
// an existing config.yml can be pasted; confd, notify, dhcp, web, network,
// uplink, rest_api.interface and rest_api.https_port are ours. A key that neither knows is a problem,
// and all problems are reported at once, each with its key.
package settings

import (
	"net/netip"
	"time"

	"provbox/appliance/netcfg"
	"provbox/appliance/uplink"
	"provbox/provd/document"
)

// Settings is the whole file. The zero value is not usable: start from Default.
type Settings struct {
	General      General       `yaml:"general"`
	REST         REST          `yaml:"rest_api"`
	Auth         Auth          `yaml:"auth"`
	Amid         Service       `yaml:"amid"`
	Bus          Bus           `yaml:"bus"`
	Confd        Confd         `yaml:"confd"`
	Notify       Notify        `yaml:"notify"`
	PluginConfig Object        `yaml:"plugin_config"` // handed to plugins, by plugin id
	Proxy        Proxy         `yaml:"proxy"`
	DHCP         DHCP          `yaml:"dhcp"`
	Web          Web           `yaml:"web"`
	Network      netcfg.Config `yaml:"network"`
	Uplink       uplink.Config `yaml:"uplink"`

	// What only wazo-provd on a Debian server has a use for. Accepted, so that
	// its file can be pasted, and ignored.
	Database         any `yaml:"database"`
	Tenants          any `yaml:"tenants"`
	ConfigFile       any `yaml:"config_file"`
	ExtraConfigFiles any `yaml:"extra_config_files"`
}

// General are the settings of the provisioning service itself.
type General struct {
	BaseStorageDir    string `yaml:"base_storage_dir"`    // everything that is written goes below it
	AdvertisedHTTPURL string `yaml:"advertised_http_url"` // base URL that phones are told; empty follows the interface's own address
	HTTPInterface     string `yaml:"http_proxied_listen_interface"`
	HTTPPort          int    `yaml:"http_proxied_listen_port"`
	TrustedProxies    int    `yaml:"http_proxied_trusted_proxies_count"`
	TFTPInterface     string `yaml:"tftp_listen_interface"`
	TFTPPort          int    `yaml:"tftp_port"`
	PluginServer      string `yaml:"plugin_server"`
	PluginServerKey   string `yaml:"plugin_server_key"` // minisign public key that plugins.db must be signed with
	BaseRawConfig     Object `yaml:"base_raw_config"`
	BaseRawConfigFile string `yaml:"base_raw_config_file"` // JSON; wins over base_raw_config
	SyncServiceType   string `yaml:"sync_service_type"`    // asterisk_ami, sip or none
	SyncDB            SyncDB `yaml:"syncdb"`
	HTTPAuthStrategy  string `yaml:"http_auth_strategy"` // url_key, or empty for none
	Verbose           bool   `yaml:"verbose"`
	CheckCompatMin    bool   `yaml:"check_compat_min"` // refuse plugins that need a newer interface
	CheckCompatMax    bool   `yaml:"check_compat_max"` // refuse plugins that need an older one
	CacheDir          string `yaml:"cache_dir"`        // what was downloaded; empty is a folder of base_storage_dir
	CachePlugin       bool   `yaml:"cache_plugin"`     // keep plugin archives once they are unpacked
	FirmwareQuotaMB   int    `yaml:"firmware_quota_mb"`
	InfoExtractor     string `yaml:"info_extractor"` // the profiles of identification
	Retriever         string `yaml:"retriever"`
	Updater           string `yaml:"updater"`

	// Accepted and ignored, as above.
	RequestConfigDir any `yaml:"request_config_dir"`
}

// SyncDB says when devices of deleted tenants are looked for.
type SyncDB struct {
	IntervalSec int `yaml:"interval_sec"`
	StartSec    int `yaml:"start_sec"`
}

// REST is where the REST API listens.
type REST struct {
	IP   string `yaml:"ip"`
	Port int    `yaml:"port"`
	// Interface binds the API to one network interface alone, such as the
	// uplink's, in the place of IP.
	Interface string `yaml:"interface"`
	// SSL has Port speak HTTPS, or HTTPSPort when that is given: Port speaks plain
	// HTTP then.
	SSL       bool `yaml:"ssl"`
	HTTPSPort *int `yaml:"https_port"`
	// CertFile and KeyFile are PEM; without them the box has a certificate of its own.
	CertFile string `yaml:"ssl_certfile"`
	KeyFile  string `yaml:"ssl_keyfile"`
}

// Service is how to reach one of the central services.
type Service struct {
	Host              string  `yaml:"host"`
	Port              int     `yaml:"port"`
	HTTPS             bool    `yaml:"https"`
	Prefix            string  `yaml:"prefix"`
	VerifyCertificate *bool   `yaml:"verify_certificate"` // nil is true
	Timeout           float64 `yaml:"timeout"`            // accepted for pasting; ours are fixed
}

// Proxy are the proxies that downloads go through, until a client sets others.
type Proxy struct {
	HTTP  string `yaml:"http"`
	HTTPS string `yaml:"https"`
	FTP   string `yaml:"ftp"`
}

// DHCP is the built-in DHCP server.
type DHCP struct {
	Mode       string      `yaml:"mode"` // off, server or observe
	Interfaces []Interface `yaml:"interfaces"`
	Rules      Rules       `yaml:"rules"`   // on top of the built-in vendor rules (docs/dhcp.md)
	Blocked    []string    `yaml:"blocked"` // hardware addresses that are never answered
	// LeasesPerPort is how many leases clients behind one value of a relay's
	// option 82 may hold in a subnet; 0 is no limit, since many relays send one
	// value for a whole building.
	LeasesPerPort int `yaml:"leases_per_port"`
	// RapidCommit gives clients that ask for it the address that is theirs in two
	// messages instead of four (RFC 4039). Off by default: a second server on the
	// LAN would not learn which one the client took.
	RapidCommit bool `yaml:"rapid_commit"`
	// Tenant is whose provisioning key goes into the URLs that phones are told
	// when http_auth_strategy is url_key; empty is the master tenant.
	Tenant string `yaml:"tenant"`

	// Document is the section as it was written; nil for a file without one.
	Document *document.Object `yaml:"-"`
}

// Interface is one interface that the DHCP server listens on.
type Interface struct {
	Name    string   `yaml:"name"`
	Subnets []Subnet `yaml:"subnets"`
}

// Subnet is one subnet that the DHCP server answers for: the interface's own,
// or one that a relay asks for.
type Subnet struct {
	Subnet       netip.Prefix  `yaml:"subnet"`
	Pools        []Pool        `yaml:"pools"`
	Router       netip.Addr    `yaml:"router"`
	DNS          []netip.Addr  `yaml:"dns"`
	NTP          []netip.Addr  `yaml:"ntp"`
	Domain       string        `yaml:"domain"`
	LeaseTime    time.Duration `yaml:"lease_time"`
	Serve        string        `yaml:"serve"` // phones or all
	Reservations []Reservation `yaml:"reservations"`
	Options      Options       `yaml:"options"` // more options, by number
}

// Pool is a range of addresses, both ends included.
type Pool struct {
	Start netip.Addr `yaml:"start"`
	End   netip.Addr `yaml:"end"`
}

// Reservation keeps one address for one client, by either of its names.
type Reservation struct {
	MAC      string     `yaml:"mac"`
	ClientID string     `yaml:"client_id"` // option 61 in hexadecimal
	IP       netip.Addr `yaml:"ip"`
	Hostname string     `yaml:"hostname"`
}

// Web is the local page.
type Web struct {
	Listen string `yaml:"listen"` // host:port; empty for no page
	// Reset is any word; a new one makes the box forget the page's password, so
	// that it can be claimed again.
	Reset string `yaml:"reset"`
}

// Secret is text that never shows in a log or an error.
type Secret string

// String hides the text.
func (s Secret) String() string { return hide(string(s)) }

// GoString hides the text.
func (s Secret) GoString() string { return hide(string(s)) }

func hide(s string) string {
	if s == "" {
		return ""
	}
	return "[hidden]"
}

// Object is a mapping that keeps the order of its keys.
type Object struct{ *document.Object }

// Default returns the settings that hold where the file is silent.
func Default() *Settings {
	return &Settings{
		General: General{
			BaseStorageDir: "/perm/provbox",
			HTTPInterface:  "0.0.0.0", HTTPPort: 8667,
			TFTPInterface: "0.0.0.0", TFTPPort: 69,
			PluginServer:    "http://provd.wazo.community/plugins/2/stable/",
			SyncServiceType: "asterisk_ami",
			SyncDB:          SyncDB{IntervalSec: 86400, StartSec: 60},
			CheckCompatMin:  true, CheckCompatMax: true,
			CachePlugin: true, FirmwareQuotaMB: 4096,
			InfoExtractor: "default", Retriever: "default", Updater: "default",
		},
		REST: REST{IP: "0.0.0.0", Port: 8666},
		Auth: Auth{Service: Service{Host: "localhost", Port: 9497}, TokenCache: 5 * time.Second, OutageGrace: 5 * time.Minute},
		Amid: Service{Host: "localhost", Port: 9491},
		Bus: Bus{
			Port: 5672, Username: "guest", Password: "guest",
			ExchangeName: "wazo-headers", ExchangeType: "headers",
		},
		Confd:  Confd{Service: Service{Host: "localhost", Port: 9486}, Cache: time.Minute},
		Notify: Notify{Rate: 5, MaxAge: 24 * time.Hour, SIPTimeout: 5 * time.Second},
		DHCP:   DHCP{Mode: "off"},
		Web:    Web{Listen: "0.0.0.0:80"},
	}
}
