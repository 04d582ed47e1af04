package firmware

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	data := []byte("0123456789")
	for name, tt := range map[string]struct {
		before  map[string]string // in the cache
		shipped map[string]string // in the plugin package
		served  string
		cut     int
		edit    func(db string) string
		want    string // reason
		offsets []int64
	}{
		"downloaded":           {served: "0123456789", offsets: []int64{0}},
		"in the cache":         {before: map[string]string{"f.rom": "0123456789"}},
		"altered in the cache": {before: map[string]string{"f.rom": "012345678X"}, served: "0123456789", offsets: []int64{0}},
		"broken off":           {served: "0123456789", cut: 4, offsets: []int64{0, 4}},
		"part of earlier":      {before: map[string]string{"f.rom.tmp": "0123"}, served: "0123456789", offsets: []int64{4}},
		"part of another file": {before: map[string]string{"f.rom.tmp": "abcd"}, served: "0123456789", offsets: []int64{4, 0}},
		"altered":              {served: "012345678X", want: "its SHA-1 is", offsets: []int64{0, 0, 0}},
		"too long":             {served: "0123456789X", want: "it has 11 bytes", offsets: []int64{0, 0, 0}},
		"too short":            {served: "01234", want: "unexpected EOF", offsets: []int64{0, 5, 5}},
		"not uploaded":         {edit: noURL, want: "upload it"},
		"uploaded":             {edit: noURL, before: map[string]string{"f.rom": "0123456789"}},
		"wrong upload":         {edit: noURL, before: map[string]string{"f.rom": "else"}, want: "upload the right one"},
		"shipped":              {edit: noURL, shipped: map[string]string{"f.rom": "0123456789"}},
		"shipped, not fetched": {shipped: map[string]string{"f.rom": "0123456789"}},
		"shipped after a part": {edit: noURL, shipped: map[string]string{"f.rom": "0123456789"}, before: map[string]string{"f.rom.tmp": "abcd"}},
		"shipped altered":      {edit: noURL, shipped: map[string]string{"f.rom": "012345678X"}, want: "its SHA-1 is"},
		"shipped another":      {edit: noURL, shipped: map[string]string{"f.rom": "else"}, want: "upload it"},
		"credentials missing":  {edit: func(db string) string { return strings.Replace(db, "size:", "downloader: auth\nsize:", 1) }, want: `no downloader "auth"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.file("f", "f.rom", data)
			b.server.files["u/f"], b.server.cut = []byte(tt.served), tt.cut
			b.pkg("p", "f", "a-b: cp $FILE1 x/")
			if tt.edit != nil {
				b.db = tt.edit(b.db)
			}
			for name, content := range tt.before {
				must(t, b.cache.WriteFile(name, []byte(content), 0o600))
			}
			for name, content := range tt.shipped {
				b.shipped[name] = &fstest.MapFile{Data: []byte(content)}
			}
			op := b.install(b.installer(), "p")
			if !strings.Contains(op.Reason(), tt.want) || (tt.want == "") != (op.State() == provd.Success) {
				t.Errorf("%s: reason %q, want %q in it", op, op.Reason(), tt.want)
			}
			if diff := cmp.Diff(tt.offsets, b.server.offsets); diff != "" {
				t.Errorf("offsets (-want +got):\n%s", diff)
			}
			if tt.want == "" {
				if diff := cmp.Diff(map[string]string{"x/f.rom": "0123456789"}, b.installed()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				return
			}
			b.nothingLeft()
		})
	}
}

func noURL(db string) string { return strings.Replace(db, "url: u/f", "url:", 1) }

func TestQuota(t *testing.T) {
	t.Parallel()
	for name, quota := range map[string]int64{"for the download": 1500, "for what is unpacked": 5000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.limits = Limits{Quota: quota}
			b.file("f", "f.zip", append(makeZip(t, member{name: "x", content: strings.Repeat("x", 5000)}), make([]byte, 0)...))
			b.file("g", "g.rom", make([]byte, 1400))
			b.pkg("p", "f g", "a-b: unzip $FILE1")
			op, err := b.installer().Install("p")
			if err == nil {
				<-op.Done()
				err = errors.New(op.Reason())
			}
			if !strings.Contains(err.Error(), "no room for firmware: ") || !strings.Contains(err.Error(), fmt.Sprintf("quota of %d bytes", quota)) {
				t.Error(err)
			}
			b.nothingLeft()
		})
	}
}

func TestInvalidFiles(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(string) string{
		"hash of another kind": func(db string) string { return strings.Replace(db, "sha1sum: ", "sha1sum: 00", 1) },
		"no name":              func(db string) string { return noURL(strings.Replace(db, "filename: f.rom", "", 1)) },
		"hidden name":          func(db string) string { return strings.Replace(db, "filename: f.rom", "filename: .rom", 1) },
	} {
		b := newBox(t)
		b.file("f", "f.rom", []byte("x"))
		b.pkg("p", "f", "a-b: cp $FILE1 x/")
		b.db = edit(b.db)
		if _, err := b.installer().Install("p"); provd.CodeOf(err) != provd.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// blocked is a Downloader that waits for its context.
type blocked struct{ started chan struct{} }

func (b blocked) Download(ctx context.Context, _ string, _ int64) (io.ReadCloser, int64, error) {
	close(b.started)
	<-ctx.Done()
	return nil, 0, ctx.Err()
}

func TestTwiceAndClose(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.file("f", "f.rom", []byte("x"))
	b.pkg("p", "f", "a-b: cp $FILE1 x/")
	in := b.installer()
	d := blocked{make(chan struct{})}
	in.cfg.Downloaders = map[string]Downloader{"default": d}
	op, err := in.Install("p")
	must(t, err)
	<-d.started
	if _, err := in.Install("p"); provd.CodeOf(err) != provd.Conflict {
		t.Errorf("second install: %v", err)
	}
	in.Close()
	if op.State() != provd.Fail {
		t.Errorf("state after closing: %s", op)
	}
	if _, err := in.Install("p"); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("install after closing: %v", err)
	}
}

func TestHTTPDownloader(t *testing.T) {
	t.Parallel()
	data := []byte("0123456789")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			http.Error(w, "gone", http.StatusGone)
		case "/whole":
			_, _ = w.Write(data)
		default:
			http.ServeContent(w, r, "f", time.Time{}, bytes.NewReader(data))
		}
	}))
	defer srv.Close()
	d := HTTPDownloader{Client: srv.Client(), Idle: time.Minute}
	for name, tt := range map[string]struct {
		path   string
		offset int64
		want   string
		at     int64
	}{
		"all":             {"/f", 0, "0123456789", 0},
		"rest":            {"/f", 4, "456789", 4},
		"past the end":    {"/f", 20, "0123456789", 0},
		"no range served": {"/whole", 4, "0123456789", 0},
	} {
		body, at, err := d.Download(t.Context(), srv.URL+tt.path, tt.offset)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := io.ReadAll(body)
		if err != nil || body.Close() != nil || string(got) != tt.want || at != tt.at {
			t.Errorf("%s: %q at %d, %v", name, got, at, err)
		}
	}
	if _, _, err := d.Download(t.Context(), srv.URL+"/gone", 0); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("gone: %v", err)
	}
}
