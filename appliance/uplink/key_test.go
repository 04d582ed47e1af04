package uplink

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

func TestKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "uplink")
	first, err := ownKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ownKey(dir)
	if err != nil || second != first {
		t.Errorf("the second time: %v, the same: %v", err, second == first)
	}
	// Clamped as Curve25519 wants it (RFC 7748 section 5).
	if first.Key[0]&7 != 0 || first.Key[31]&0xc0 != 0x40 {
		t.Error("the key is not clamped")
	}
	other, err := ownKey(t.TempDir())
	if err != nil || other == first {
		t.Errorf("another box: %v, the same key: %v", err, other == first)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("folder: %v, %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
}

func TestDamagedKeyIsKept(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty": "", "cut": "canary0", "not base64": "canary canary canary canary canary canary!!",
		"zero": wgtypes.Key{}.String(), "long": strings.Repeat("A", maxKeyFile+10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, keyFile)
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ownKey(dir)
			if err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v", err)
			}
			data, rerr := os.ReadFile(file)
			if rerr != nil || string(data) != content {
				t.Errorf("the file is %q now, %v", data, rerr)
			}
		})
	}
}

func TestKeyIsClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := ownKey(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, keyFile)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ownKey(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
}

func TestPresharedKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "psk")
	if _, err := presharedKey(file); err == nil {
		t.Error("a missing file is a key")
	}
	want := wgtypes.Key{9, 9, 9}
	if err := os.WriteFile(file, []byte(want.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := presharedKey(file); err != nil || got.Key != want {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSecretDoesNotShow(t *testing.T) {
	t.Parallel()
	s := secret{wgtypes.Key{7, 7, 7, 7}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", s)
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s) + log.String()
	for _, bad := range []string{s.Key.String(), "BwcHBw", "07070707", "7 7 7", "7, 0x7", "0x7"} {
		if strings.Contains(shown, bad) {
			t.Errorf("shows %s in %s", bad, shown)
		}
	}
}
