package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/hex"
	"fmt"
	"hash"

	"provbox/provd/python"
)

// digest is a hash object of hashlib.
type digest struct {
	class *python.Class
	name  string
	h     hash.Hash
}

func (d *digest) Type() *python.Class { return d.class }

// newHash makes the hash of a name, nil when there is none.
func newHash(name string) hash.Hash {
	switch name {
	case "md5", "MD5":
		return md5.New()
	case "sha1", "SHA1":
		return sha1.New()
	case "sha224", "SHA224":
		return sha256.New224()
	case "sha256", "SHA256":
		return sha256.New()
	case "sha384", "SHA384":
		return sha512.New384()
	case "sha512", "SHA512":
		return sha512.New()
	}
	return nil
}

func (d *digest) update(t *python.Thread, v python.Value) error {
	if _, ok := asStr(v); ok {
		return python.TypeErrorf("Strings must be encoded before hashing")
	}
	s, ok := asBytes(v)
	if !ok {
		return python.TypeErrorf("object supporting the buffer API required")
	}
	if err := t.Step(1 + len(s)/32); err != nil {
		return err
	}
	_, err := d.h.Write([]byte(s))
	return err
}

// copy makes an independent hash object in the same state.
func (d *digest) copy() (*digest, error) {
	from, ok := d.h.(encoding.BinaryMarshaler)
	to := newHash(d.name)
	into, ok2 := to.(encoding.BinaryUnmarshaler)
	if !ok || !ok2 {
		return nil, python.ValueErrorf("%s cannot be copied", d.name)
	}
	state, err := from.MarshalBinary()
	if err == nil {
		err = into.UnmarshalBinary(state)
	}
	if err != nil {
		return nil, python.ValueErrorf("copy %s: %v", d.name, err)
	}
	return &digest{d.class, d.name, to}, nil
}

// buildHashlib makes hashlib.
func buildHashlib(_ *Library, b builder) {
	class := b.hidden(python.ClassSpec{
		Name: "HASH", NoNew: true, Final: true,
		Methods: map[string]python.MethodFunc{
			"update": method(func(t *python.Thread, d *digest, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var v python.Value
				if err := python.Unpack("update", args, kwargs, "obj", &v); err != nil {
					return nil, err
				}
				return python.None, d.update(t, v)
			}),
			"digest": method(func(t *python.Thread, d *digest, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				return python.Bytes(d.h.Sum(nil)), python.Unpack("digest", args, kwargs)
			}),
			"hexdigest": method(func(t *python.Thread, d *digest, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				return python.Str(hex.EncodeToString(d.h.Sum(nil))), python.Unpack("hexdigest", args, kwargs)
			}),
			"copy": method(func(t *python.Thread, d *digest, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				if err := t.Alloc(512); err != nil {
					return nil, err
				}
				c, err := d.copy()
				if err != nil {
					return nil, err
				}
				return c, nil
			}),
			"__repr__": method(func(_ *python.Thread, d *digest, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return python.Str(fmt.Sprintf("<%s _hashlib.HASH object>", d.name)), nil
			}),
		},
		Getters: map[string]python.GetFunc{
			"name": getter(func(_ *python.Thread, d *digest) (python.Value, error) { return python.Str(d.name), nil }),
			"digest_size": getter(func(_ *python.Thread, d *digest) (python.Value, error) {
				return python.NewInt(d.h.Size()), nil
			}),
			"block_size": getter(func(_ *python.Thread, d *digest) (python.Value, error) {
				return python.NewInt(d.h.BlockSize()), nil
			}),
		},
	})
	start := func(t *python.Thread, name string, data python.Value) (python.Value, error) {
		h := newHash(name)
		if h == nil {
			return nil, python.ValueErrorf("unsupported hash type %s", name)
		}
		if err := t.Alloc(512); err != nil {
			return nil, err
		}
		d := &digest{class, name, h}
		if data != nil {
			if err := d.update(t, data); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	names := python.NewSet(false)
	for _, name := range []string{"md5", "sha1", "sha224", "sha256", "sha384", "sha512"} {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var data, security python.Value
			if err := python.Unpack(name, args, kwargs, "string?", &data, "$", "usedforsecurity?", &security); err != nil {
				return nil, err
			}
			return start(t, name, data)
		})
		_ = names.Add(b.t, python.Str(name)) // six strings; a spent budget shows at the next step
	}
	b.set("algorithms_available", names)
	b.set("algorithms_guaranteed", names)
	b.fn("new", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var name string
		var data, security python.Value
		if err := python.Unpack("new", args, kwargs, "name", &name, "data?", &data, "$", "usedforsecurity?", &security); err != nil {
			return nil, err
		}
		return start(t, name, data)
	})
}
