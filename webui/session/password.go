package session

import (
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost is what hashing a password takes (RFC 9106 section 3.1).
type Cost struct {
	Time, MemoryKiB uint32
}

// DefaultCost is some tenths of a second on a small box.
var DefaultCost = Cost{Time: 2, MemoryKiB: 19 << 10}

// Sizes in bytes, but for the lengths of a password, in characters.
const (
	saltSize    = 16
	keySize     = 32
	minPassword = 12
	maxPassword = 128
)

// Bounds of a stored cost: a damaged one must not take the box's memory.
const (
	maxTime   = 64
	maxMemory = 256 << 10
)

// hash is a password as it is stored.
type hash struct {
	cost      Cost
	salt, key []byte
}

var stdBase64 = base64.RawStdEncoding

// encode hashes a password with a new salt, in the usual form of argon2's reference
// implementation.
func (c Cost) encode(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	return hash{c, salt, c.key(password, salt)}.text()
}

func (h hash) text() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.cost.MemoryKiB, h.cost.Time,
		stdBase64.EncodeToString(h.salt), stdBase64.EncodeToString(h.key))
}

func (c Cost) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, c.Time, c.MemoryKiB, 1, keySize)
}

// decode reads what encode wrote.
func decode(text string) (hash, error) {
	var h hash
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errors.New("the password is stored in an unknown form")
	}
	version := 0
	_, errVersion := fmt.Sscanf(parts[2], "v=%d", &version)
	_, errCost := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &h.cost.MemoryKiB, &h.cost.Time)
	var errSalt, errKey error
	h.salt, errSalt = stdBase64.DecodeString(parts[4])
	h.key, errKey = stdBase64.DecodeString(parts[5])
	if err := errors.Join(errVersion, errCost, errSalt, errKey); err != nil {
		return hash{}, errors.New("the stored password is damaged")
	}
	if version != argon2.Version || len(h.salt) != saltSize || len(h.key) != keySize ||
		h.cost.Time < 1 || h.cost.Time > maxTime || h.cost.MemoryKiB < 8 || h.cost.MemoryKiB > maxMemory {
		return hash{}, errors.New("the stored password has an unknown size or cost")
	}
	// What Sscanf and the decoder skip, such as another number of lanes or a line
	// end, is damage too.
	if h.text() != text {
		return hash{}, errors.New("the stored password is damaged")
	}
	return h, nil
}

func (h hash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.cost.key(password, h.salt), h.key) == 1
}

// WeakPassword is a password that others would guess.
type WeakPassword struct {
	// Reason is short, long, common or repeated.
	Reason string
}

// Error tells the reason.
func (w *WeakPassword) Error() string { return "the password is weak: " + w.Reason }

//go:embed common.txt
var common string

// judge refuses a password that is weak.
func judge(password string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return &WeakPassword{"short"}
	case n > maxPassword:
		return &WeakPassword{"long"}
	case repeats(password):
		return &WeakPassword{"repeated"}
	}
	lower := strings.ToLower(strings.TrimSpace(password))
	for line := range strings.Lines(common) {
		if strings.TrimSpace(line) == lower {
			return &WeakPassword{"common"}
		}
	}
	return nil
}

// repeats tells of a password that is one to three characters over and over.
func repeats(password string) bool {
	r := []rune(password)
	for period := 1; period <= 3; period++ {
		same := true
		for i := period; i < len(r) && same; i++ {
			same = r[i] == r[i-period]
		}
		if same {
			return true
		}
	}
	return false
}
