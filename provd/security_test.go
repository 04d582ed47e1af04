package provd_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

func TestSecurityLines(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 2, 10, 11, 12, 345678901, time.UTC)
	var b bytes.Buffer
	s := provd.NewSecurity(&b, func() time.Time { return now }, nil)
	s.NewDevice("203.0.113.9", "3f0ce1")
	s.SensitiveFile("203.0.113.9", "001565aabbcc.cfg")
	// What a stranger chose is no line of its own.
	s.SensitiveFile("203.0.113.9", "001565aabbcc.cfg\n[2024-05-02 10:11:12,345] New device created automatically from 198.51.100.1: x\r\x1b\xff")
	s.SensitiveFile("203.0.113.9", strings.Repeat("x", 1000))
	s.NewDevice("", "without an address")
	want := `[2024-05-02 10:11:12,345] New device created automatically from 203.0.113.9: 3f0ce1
[2024-05-02 10:11:12,345] Sensitive file requested from 203.0.113.9: 001565aabbcc.cfg
[2024-05-02 10:11:12,345] Sensitive file requested from 203.0.113.9: 001565aabbcc.cfg?[2024-05-02 10:11:12,345] New device created automatically from 198.51.100.1: x???
[2024-05-02 10:11:12,345] Sensitive file requested from 203.0.113.9: ` + strings.Repeat("x", 255) + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var none *provd.Security
	none.NewDevice("203.0.113.9", "x")
}

func TestSecurityLogIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 2, 10, 11, 0, 0, time.UTC)
	var b bytes.Buffer
	s := provd.NewSecurity(&b, func() time.Time { return now }, nil)
	for range 1000 {
		s.NewDevice("203.0.113.9", "x")
	}
	s.NewDevice("203.0.113.10", "other")
	if n := strings.Count(b.String(), "203.0.113.9:"); n != 600 || !strings.Contains(b.String(), "other") {
		t.Errorf("%d lines of one address", n)
	}
	for i := range 20000 {
		s.NewDevice(fmt.Sprintf("10.%d.%d.1", i>>8, i&255), "x")
	}
	if n := strings.Count(b.String(), "\n"); n != 6000 {
		t.Errorf("%d lines in a minute", n)
	}
	now = now.Add(time.Minute)
	b.Reset()
	s.NewDevice("203.0.113.9", "x")
	if b.Len() == 0 {
		t.Error("no line in the next minute")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSecurityLogFails(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := provd.NewSecurity(full{}, time.Now, slog.New(slog.NewTextHandler(&b, nil)))
	for range 100 {
		s.NewDevice("203.0.113.9", "x")
	}
	if n := strings.Count(b.String(), "disk full"); n != 1 {
		t.Errorf("the log was told %d times", n)
	}
}
