package uplink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// keyFile is the private key in the uplink's folder, in base64 as "wg genkey"
// prints it.
const keyFile = "uplink.key"

// maxKeyFile bounds what is read of a key file, in bytes: a key has 44.
const maxKeyFile = 4096

// secret is a key that does not show when it is printed.
type secret struct{ wgtypes.Key }

func (secret) String() string               { return "[hidden]" }
func (secret) GoString() string             { return "[hidden]" }
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }
func (secret) LogValue() slog.Value         { return slog.StringValue("[hidden]") }

// ownKey returns the box's private key, and makes one if there is none. A file
// that holds anything else is an error and is left as it is: the centre knows the
// key that was in it.
func ownKey(dir string) (secret, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return secret{}, fmt.Errorf("uplink key: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return secret{}, fmt.Errorf("uplink key: %w", err)
	}
	defer root.Close()
	f, err := root.Open(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(root)
	}
	if err != nil {
		return secret{}, fmt.Errorf("uplink key: %w", err)
	}
	defer f.Close()
	k, err := readKey(f)
	if err != nil {
		return secret{}, fmt.Errorf("uplink key: %s/%s: %w; put the key back, or remove the file to have a new one made and tell the centre the new public key", dir, keyFile, err)
	}
	// Others may have been let in by a copy or a restored backup.
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil {
			return secret{}, fmt.Errorf("uplink key: close %s/%s to others: %w", dir, keyFile, err)
		}
	}
	return k, nil
}

// readKey reads a key in base64. Errors do not repeat what was read.
func readKey(r io.Reader) (secret, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxKeyFile+1))
	if err != nil {
		return secret{}, err
	}
	k, err := wgtypes.ParseKey(strings.TrimSpace(string(data)))
	if err != nil || k == (wgtypes.Key{}) {
		return secret{}, errors.New("does not hold a key of 32 bytes in base64")
	}
	return secret{k}, nil
}

// presharedKey reads a peer's preshared key.
func presharedKey(file string) (secret, error) {
	f, err := os.Open(file)
	if err != nil {
		return secret{}, fmt.Errorf("preshared key: %w", err)
	}
	defer f.Close()
	k, err := readKey(f)
	if err != nil {
		return secret{}, fmt.Errorf("preshared key: %s: %w", file, err)
	}
	return k, nil
}

// makeKey makes a key that is on the disk, whole, before anybody is told of it.
func makeKey(root *os.Root) (secret, error) {
	const temp = keyFile + ".tmp"
	k, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		return secret{}, fmt.Errorf("make the uplink key: %w", err)
	}
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return secret{}, fmt.Errorf("make the uplink key: %w", err)
	}
	_, err = f.WriteString(k.String() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Rename(temp, keyFile)
	}
	if err != nil {
		return secret{}, fmt.Errorf("make the uplink key: %w", errors.Join(err, root.Remove(temp)))
	}
	dir, err := root.Open(".")
	if err != nil {
		return secret{}, fmt.Errorf("make the uplink key: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return secret{}, fmt.Errorf("make the uplink key: %w", err)
	}
	return secret{k}, nil
}
