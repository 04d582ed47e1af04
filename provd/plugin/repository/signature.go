package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"aead.dev/minisign"

	"provbox/provd"
	"provbox/provd/plugin/bounded"
)

// SignatureSuffix is what the name of a list's signature has after that of the
// list, as minisign names it.
const SignatureSuffix = ".minisig"

const (
	signatureFile = indexFile + SignatureSuffix
	signatureTemp = "." + signatureFile + ".tmp"
	// maxSignature bounds a signature's size; one of minisign has some 300 bytes.
	maxSignature = 4 << 10
)

// CheckKey reports why text is no public key of minisign, as in the second line
// of minisign.pub.
func CheckKey(text string) error {
	_, err := parseKey(text)
	return err
}

func parseKey(text string) (minisign.PublicKey, error) {
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return key, errors.New("no public key of minisign; it is the line that begins with RW in the .pub file")
	}
	return key, nil
}

// SignIndex signs a plugins.db. A box with the key's public half takes it until
// expires, for ever when that is zero, and none that was signed before.
func SignIndex(key minisign.PrivateKey, data []byte, now, expires time.Time) []byte {
	comment := fmt.Sprintf("timestamp:%d\tfile:%s", now.Unix(), indexFile)
	if !expires.IsZero() {
		comment += fmt.Sprintf("\texpires:%d", expires.Unix())
	}
	return minisign.SignWithComments(key, data, comment, "signature of a list of plugins")
}

// signed is what a good signature says of a list.
type signed struct {
	at      int64     // Unix time
	expires time.Time // zero for never
}

// verifyIndex checks that data is what the holder of the key signed. The trusted
// comment must have the timestamp that minisign writes there, and may have
// expires:UNIXTIME.
func (r *Repository) verifyIndex(data, signature []byte) (signed, error) {
	bad := func(format string, args ...any) (signed, error) {
		return signed{}, provd.Errorf(provd.Unavailable, "the list of plugins is not taken: "+format, args...)
	}
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return bad("%s is no signature of minisign", signatureFile)
	}
	if s.KeyID != r.key.ID() {
		return bad("it is signed with the key %016X and not with %016X, which is plugin_server_key", s.KeyID, r.key.ID())
	}
	if !minisign.Verify(*r.key, data, signature) {
		return bad("its signature is wrong; it was altered, or is being changed on the server")
	}
	var out signed
	for field := range strings.FieldsSeq(s.TrustedComment) {
		name, value, _ := strings.Cut(field, ":")
		if name != "timestamp" && name != "expires" {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n <= 0 {
			return bad("%s in the comment of its signature is no time", field)
		}
		if name == "timestamp" {
			out.at = n
		} else {
			out.expires = time.Unix(n, 0)
		}
	}
	if out.at == 0 {
		return bad("its signature has no timestamp in the trusted comment; sign it without a comment of your own")
	}
	return out, nil
}

// fresh reports that a list is past its time.
func (r *Repository) fresh(expires time.Time) error {
	if !expires.IsZero() && r.cfg.Now().After(expires) {
		return provd.Errorf(provd.Unavailable, "the list of plugins was signed to be used until %s; it must be signed again and updated", expires.UTC().Format(time.DateTime))
	}
	return nil
}

// verifyKept is verifyIndex for the list in the folder. Without a key every list
// will do.
func (r *Repository) verifyKept(data []byte) (signed, error) {
	if r.key == nil {
		return signed{}, nil
	}
	signature, err := bounded.ReadFile(r.cfg.Dir.FS(), signatureFile, maxSignature)
	if errors.Is(err, fs.ErrNotExist) {
		return signed{}, provd.Errorf(provd.Unavailable, "the list of plugins is not signed, and plugin_server_key is set")
	}
	if err != nil {
		return signed{}, err
	}
	s, err := r.verifyIndex(data, signature)
	if err != nil {
		return signed{}, err
	}
	r.newest.Store(s.at) // also of a list whose time is over
	return s, r.fresh(s.expires)
}

// verifyNew gets the signature of a list that was downloaded and checks it. The
// list may not be older than the one there is: an old one brings back packages
// whose faults are known.
func (r *Repository) verifyNew(ctx context.Context, c *client, data []byte) (signed, error) {
	dir := r.cfg.Dir
	if err := download(ctx, c, dir, signatureFile, signatureTemp, maxSignature, func(int64) {}); err != nil {
		return signed{}, fmt.Errorf("the list of plugins must be signed, for plugin_server_key is set: %w", err)
	}
	signature, err := bounded.ReadFile(dir.FS(), signatureTemp, maxSignature)
	if err != nil {
		return signed{}, err
	}
	s, err := r.verifyIndex(data, signature)
	if err != nil {
		return signed{}, err
	}
	if err := r.fresh(s.expires); err != nil {
		return signed{}, err
	}
	if last := r.newest.Load(); s.at < last {
		return signed{}, provd.Errorf(provd.Unavailable, "the list of plugins is not taken: it was signed on %s, before the one that is there (%s)", day(s.at), day(last))
	}
	return s, nil
}

func day(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateTime) }

// onlyHashed leaves out what the list gives no SHA-256 for: a signature says
// nothing of an archive that SHA-1 alone stands for.
func (ix *index) onlyHashed() (bad []error) {
	kept := ix.ids[:0]
	for _, id := range ix.ids {
		if ix.entries[id].sha256 != "" {
			kept = append(kept, id)
			continue
		}
		delete(ix.entries, id)
		bad = append(bad, fmt.Errorf("invalid plugin info: missing sha256sum key in %s, which a signed list must have", id))
	}
	ix.ids = kept
	return bad
}
