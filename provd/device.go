package provd

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"provbox/provd/document"
)

// Device is one phone's document (spec/rest.md section 5.1). It is free-form:
// clients store members of their own, the members below have a meaning here.
// A Device shares its document with whoever made it; Clone before changing one
// that others hold.
type Device struct{ *document.Object }

// NewDevice returns a device with the given members (see document.New).
func NewDevice(members ...any) Device { return Device{document.New(members...)} }

// Clone returns a deep copy.
func (d Device) Clone() Device { return Device{d.Object.Clone()} }

// ID returns the device id, 32 hex digits unless a client chose another.
func (d Device) ID() string { return d.String("id") }

// MAC returns the MAC address in lower case with colons, or "".
func (d Device) MAC() string { return d.String("mac") }

// IP returns the last IPv4 address the phone was seen with, or "".
func (d Device) IP() string { return d.String("ip") }

// Plugin returns the id of the plugin that renders this device's files, or "".
// The plugin need not be installed.
func (d Device) Plugin() string { return d.String("plugin") }

// Config returns the id of the device's config document, or "". The document
// need not exist.
func (d Device) Config() string { return d.String("config") }

// Tenant returns the tenant that owns the device, or "".
func (d Device) Tenant() string { return d.String("tenant_uuid") }

// Configured reports whether the plugin rendered this device's files from the
// config it has now.
func (d Device) Configured() bool { return d.Bool("configured") }

// IsNew reports whether the device is in the master tenant, waiting to be
// claimed by another.
func (d Device) IsNew() bool { return d.Bool("is_new") }

// renderKeys are the members whose change makes the files of a device stale
// (spec/rest.md section 5.4, step 2). ip, sn and description are not among them.
var renderKeys = [...]string{"plugin", "config", "mac", "uuid", "vendor", "model", "version", "options"}

// needsRender reports whether the files of a device that was a must be rendered
// again when it becomes b. A missing member equals null.
func needsRender(a, b Device) bool {
	for _, k := range renderKeys {
		v, _ := a.Get(k)
		w, _ := b.Get(k)
		if !document.Equal(v, w) {
			return true
		}
	}
	return false
}

var macPattern = regexp.MustCompile(`^([\da-f]{2}:){5}[\da-f]{2}$`)

// knownStrings are the members of a device that must be text or null.
var knownStrings = [...]string{"id", "mac", "ip", "tenant_uuid"}

// knownTexts are the members of a device that may be numbers or booleans, too:
// the schema takes for text what becomes it by being written down, as it does in
// a raw config (spec/rest.md section 7), and scripts have stored versions and
// models so. They are stored as they came.
var knownTexts = [...]string{"config", "model", "plugin", "description", "vendor", "version"}

// validate checks the members that have a fixed form (spec/rest.md section 5.1)
// and names every problem at once.
func (d Device) validate() error {
	var problems []string
	for _, k := range knownStrings {
		switch v, _ := d.Get(k); v.(type) {
		case nil, string:
		default:
			problems = append(problems, k+": want a string")
		}
	}
	for _, k := range knownTexts {
		switch v, _ := d.Get(k); v.(type) {
		case *document.Object, []any:
			problems = append(problems, k+": want a string")
		}
	}
	if v, _ := d.Get("mac"); isText(v) && !macPattern.MatchString(d.MAC()) {
		problems = append(problems, "Non-normalized MAC address "+quote(d.MAC())+", want lower case with colons")
	}
	if ip := d.IP(); ip != "" && !dottedQuad(ip) {
		problems = append(problems, "Non-normalized IP address "+quote(ip)+", want a dotted quad")
	}
	if v, ok := d.Get("id"); ok && !isText(v) {
		// Its type is told already.
	} else if problem := idProblem(d.ID()); problem != "" {
		problems = append(problems, problem)
	}
	if len(problems) > 0 {
		return &Error{Code: Invalid, Message: strings.Join(problems, "; ")}
	}
	return nil
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// MaxIDLength bounds a document id, in bytes. Ids are keys of the store.
const MaxIDLength = 255

// idProblem says what is wrong with a document id, "" for nothing.
func idProblem(id string) string {
	// Clients take "." and ".." out of a path before they send it (RFC 3986 section
	// 5.2.4), so that such a document could never be reached again.
	if id == "" || id == "." || id == ".." || strings.ContainsAny(id, "/\x00") || len(id) > MaxIDLength || !utf8.ValidString(id) {
		return "id " + quote(id) + ": want 1 to " + strconv.Itoa(MaxIDLength) + " bytes of text without a slash, and not a dot or two alone"
	}
	return ""
}

// quote shows a client's value in an error as wazo-provd does, in single
// quotes, cut to a length that suits a log line.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return "'" + s + "'"
}

// dottedQuad accepts four decimal numbers of 0 to 255; leading zeros are
// allowed, as clients have always been allowed them.
func dottedQuad(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return false
	}
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n > 255 {
			return false
		}
	}
	return true
}
