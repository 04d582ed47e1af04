package ctl

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

	"go.yaml.in/yaml/v3"

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

// connection is what the flags say about the peer.
type connection struct {
	url, token, tokenFile, tenant, ca, fingerprint string
	authURL, keyFile                               string
}

func connectFlags(flags *flag.FlagSet, getenv func(string) string) *connection {
	c := &connection{token: getenv("PROVBOX_TOKEN")}
	flags.StringVar(&c.url, "url", cmp.Or(getenv("PROVBOX_URL"), "http://127.0.0.1:8666"), "`URL` of the REST API, without /0.2")
	flags.StringVar(&c.tokenFile, "token-file", "", "`file` with a token of wazo-auth, instead of PROVBOX_TOKEN")
	flags.StringVar(&c.authURL, "auth", "", "get a token from the wazo-auth at this `URL`, with --key-file")
	flags.StringVar(&c.keyFile, "key-file", "", "YAML `file` with service_id and service_key")
	flags.StringVar(&c.tenant, "tenant", getenv("PROVBOX_TENANT"), "act for this tenant's `UUID`")
	flags.StringVar(&c.ca, "ca", "", "PEM `file` with the authorities to trust for https")
	flags.StringVar(&c.fingerprint, "fingerprint", "", "trust the box's own certificate with this SHA-256 `fingerprint`")
	return c
}

// client speaks to the API.
type client struct {
	base          string
	token, tenant string
	http          *http.Client
}

// open checks the flags and gets a token if it has to.
func (c *connection) open(ctx context.Context) (*client, error) {
	u, err := url.Parse(c.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--url %q is not of the form http://host:port", c.url)
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	cl := &client{
		base: strings.TrimSuffix(strings.TrimSuffix(u.String(), "/"), "/0.2"), token: strings.TrimSpace(c.token), tenant: c.tenant,
		http: &http.Client{Transport: transport, Timeout: callTimeout},
	}
	switch {
	case c.tokenFile != "":
		b, err := os.ReadFile(c.tokenFile)
		if err != nil {
			return nil, fmt.Errorf("read token: %w", err)
		}
		cl.token = strings.TrimSpace(string(b))
	case c.authURL != "":
		if cl.token, err = c.login(ctx, cl.http); err != nil {
			return nil, fmt.Errorf("get a token: %w", err)
		}
	}
	if cl.token == "" {
		return nil, errors.New("no token: set PROVBOX_TOKEN, or use --token-file, or --auth with --key-file")
	}
	return cl, nil
}

// transport trusts what the flags say.
func (c *connection) transport() (http.RoundTripper, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.ca != "" {
		pem, err := os.ReadFile(c.ca)
		if err != nil {
			return nil, fmt.Errorf("read --ca: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca %s has no certificate in PEM form", c.ca)
		}
	}
	if c.fingerprint != "" {
		want, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(c.fingerprint))
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
func (c *connection) login(ctx context.Context, h *http.Client) (string, error) {
	b, err := os.ReadFile(c.keyFile)
	if err != nil {
		return "", fmt.Errorf("read --key-file: %w", err)
	}
	var key struct {
		ID  string `yaml:"service_id"`
		Key string `yaml:"service_key"`
	}
	if err := yaml.Unmarshal(b, &key); err != nil || key.ID == "" || key.Key == "" {
		return "", fmt.Errorf("%s must have service_id and service_key", c.keyFile)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.authURL, "/")+"/0.1/token", strings.NewReader(`{"expiration":3600}`))
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(key.ID, key.Key)
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
		return "", fmt.Errorf("wazo-auth answered %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil || answer.Data.Token == "" {
		return "", errors.New("wazo-auth answered without a token")
	}
	return answer.Data.Token, nil
}

// get reads the member of an answer that has the given name.
func (c *client) get(ctx context.Context, path string, query url.Values, member string) (any, error) {
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

// send makes a change; it returns the id and the location of what it created.
func (c *client) send(ctx context.Context, method, path string, body *document.Object) (id, location string, err error) {
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

func (c *client) do(ctx context.Context, method, path string, query url.Values, body *document.Object) (answer []byte, location string, err error) {
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

// refused explains an answer that is an error.
func refused(method, path string, resp *http.Response, body []byte) error {
	text := strings.TrimSpace(string(body[:min(len(body), maxText)]))
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		text = "" // a page for browsers
	}
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		text = "the token is not accepted, has expired, or does not grant this"
	case resp.StatusCode == http.StatusNotFound && text == "":
		text = "there is no such thing"
	}
	return fmt.Errorf("%s %s: %s", method, path, cmp.Or(text, resp.Status))
}

// pathOf joins path elements that may hold anything.
func pathOf(elements ...string) string {
	var b strings.Builder
	b.WriteString("/0.2")
	for _, e := range elements {
		b.WriteString("/" + url.PathEscape(e))
	}
	return b.String()
}
