package settings

import (
	"fmt"
	"net/netip"
	"time"
)

// Auth is how to reach wazo-auth, and as whom.
type Auth struct {
	Service  `yaml:",inline"`
	KeyFile  string `yaml:"key_file"` // YAML with service_id and service_key
	Username string `yaml:"username"` // the same inline
	Password Secret `yaml:"password"`
	// TokenCache is how long an answer about a caller's token is used again: a
	// token that is revoked ends after this time at the latest. 0 asks each time.
	TokenCache time.Duration `yaml:"token_cache"`
	// OutageGrace is how long a check that succeeded holds while wazo-auth does
	// not answer. 0 refuses every caller then.
	OutageGrace time.Duration `yaml:"outage_grace"`
}

// Bus is how to reach the message bus.
type Bus struct {
	Enabled      *bool  `yaml:"enabled"` // nil is on when the file names a host
	Host         string `yaml:"host"`
	Port         int    `yaml:"port"`
	Username     string `yaml:"username"`
	Password     Secret `yaml:"password"`
	ExchangeName string `yaml:"exchange_name"`
	ExchangeType string `yaml:"exchange_type"`
}

// On reports whether the bus is to be listened to. wazo-provd's file has no
// switch for it, only a host.
func (b Bus) On() bool {
	if b.Enabled != nil {
		return *b.Enabled
	}
	return b.Host != ""
}

// Confd is how to reach wazo-confd, for the names that are shown beside a device.
type Confd struct {
	Service `yaml:",inline"`
	Enabled bool          `yaml:"enabled"`
	Cache   time.Duration `yaml:"cache"` // how long what was read is shown again
}

// Notify is how phones are asked to load their configuration again.
type Notify struct {
	Rate   float64       `yaml:"rate"`    // at most so many a second
	MaxAge time.Duration `yaml:"max_age"` // how long one waits for the centre
	// With general.sync_service_type sip only: the address the box sends from,
	// empty for the one that the route gives, and how long a phone has to answer.
	SIPAddress string        `yaml:"sip_address"`
	SIPTimeout time.Duration `yaml:"sip_timeout"`
}

// validateCentre checks what belongs to the central stack.
func (s *Settings) validateCentre(v *checker) {
	v.service("auth", s.Auth.Service)
	v.between("auth.token_cache", s.Auth.TokenCache, 0, time.Minute)
	v.between("auth.outage_grace", s.Auth.OutageGrace, 0, 24*time.Hour)
	v.check(s.Auth.OutageGrace == 0 || s.Auth.OutageGrace >= s.Auth.TokenCache, "auth.outage_grace", "want 0 or at least auth.token_cache")
	v.service("amid", s.Amid)
	if s.Bus.On() {
		v.check(s.Bus.Port > 0 && s.Bus.Port <= 65535, "bus.port", fmt.Sprintf("want a port from 1 to 65535, not %d", s.Bus.Port))
		v.check(s.Bus.ExchangeName != "", "bus.exchange_name", "want the name of the exchange, usually wazo-headers")
		v.oneOf("bus.exchange_type", s.Bus.ExchangeType, "headers")
	}
	if s.Confd.Enabled {
		v.service("confd", s.Confd.Service)
	}
	v.between("confd.cache", s.Confd.Cache, 0, 24*time.Hour)
	v.check(s.Notify.Rate >= 0.1 && s.Notify.Rate <= 100, "notify.rate", fmt.Sprintf("want 0.1 to 100 a second, not %v", s.Notify.Rate))
	v.between("notify.max_age", s.Notify.MaxAge, time.Minute, 30*24*time.Hour)
	v.between("notify.sip_timeout", s.Notify.SIPTimeout, time.Second, 20*time.Second)
	if s.Notify.SIPAddress != "" {
		a, err := netip.ParseAddr(s.Notify.SIPAddress)
		v.check(err == nil && !a.IsUnspecified() && !a.IsMulticast(), "notify.sip_address", fmt.Sprintf("want an IP address of this box, not %q", s.Notify.SIPAddress))
	}
}

func (v *checker) between(key string, d, low, high time.Duration) {
	v.check(d >= low && d <= high, key, fmt.Sprintf("want %v to %v, not %v", low, high, d))
}
