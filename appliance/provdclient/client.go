// Package provdclient is a client of the wazo-provd 0.2 API (spec/rest.md), of a box
// or of a wazo-provd, for the commands of package main.
package provdclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"provbox/appliance/central"
	"provbox/provd/document"
)

// mediaType is what the API's bodies must be (spec/rest.md section 3).
const mediaType = "application/vnd.proformatique.provd+json"

// Limits against a peer that answers nonsense.
const (
	maxAnswer   = 256 << 20 // 10,000 devices are some 10 MB
	maxText     = 4 << 10
	callTimeout = 5 * time.Minute // a change of a shared config renders all its devices
)

// Connection is what a command line says about a peer.
type Connection struct {
	// URL is where the API is, without /0.2.
	URL string
	// Token is a token of wazo-auth. TokenFile, a file with one, comes before it;
	// both before AuthURL, the URL of a wazo-auth that gives one for the
	// service_id and service_key in the YAML file KeyFile.
	Token, TokenFile, AuthURL, KeyFile string
	// Tenant is the UUID of the tenant to act for; "" is the token's own.
	Tenant string
	// CA is a PEM file with the authorities to trust; "" are the system's.
	// Fingerprint is the SHA-256 of the one certificate to trust instead.
	CA, Fingerprint string

	urlFlag, tokenVariable, prefix string // for texts
}

// Flags adds the flags of a connection to the box. The environment has
// PROVBOX_URL, PROVBOX_TOKEN and PROVBOX_TENANT.
func Flags(flags *flag.FlagSet, getenv func(string) string) *Connection {
	c := &Connection{Token: getenv("PROVBOX_TOKEN"), urlFlag: "url", tokenVariable: "PROVBOX_TOKEN"}
	flags.StringVar(&c.URL, "url", cmp.Or(getenv("PROVBOX_URL"), "http://127.0.0.1:8666"), "`URL` of the REST API, without /0.2")
	flags.StringVar(&c.Tenant, "tenant", getenv("PROVBOX_TENANT"), "act for this tenant's `UUID`")
	c.trustFlags(flags)
	return c
}

// FromFlags adds the flags of a connection to another peer, to read from: --from
// and --from-….
func FromFlags(flags *flag.FlagSet, getenv func(string) string) *Connection {
	c := &Connection{Token: getenv("PROVBOX_FROM_TOKEN"), urlFlag: "from", tokenVariable: "PROVBOX_FROM_TOKEN", prefix: "from-"}
	flags.StringVar(&c.URL, "from", "", "`URL` of the REST API to read from, without /0.2")
	c.trustFlags(flags)
	return c
}

func (c *Connection) trustFlags(flags *flag.FlagSet) {
	prefix := c.prefix
	flags.StringVar(&c.TokenFile, prefix+"token-file", "", "`file` with a token of wazo-auth, instead of the environment's")
	flags.StringVar(&c.AuthURL, prefix+"auth", "", "get a token from the wazo-auth at this `URL`, with --"+prefix+"key-file")
	flags.StringVar(&c.KeyFile, prefix+"key-file", "", "YAML `file` with service_id and service_key")
	flags.StringVar(&c.CA, prefix+"ca", "", "PEM `file` with the authorities to trust for https")
	flags.StringVar(&c.Fingerprint, prefix+"fingerprint", "", "trust the certificate with this SHA-256 `fingerprint`")
}

// Client speaks to the API. It is safe for concurrent use.
type Client struct {
	base          string
	token, tenant string
	http          *http.Client
}

// Open checks the flags and gets a token if it has to.
func (c *Connection) Open(ctx context.Context) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--%s %q is not of the form http://host:port", c.urlFlag, c.URL)
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	cl := &Client{
		base: strings.TrimSuffix(strings.TrimSuffix(u.String(), "/"), "/0.2"), token: strings.TrimSpace(c.Token), tenant: c.Tenant,
		http: &http.Client{
			Transport: transport, Timeout: callTimeout,
			// net/http would take the token along, to whatever host the answer names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	switch {
	case c.TokenFile != "":
		b, err := os.ReadFile(c.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("read token: %w", err)
		}
		cl.token = strings.TrimSpace(string(b))
	case c.AuthURL != "":
		if cl.token, err = c.login(ctx, cl.http); err != nil {
			return nil, fmt.Errorf("get a token: %w", err)
		}
	}
	if cl.token == "" {
		return nil, fmt.Errorf("no token: set %s, or use --%[2]stoken-file, or --%[2]sauth with --%[2]skey-file", c.tokenVariable, c.prefix)
	}
	return cl, nil
}

