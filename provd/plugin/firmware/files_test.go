package firmware

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// uploadBox has a package whose file has to be uploaded.
func uploadBox(t *testing.T) *box {
	b := newBox(t)
	b.file("f", "f.rom", []byte("0123456789"))
	b.db = noURL(b.db)
	b.pkg("p", "f", "a-b: cp $FILE1 x/")
	return b
}

func (b *box) cached() map[string]string {
	b.t.Helper()
	site := b.site
	b.site = b.cache
	defer func() { b.site = site }()
	return b.list(".")
}

func TestUpload(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file    string
		content io.Reader
		edit    func(*box)
		code    provd.Code
		want    string
	}{
		"right":        {file: "f.rom", content: strings.NewReader("0123456789")},
		"unknown":      {file: "g.rom", content: strings.NewReader("x"), code: provd.NotFound, want: `named "g.rom"`},
		"path":         {file: "../f.rom", content: strings.NewReader("x"), code: provd.NotFound, want: "named"},
		"nothing":      {file: "", content: strings.NewReader("x"), code: provd.NotFound, want: "named"},
		"too short":    {file: "f.rom", content: strings.NewReader("01234"), code: provd.Invalid, want: "it has 5 bytes, not 10"},
		"endless":      {file: "f.rom", content: endless{}, code: provd.Invalid, want: "it has 11 bytes, not 10"},
		"altered":      {file: "f.rom", content: strings.NewReader("012345678X"), code: provd.Invalid, want: "its SHA-1 is"},
		"broken off":   {file: "f.rom", content: io.MultiReader(strings.NewReader("0123"), errReader{}), want: "connection lost"},
		"no room":      {file: "f.rom", content: strings.NewReader("0123456789"), edit: func(b *box) { b.limits.Quota = 9 }, code: provd.Conflict, want: "10 bytes more are needed, 0 bytes of the quota of 9 bytes"},
		"unverifiable": {file: "f.rom", content: strings.NewReader("0123456789"), edit: func(b *box) { b.db = strings.Replace(b.db, "sha1sum: ", "sha1sum: 00", 1) }, code: provd.Invalid, want: "cannot be verified"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := uploadBox(t)
			if tt.edit != nil {
				tt.edit(b)
			}
			in := b.installer()
			err := in.Upload(t.Context(), tt.file, tt.content)
			if tt.want != "" {
				if err == nil || provd.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q in it", err, tt.want)
				}
				if left := b.cached(); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
				if in.space.promised != 0 {
					t.Errorf("%d bytes stay promised", in.space.promised)
				}
				return
			}
			must(t, err)
			if diff := cmp.Diff(map[string]string{"f.rom": "0123456789"}, b.cached()); diff != "" {
				t.Errorf("cache (-want +got):\n%s", diff)
			}
			if op := b.install(in, "p"); op.String() != "install_pkg|success(download|success)(install|success)" {
				t.Errorf("%s: %s", op, op.Reason())
			}
			must(t, in.RemoveFile("f.rom"))
			if err := in.RemoveFile("f.rom"); provd.CodeOf(err) != provd.NotFound {
				t.Errorf("removed twice: %v", err)
			}
			if diff := cmp.Diff(map[string]string{"x/f.rom": "0123456789"}, b.installed()); diff != "" {
				t.Errorf("what is installed (-want +got):\n%s", diff)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// What a crash left of an upload goes when the plugin is taken into service.
func TestUploadCutOff(t *testing.T) {
	t.Parallel()
	b := uploadBox(t)
	must(t, b.cache.WriteFile(uploading+"f.rom", []byte("0123"), 0o600))
	b.installer()
	if left := b.cached(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// An upload is one at a time, counts before it is complete, and ends when the plugin
// goes out of service.
func TestUploadUnderWay(t *testing.T) {
	t.Parallel()
	b := uploadBox(t)
	b.limits.Quota = 12
	in := b.installer()
	r, w := io.Pipe()
	ended := make(chan error)
	go func() { ended <- in.Upload(t.Context(), "f.rom", r) }()
	_, err := w.Write([]byte("0123"))
	must(t, err)
	if err := in.Upload(t.Context(), "f.rom", strings.NewReader("x")); provd.CodeOf(err) != provd.Conflict || !strings.Contains(err.Error(), "already") {
		t.Errorf("a second one: %v", err)
	}
	if _, err := in.space.claim(3); provd.CodeOf(err) != provd.Conflict {
		t.Errorf("room that was promised was promised again: %v", err)
	}
	closed := make(chan struct{})
	go func() {
		in.Close()
		close(closed)
	}()
	<-in.life.Done()
	_ = w.CloseWithError(errors.New("the client hung up"))
	if err := <-ended; err == nil {
		t.Error("the upload went on")
	}
	<-closed
	if err := in.Upload(t.Context(), "f.rom", strings.NewReader("0123456789")); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("after closing: %v", err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	b := uploadBox(t)
	b.file("g", "a.rom", []byte("A"))
	b.pkg("q", "g f", "a-b: cp $FILE1 x/")
	b.file("unused", "u.rom", []byte("U"))
	must(t, b.cache.WriteFile("a.rom", []byte("A"), 0o600))
	got := make(map[string][]string)
	for _, f := range b.installer().Files() {
		got[f.Name] = f.Packages
		if f.Cached != (f.Name == "a.rom") {
			t.Errorf("%s: cached is %v", f.Name, f.Cached)
		}
	}
	if diff := cmp.Diff(map[string][]string{"a.rom": {"q"}, "f.rom": {"p", "q"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Everything of a plugin that is gone goes, and nothing else.
func TestRemoveAll(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.file("f", "f.rom", []byte("x"))
	b.pkg("p", "f", "a-b: cp $FILE1 x/")
	in := b.installer()
	b.install(in, "p")
	in.Close()
	must(t, b.site.MkdirAll("var/templates", 0o755))
	must(t, b.site.WriteFile("var/templates/own", []byte("own"), 0o600))
	must(t, b.site.MkdirAll(workDir+"/half/stage", 0o755))
	must(t, RemoveAll(b.site, "var/tftpboot"))
	if diff := cmp.Diff(map[string]string{"var/templates/own": "own"}, b.list(".")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// silent is a server that stops in the middle of an answer.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/never" {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	pipe, w := io.Pipe()
	go func() { _, _ = w.Write([]byte("half")) }()
	context.AfterFunc(r.Context(), func() { _ = w.CloseWithError(r.Context().Err()) })
	return &http.Response{StatusCode: http.StatusOK, Body: pipe, Request: r}, nil
}

func TestIdleDownload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := HTTPDownloader{Client: &http.Client{Transport: silent{}}, Idle: time.Minute}
		if _, _, err := d.Download(t.Context(), "http://h/never", 0); !errors.Is(err, errIdle) {
			t.Errorf("a server that does not answer: %v", err)
		}
		body, _, err := d.Download(t.Context(), "http://h/f", 0)
		must(t, err)
		data, err := io.ReadAll(body)
		if string(data) != "half" || !errors.Is(err, errIdle) {
			t.Errorf("a server that stops: %q, %v", data, err)
		}
		_ = body.Close()
	})
}
