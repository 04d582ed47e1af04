package certificate_test

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"provbox/appliance/certificate"
)

var names = certificate.Names{Hosts: []string{"box", "localhost", "box", ""}, Addresses: []net.IP{net.IPv4(192, 168, 77, 1)}}

func own(t *testing.T, dir string) (tls.Certificate, bool) {
	t.Helper()
	cert, made, err := certificate.Own(dir, names)
	if err != nil {
		t.Fatal(err)
	}
	return cert, made
}

func TestOwnIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "rest")
	first, made := own(t, dir)
	if !made {
		t.Error("nothing was made")
	}
	second, made := own(t, dir)
	if made || certificate.Fingerprint(first) != certificate.Fingerprint(second) {
		t.Error("the second start has another certificate")
	}
	info, err := os.Stat(filepath.Join(dir, certificate.File))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if !regexp.MustCompile(`^([0-9A-F]{2}:){31}[0-9A-F]{2}$`).MatchString(certificate.Fingerprint(first)) {
		t.Errorf("fingerprint %q", certificate.Fingerprint(first))
	}
}

// A client that trusts the certificate accepts it for every name, on a box that
// thinks it is 1970 and long after.
func TestOwnIsValid(t *testing.T) {
	t.Parallel()
	cert, _ := own(t, t.TempDir())
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok {
		t.Errorf("key %T", leaf.PublicKey)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	for _, when := range []time.Time{time.Unix(30, 0), time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for _, name := range []string{"box", "localhost", "192.168.77.1"} {
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: when}); err != nil {
				t.Errorf("%s in %d: %v", name, when.Year(), err)
			}
		}
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: "elsewhere", Roots: roots}); err == nil {
		t.Error("it is valid for any name")
	}
}

func TestOwnReplacesDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _ := own(t, dir)
	file := filepath.Join(dir, certificate.File)
	if err := os.WriteFile(file, []byte("-----BEGIN"), 0o644); err != nil {
		t.Fatal(err)
	}
	second, made := own(t, dir)
	if !made || certificate.Fingerprint(first) == certificate.Fingerprint(second) {
		t.Error("a damaged file gives no new certificate")
	}
	if third, made := own(t, dir); made || certificate.Fingerprint(second) != certificate.Fingerprint(third) {
		t.Error("the new one was not kept")
	}
}

// Phones need the box even when its disk does not take the certificate.
func TestOwnWithoutDisk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cert, made, err := certificate.Own(filepath.Join(file, "rest"), names)
	if err == nil || !made || certificate.Fingerprint(cert) == "" {
		t.Errorf("made %v, fingerprint %q, %v", made, certificate.Fingerprint(cert), err)
	}
}
