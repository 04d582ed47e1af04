// Package rawconfig knows what a raw_config may hold: its schema, its
// defaults, and the form of the config document around it (spec/rest.md
// sections 5.6, 6 and 7).
//
// It is pure. Validate and CheckConfig never change a document and name every
// problem at once, in the form pydantic gives its errors, which is what clients
// of wazo-provd show their users:
//
//	1 validation error for ConfigSchema
//	raw_config -> http_port
//	  value is not a valid integer (type=type_error.integer)
//
// Values are checked as pydantic coerces them and stored as they came: a port
// may be the string "5060".
package rawconfig

import (
	"fmt"
	"strings"

	"provbox/provd/document"
)

// Validate checks a flattened raw config, as a plugin is about to receive it.
// The error's text is meant for the client.
func Validate(raw *document.Object) error {
	var p problems
	checkRaw(&p, raw)
	return p.err("RawConfigSchema")
}

// CheckConfig checks a config document: parent_ids, raw_config and the types of
// the members that have a meaning. The error's text is meant for the client.
func CheckConfig(doc *document.Object) error {
	// These come first and in plain words, as a client has always had them.
	var plain []string
	switch v, ok := doc.Get("parent_ids"); {
	case !ok:
		plain = append(plain, `missing "parent_ids" field in config`)
	default:
		list, ok := v.([]any)
		if !ok {
			plain = append(plain, fmt.Sprintf(`"parent_ids" field must be a list; is <class '%s'>`, className(v)))
		}
		for _, id := range list {
			if _, ok := id.(string); !ok {
				plain = append(plain, fmt.Sprintf(`parent id must be a string; is <class '%s'>`, className(id)))
				break
			}
		}
	}
	if !doc.Has("raw_config") {
		plain = append(plain, `missing "raw_config" field in config`)
	}
	var p problems
	for _, m := range configMembers {
		if v, ok := doc.Get(m.name); ok {
			m.check.at(&p, m.name, v)
		}
	}
	if raw, ok := doc.Get("raw_config"); ok {
		if o, ok := raw.(*document.Object); ok {
			p.path = append(p.path, "raw_config")
			checkRaw(&p, o)
		} else {
			check(isNoDict).at(&p, "raw_config", raw)
		}
	}
	if err := p.err("ConfigSchema"); err != nil {
		plain = append(plain, err.Error())
	}
	if len(plain) == 0 {
		return nil
	}
	return &Error{text: strings.Join(plain, "\n")}
}

// Error is a refusal: a text for the client that names every problem.
type Error struct{ text string }

func (e *Error) Error() string { return e.text }

// SetDefaults completes a flattened raw config with what plugins rely on
// (spec/rest.md section 5.6). A member that is present stays, null included.
func SetDefaults(raw *document.Object) {
	if v, _ := raw.Get("syslog_enabled"); document.Truthy(v) {
		raw.SetDefault("syslog_port", document.Number(514))
		raw.SetDefault("syslog_level", "warning")
	}
	if v, ok := raw.Get("sip_proxy_ip"); ok {
		raw.SetDefault("sip_registrar_ip", v)
	}
	raw.SetDefault("sip_srtp_mode", "disabled")
	raw.SetDefault("sip_transport", "udp")
	raw.SetDefault("sip_lines", document.New())
	for _, l := range raw.Object("sip_lines").All() {
		line, ok := l.(*document.Object)
		if !ok {
			continue
		}
		if v, ok := line.Get("proxy_ip"); ok {
			line.SetDefault("registrar_ip", v)
		}
		if v, ok := line.Get("username"); ok {
			line.SetDefault("auth_username", v)
		}
	}
	raw.SetDefault("sccp_call_managers", document.New())
	raw.SetDefault("funckeys", document.New())
}

// StripNulls removes every object member whose value is null, at any depth,
// from a document with X_type "device", and leaves others alone. It is what
// makes an unset field of a device template inherit its parent's (spec/rest.md
// section 6).
func StripNulls(doc *document.Object) {
	if doc.String("X_type") == "device" {
		strip(doc)
	}
}

func strip(v any) {
	switch v := v.(type) {
	case *document.Object:
		for _, k := range v.Keys() {
			if e, _ := v.Get(k); e == nil {
				v.Delete(k)
			} else {
				strip(e)
			}
		}
	case []any:
		for _, e := range v {
			strip(e)
		}
	}
}
