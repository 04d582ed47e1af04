package pluginctl

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"time"

	"aead.dev/minisign"

	"provbox/provd/plugin/repository"
)

// maxDays bounds what a signature can be good for.
const maxDays = 36500

// keyPassword is the environment variable with the password of a secret key.
const keyPassword = "PROVBOX_KEY_PASSWORD"

func keyCommand() *command {
	return &command{
		name: "key", args: "FILE",
		short: "make the key that a repository is signed with",
		long: `Writes a secret key to FILE and its public half to FILE.pub, as minisign -G does; keys
of minisign itself will do too. provbox plugin repo --sign FILE signs with it, and the
line of FILE.pub that begins with RW is the boxes' general.plugin_server_key. The secret
key is encrypted when PROVBOX_KEY_PASSWORD is set. A file that is there stays as it is.
`,
		run: runKey,
	}
}

func runKey(_ context.Context, _ *command, env Env, args []string) error {
	path, err := parseOne(flag.NewFlagSet("key", flag.ContinueOnError), args, "FILE")
	if err != nil {
		return err
	}
	public, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	text, err := secret.MarshalText()
	if password := env.Getenv(keyPassword); password != "" {
		text, err = minisign.EncryptKey(password, secret)
	}
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	half, err := public.MarshalText()
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	line := func(text []byte) []byte { return append(bytes.TrimRight(text, "\n"), '\n') }
	if err := writeNew(path+".pub", line(half), 0o644); err != nil {
		return err
	}
	if err := writeNew(path, line(text), 0o600); err != nil {
		return errors.Join(err, os.Remove(path+".pub"))
	}
	fmt.Fprintf(env.Stdout, "general.plugin_server_key: %s\n", public)
	return nil
}

// writeNew writes a file that is not there yet.
func writeNew(name string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// signer returns what signs a list with the key in a file.
func signer(env Env, keyFile string, days int) (func(data []byte) []byte, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	var key minisign.PrivateKey
	if minisign.IsEncrypted(text) {
		password := env.Getenv(keyPassword)
		if password == "" {
			return nil, fmt.Errorf("%s has a password; put it into %s", keyFile, keyPassword)
		}
		key, err = minisign.DecryptKey(password, text)
	} else {
		err = key.UnmarshalText(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no secret key of minisign, or another password: %w", keyFile, err)
	}
	return func(data []byte) []byte {
		now, expires := env.Now(), time.Time{}
		if days > 0 {
			expires = now.AddDate(0, 0, days)
		}
		return repository.SignIndex(key, data, now, expires)
	}, nil
}

// writeSignature writes the signature of the list at path. Without a key it warns
// of one that does not fit any more.
func writeSignature(env Env, path string, data []byte, sign func([]byte) []byte) error {
	path += repository.SignatureSuffix
	if sign == nil {
		if _, err := os.Lstat(path); err == nil {
			fmt.Fprintf(env.Stderr, "provbox plugin repo: %s is not of this list; sign it again with --sign or take it away\n", path)
		}
		return nil
	}
	return replace(path, func(f *os.File) error {
		_, err := f.Write(sign(data))
		return err
	})
}
