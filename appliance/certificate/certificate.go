// Package certificate gives the box a certificate of its own for HTTPS: made once,
// signed by itself, and kept, so that its fingerprint stays the same.
//
// Nobody can check such a certificate but by its fingerprint, which the box shows on
// its page and in its log. It has no end: a box without a clock boots in 1970, and
// one that nobody looks after must not stop answering one day.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// File is the key and the certificate in the folder, in PEM.
const File = "self-signed.pem"

// maxFile bounds what is read, in bytes.
const maxFile = 64 << 10

// Names are what a certificate is for.
type Names struct {
	Hosts     []string
	Addresses []net.IP
}

// Own returns the certificate that is kept in a folder, and makes one if there is
// none or it is damaged; made tells so. With an error the certificate is usable
// still, unless it has none: it could not be kept and the next start has another.
func Own(dir string, names Names) (cert tls.Certificate, made bool, err error) {
	root, err := open(dir)
	if err != nil {
		return fresh(names, err)
	}
	defer root.Close()
	cert, err = read(root)
	if err == nil {
		return cert, false, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDamaged) {
		return fresh(names, err) // it may be readable the next time
	}
	text, err := create(names)
	if err != nil {
		return tls.Certificate{}, false, err
	}
	if cert, err = parse(text); err != nil {
		return tls.Certificate{}, false, err
	}
	if err := keep(root, text); err != nil {
		return cert, true, fmt.Errorf("keep the certificate of the box: %w", err)
	}
	return cert, true, nil
}

// Fingerprint is the SHA-256 of a certificate as browsers and openssl show it.
func Fingerprint(cert tls.Certificate) string {
	if len(cert.Certificate) == 0 {
		return ""
	}
	sum := sha256.Sum256(cert.Certificate[0])
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

// errDamaged is a file that holds no certificate: it is of no use to anybody.
var errDamaged = errors.New("the file holds no key with its certificate")

// fresh makes a certificate that is not kept, for a reason.
func fresh(names Names, reason error) (tls.Certificate, bool, error) {
	text, err := create(names)
	if err != nil {
		return tls.Certificate{}, false, errors.Join(reason, err)
	}
	cert, err := parse(text)
	if err != nil {
		return tls.Certificate{}, false, errors.Join(reason, err)
	}
	return cert, true, fmt.Errorf("keep the certificate of the box: %w", reason)
}

func open(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

func read(root *os.Root) (tls.Certificate, error) {
	f, err := root.Open(File)
	if err != nil {
		return tls.Certificate{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := parse(text)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	// Others may have been let in by a copy or a restored backup.
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil {
			return tls.Certificate{}, fmt.Errorf("close %s to others: %w", File, err)
		}
	}
	return cert, nil
}

func parse(text []byte) (tls.Certificate, error) { return tls.X509KeyPair(text, text) }

// create makes a key and its certificate.
func create(names Names) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of the box: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make the certificate of the box: %w", err)
	}
	common := "provbox"
	if len(names.Hosts) > 0 {
		common = names.Hosts[0]
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: common},
		NotBefore: time.Unix(0, 0).UTC(),
		// RFC 5280 section 4.1.2.5: a certificate without a well-defined end.
		NotAfter:    time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// Clients take it for its own issuer, as it is one.
		BasicConstraintsValid: true, IsCA: true,
		DNSNames: compact(names.Hosts), IPAddresses: names.Addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of the box: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make the key of the box: %w", err)
	}
	return append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...,
	), nil
}

func compact(hosts []string) []string {
	var all []string
	for _, h := range hosts {
		if h != "" && !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

// keep puts the file in its place whole, and on the disk.
func keep(root *os.Root, text []byte) error {
	const temp = File + ".tmp"
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Rename(temp, File)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
