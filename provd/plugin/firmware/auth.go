package firmware

import (
	"crypto/md5" //nolint:gosec // what servers ask for
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"strings"
)

// Credentials are for the server and the paths that a URL begins with.
type Credentials struct {
	URL            string
	User, Password string
}

// covers reports whether a request's URL is one that the credentials are for.
func (c Credentials) covers(u *url.URL) bool {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || !strings.EqualFold(base.Scheme, u.Scheme) || !strings.EqualFold(base.Host, u.Host) {
		return false
	}
	prefix := strings.TrimSuffix(base.Path, "/")
	return u.Path == prefix || strings.HasPrefix(u.Path, prefix+"/")
}

// AuthTransport answers a server that asks who is there (RFC 7617 Basic, RFC 7616
// Digest). Credentials go to the URLs they are for and to no other, redirects
// included.
type AuthTransport struct {
	Base        http.RoundTripper // must not be nil
	Credentials []Credentials
}

// RoundTrip is for http.RoundTripper. Requests must have no body.
func (t AuthTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.Base.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	for _, c := range t.Credentials {
		if !c.covers(r.URL) || c.User == "" {
			continue
		}
		answer := authorization(c, r, resp.Header.Values("WWW-Authenticate"))
		if answer == "" {
			break
		}
		_ = resp.Body.Close()
		again := r.Clone(r.Context())
		again.Header.Set("Authorization", answer)
		return t.Base.RoundTrip(again)
	}
	return resp, nil
}

// authorization answers the strongest of the challenges that it knows, "" for none.
func authorization(c Credentials, r *http.Request, challenges []string) (answer string) {
	for _, text := range challenges {
		scheme, params, _ := strings.Cut(strings.TrimSpace(text), " ")
		switch strings.ToLower(scheme) {
		case "digest":
			if d := digest(c, r, parameters(params)); d != "" {
				return d
			}
		case "basic":
			plain := r.Clone(r.Context())
			plain.SetBasicAuth(c.User, c.Password)
			answer = plain.Header.Get("Authorization")
		}
	}
	return answer
}

// digest answers a Digest challenge, "" for one of a kind that it does not know.
func digest(c Credentials, r *http.Request, p map[string]string) string {
	var sum func() hash.Hash
	algorithm := p["algorithm"]
	switch strings.ToUpper(algorithm) {
	case "", "MD5":
		sum = md5.New
	case "SHA-256":
		sum = sha256.New
	default:
		return ""
	}
	h := func(parts ...string) string {
		s := sum()
		_, _ = s.Write([]byte(strings.Join(parts, ":"))) // a hash takes everything
		return hex.EncodeToString(s.Sum(nil))
	}
	uri := r.URL.RequestURI()
	a1, a2 := h(c.User, p["realm"], c.Password), h(r.Method, uri)
	fields := []string{
		`username=` + quote(c.User), `realm=` + quote(p["realm"]), `nonce=` + quote(p["nonce"]), `uri=` + quote(uri),
	}
	qop := ""
	for _, q := range strings.Split(p["qop"], ",") {
		if strings.TrimSpace(q) == "auth" {
			qop = "auth"
		}
	}
	switch {
	case qop != "":
		const count = "00000001"
		client := rand.Text()
		fields = append(fields, `qop=auth`, `nc=`+count, `cnonce=`+quote(client), `response=`+quote(h(a1, p["nonce"], count, client, qop, a2)))
	case p["qop"] != "":
		return ""
	default: // RFC 2069
		fields = append(fields, `response=`+quote(h(a1, p["nonce"], a2)))
	}
	if algorithm != "" {
		fields = append(fields, `algorithm=`+algorithm)
	}
	if opaque, ok := p["opaque"]; ok {
		fields = append(fields, `opaque=`+quote(opaque))
	}
	return "Digest " + strings.Join(fields, ", ")
}

func quote(s string) string {
	return fmt.Sprintf(`"%s"`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s))
}

// parameters reads name=value and name="value" pairs divided by commas, names in
// lower case.
func parameters(s string) map[string]string {
	params := make(map[string]string)
	for s != "" {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			break
		}
		var value strings.Builder
		rest = strings.TrimLeft(rest, " ")
		if strings.HasPrefix(rest, `"`) {
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				value.WriteByte(rest[i])
			}
			_, rest, _ = strings.Cut(rest[min(i, len(rest)):], ",")
		} else {
			var plain string
			plain, rest, _ = strings.Cut(rest, ",")
			value.WriteString(strings.TrimSpace(plain))
		}
		params[strings.ToLower(strings.Trim(name, " ,"))] = value.String()
		s = rest
	}
	return params
}
