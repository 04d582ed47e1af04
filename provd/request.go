package provd

// Kind is the protocol a request came in over.
type Kind string

// The protocols that identify phones.
const (
	HTTP Kind = "http"
	TFTP Kind = "tftp"
	DHCP Kind = "dhcp"
)

// Request is what one phone asked, as plain values, whatever the protocol. It
// is what plugins' extractors read (spec/ident.md section 3). All text is as the
// phone sent it: hostile, and not necessarily UTF-8.
type Request struct {
	Kind Kind
	// IP is the phone's address in dotted form: the peer, or for HTTP behind
	// trusted proxies what they say; the leased address for DHCP.
	IP string
	// Path is the HTTP path as on the wire, undecoded, with the leading slash
	// and without the query; for TFTP the file name as sent.
	Path string
	// Query is the raw HTTP query, without the question mark.
	Query string
	// UserAgent is the HTTP header of that name.
	UserAgent string
	// HasUserAgent tells a missing header from an empty one: some plugins trust
	// a file name only when there is no such header.
	HasUserAgent bool
	// Method is the HTTP method; "" is GET.
	Method string
	// Header are the HTTP headers by canonical name, e.g. Content-Type.
	Header map[string][]string
	// Body is the HTTP body, as far as the transport reads one.
	Body []byte
	// MAC is the client's hardware address, lower case with colons (DHCP only).
	MAC string
	// Phone tells that a DHCP vendor rule knows the client for a phone, or that
	// whoever reports it vouches for that. Other DHCP clients update devices but
	// never make one.
	Phone bool
	// Options are the client's DHCP options by code, values as sent.
	Options map[byte][]byte
}

// Info is what identification knows about a phone: some of the keys ip, mac,
// vendor, model, version, sn, uuid.
type Info map[string]string
