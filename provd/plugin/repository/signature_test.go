package repository

import (
	"context"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"provbox/provd"
)

// signer is the one who publishes the lists of a test.
type signer struct {
	*box

	key minisign.PrivateKey
	at  time.Time // of the box
}

// newSigner returns a box that wants lists to be signed.
func newSigner(t *testing.T) *signer {
	t.Helper()
	public, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &signer{box: newBox(t), key: secret, at: time.Unix(1_800_000_000, 0)}
	s.box.key, s.now = public.String(), func() time.Time { return s.at }
	s.open(t)
	return s
}

// list is what the server has as plugins.db.
func (s *signer) list() []byte { return []byte("{" + strings.Join(s.box.index, ",") + "}") }

// sign puts a signature of the list on the server.
func (s *signer) sign(at, expires time.Time) {
	s.files[signatureFile] = SignIndex(s.key, s.list(), at, expires)
}

// update gets the list and says how that ended, and why.
func (s *signer) update(t *testing.T) string {
	t.Helper()
	op, err := s.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if <-op.Done(); op.State() == provd.Success {
		return ""
	}
	return op.Reason()
}

func TestSignedList(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	s.offer(t, "p", "1")
	s.sign(s.at, time.Time{})
	if got := s.update(t); got != "" {
		t.Fatal(got)
	}
	if got := s.install(t, "p"); !strings.HasPrefix(got, "install|success") {
		t.Error(got)
	}
	s.open(t)
	if got := s.upgrade(t, "p"); got != "install|success" {
		t.Errorf("after a restart: %s", got)
	}
	// What minisign itself writes is as good.
	s.files[signatureFile] = minisign.Sign(s.key, s.list())
	if got := s.update(t); got == "" || !strings.Contains(got, "before the one that is there") {
		// This machine's clock is before the box's of the test.
		t.Errorf("an older signature of minisign: %q", got)
	}
}

func TestSignaturesThatAreRefused(t *testing.T) {
	t.Parallel()
	_, other, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	comment := func(c string) func(s *signer) {
		return func(s *signer) { s.files[signatureFile] = minisign.SignWithComments(s.key, s.list(), c, "x") }
	}
	tests := []struct {
		name  string
		spoil func(s *signer)
		want  string
	}{
		{"none", func(s *signer) { delete(s.files, signatureFile) }, "must be signed, for plugin_server_key is set: download"},
		{"HTML", func(s *signer) { s.files[signatureFile] = []byte("<html>\n<p>\n</p>\n</html>") }, "plugins.db.minisig is no signature of minisign"},
		{"endless", func(s *signer) { s.files[signatureFile] = make([]byte, maxSignature+1) }, "more than 4096 bytes"},
		{"of another key", func(s *signer) { s.files[signatureFile] = SignIndex(other, s.list(), s.at, time.Time{}) }, "which is plugin_server_key"},
		{"of another list", func(s *signer) { s.box.index = append(s.box.index, `"q":{}`) }, "its signature is wrong"},
		{"another comment", func(s *signer) {
			s.files[signatureFile] = []byte(strings.Replace(string(s.files[signatureFile]), "timestamp:18", "timestamp:19", 1))
		}, "its signature is wrong"},
		{"time over", func(s *signer) { s.sign(s.at, s.at.Add(-time.Second)) }, "to be used until 2027-01-15 07:59:59"},
		{"older", func(s *signer) { s.sign(s.at.Add(-2*time.Hour), time.Time{}) }, "before the one that is there (2027-01-15 07:00:00)"},
		{"no time", comment("mine"), "no timestamp"},
		{"odd time", comment("timestamp:soon"), "timestamp:soon"},
		{"odd end", comment("timestamp:1900000000 expires:-1"), "expires:-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSigner(t)
			s.offer(t, "p", "1")
			s.sign(s.at.Add(-time.Hour), time.Time{})
			if got := s.update(t); got != "" {
				t.Fatal(got)
			}
			before := tree(t, s.dir)
			s.offer(t, "p", "2")
			s.sign(s.at, time.Time{})
			tt.spoil(s)
			if got := s.update(t); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want …%s…", got, tt.want)
			}
			for name, content := range tree(t, s.dir) {
				if before[name] != content {
					t.Errorf("%s changed", name)
				}
			}
			// The list before is still used.
			if got := s.install(t, "p"); !strings.HasPrefix(got, "install|success(download|success;") {
				t.Error(got)
			}
		})
	}
}

// A list that was good does not stay so: its time passes, the key is set later or
// changed. The newest one that was ever taken still counts.
func TestSignedListGoesBad(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	s.offer(t, "p", "1")
	s.sign(s.at, s.at.Add(time.Hour))
	if got := s.update(t); got != "" {
		t.Fatal(got)
	}
	s.at = s.at.Add(2 * time.Hour)
	if got := s.install(t, "p"); !strings.Contains(got, "to be used until") {
		t.Errorf("when its time is over: %s", got)
	}
	s.open(t)
	if got := s.install(t, "p"); got != "'p'" {
		t.Errorf("after a restart: %s", got)
	}
	s.sign(s.at.Add(-3*time.Hour), time.Time{})
	if got := s.update(t); !strings.Contains(got, "before the one that is there") {
		t.Errorf("an older list in its place: %q", got)
	}
	s.sign(s.at, time.Time{})
	if got := s.update(t); got != "" {
		t.Error(got)
	}
	public, _, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.box.key = public.String()
	s.open(t)
	if got := s.install(t, "p"); got != "'p'" {
		t.Errorf("with another key: %s", got)
	}
	s.box.key = "nonsense"
	if _, err := Open(Config{Dir: openRoot(t, s.dir), Cache: openRoot(t, s.cache), Key: s.box.key}); err == nil || !strings.Contains(err.Error(), "no public key of minisign") {
		t.Errorf("a key that is none: %v", err)
	}
}

// A signature stands for the SHA-256 sums in the list: what has none is left out.
func TestSignedListNeedsSHA256(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	s.offer(t, "p", "1")
	s.offer(t, "q", "1")
	at := strings.Index(s.box.index[1], `,"sha256sum"`)
	s.box.index[1] = s.box.index[1][:at] + "}"
	s.sign(s.at, time.Time{})
	if got := s.update(t); got != "" {
		t.Fatal(got)
	}
	if got := s.install(t, "q"); got != "'q'" {
		t.Error(got)
	}
	s.files["p-1.tar.bz2"][3] ^= 1
	if got := run(t, func(ctx context.Context) (*provd.Operation, error) { return s.Install(ctx, "p") }); !strings.HasPrefix(got, "install|fail") {
		t.Error(got)
	}
}