// transport trusts what the flags say.
func (c *Connection) transport() (http.RoundTripper, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("read --ca: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca %s has no certificate in PEM form", c.CA)
		}
	}
	if c.Fingerprint != "" {
		want, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(c.Fingerprint))
		if err != nil || len(want) != sha256.Size {
			return nil, errors.New("--fingerprint is not a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")
		}
		// The fingerprint stands for the name and the authority, which a
		// self-signed certificate does not have.
		cfg.InsecureSkipVerify = true
		cfg.VerifyConnection = func(s tls.ConnectionState) error {
			if got := sha256.Sum256(s.PeerCertificates[0].Raw); !bytes.Equal(got[:], want) {
				return fmt.Errorf("the certificate has the fingerprint %x, not the one given", got)
			}
			return nil
		}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = cfg
	return t, nil
}

// login gets a token with a service's key (spec/wazo-link.md section 2.1).
func (c *Connection) login(ctx context.Context, h *http.Client) (string, error) {
	id, key, err := central.KeyFile(c.KeyFile)
	if err != nil {
		return "", fmt.Errorf("--%skey-file: %w", c.prefix, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.AuthURL, "/")+"/0.1/token", strings.NewReader(`{"expiration":3600}`))
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(id, key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("wazo-auth answered %s", statusText(resp))
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil || answer.Data.Token == "" {
		return "", errors.New("wazo-auth answered without a token")
	}
	return answer.Data.Token, nil
}

// Get reads the member of an answer that has the given name; "" is the whole
// answer.
func (c *Client) Get(ctx context.Context, path string, query url.Values, member string) (any, error) {
	body, _, err := c.do(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return nil, err
	}
	v, err := document.DecodeValue(body)
	if err != nil {
		return nil, fmt.Errorf("the answer for %s is no JSON: %w", path, err)
	}
	o, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("the answer for %s is no object", path)
	}
	if member == "" {
		return o, nil
	}
	value, ok := o.Get(member)
	if !ok {
		return nil, fmt.Errorf("the answer for %s has no %q", path, member)
	}
	return value, nil
}

// For returns a client that acts for another tenant.
func (c *Client) For(tenant string) *Client {
	other := *c
	other.tenant = tenant
	return &other
}

// Send makes a change; it returns the id and the location of what it created, if
// the answer has them.
func (c *Client) Send(ctx context.Context, method, path string, body *document.Object) (id, location string, err error) {
	answer, location, err := c.do(ctx, method, path, nil, body)
	if err != nil {
		return "", "", err
	}
	// Not every answer has a body, and only some bodies have an id.
	if o, err := document.Decode(answer); err == nil {
		id = o.String("id")
	}
	return id, location, nil
}

func (c *Client) do(ctx context.Context, method, path string, query url.Values, body *document.Object) (answer []byte, location string, err error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var content io.Reader
	if body != nil {
		b, err := document.Encode(body)
		if err != nil {
			return nil, "", fmt.Errorf("encode request: %w", err)
		}
		content = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("X-Auth-Token", c.token)
	if c.tenant != "" {
		req.Header.Set("Wazo-Tenant", c.tenant)
	}
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("read the answer for %s: %w", path, err)
	case len(answer) > maxAnswer:
		return nil, "", fmt.Errorf("the answer for %s is larger than %d bytes", path, maxAnswer)
	case resp.StatusCode >= 300:
		return nil, "", refused(method, path, resp, answer)
	}
	return answer, resp.Header.Get("Location"), nil
}

// Refusal is an answer that is an error.
type Refusal struct {
	Status  int // of HTTP
	message string
}

func (r *Refusal) Error() string { return r.message }

// Absent reports whether a peer answered that there is no such thing.
func Absent(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Status == http.StatusNotFound
}

// refused explains an answer that is an error.
func refused(method, path string, resp *http.Response, body []byte) error {
	text := strings.TrimSpace(string(body[:min(len(body), maxText)]))
	if strings.HasPrefix(text, "<") {
		text = "" // a page for browsers; wazo-provd gives that type to plain texts, too
	}
	switch code := resp.StatusCode; {
	case code < 400:
		text = fmt.Sprintf("answered %s to %q, which is not followed; give that URL if it is the right one", statusText(resp), resp.Header.Get("Location"))
	case code == http.StatusUnauthorized:
		text = "the token is not accepted, has expired, or does not grant this"
	case code == http.StatusNotFound && text == "":
		text = "there is no such thing"
	case code >= 500 && text == "":
		text = statusText(resp) + "; the log of what answers there says why"
	}
	return &Refusal{Status: resp.StatusCode, message: fmt.Sprintf("%s %s: %s", method, path, cmp.Or(text, statusText(resp)))}
}

// statusText is an answer's status without the peer's own words.
func statusText(resp *http.Response) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
}

// Path joins path elements that may hold anything.
func Path(elements ...string) string {
	var b strings.Builder
	b.WriteString("/0.2")
	for _, e := range elements {
		b.WriteString("/" + url.PathEscape(e))
	}
	return b.String()
}
