package session

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"provbox/provd/document"
)

// Vault keeps what has to outlive a restart, as one document.
type Vault interface {
	// Load returns the document, nil if there is none yet.
	Load(ctx context.Context) (*document.Object, error)
	// Save stores it; when it returns nil it is on stable storage.
	Save(ctx context.Context, doc *document.Object) error
}

// Config is what a Guard is made from.
type Config struct {
	Vault  Vault            // must not be nil
	Now    func() time.Time // must not be nil
	Logger *slog.Logger     // must not be nil
	// Reset is any word. When it is another one than was used last the password is
	// forgotten. "" resets nothing, so that the line may leave the settings again.
	Reset string
	// Cost is that of new passwords; zero means DefaultCost.
	Cost Cost
}

// Errors that tell what was wrong with what somebody typed.
var (
	// ErrCode is a claim code that is not the box's.
	ErrCode = errors.New("this is not the box's claim code")
	// ErrPassword is a password that is not the box's.
	ErrPassword = errors.New("this is not the password")
	// ErrClaimed is the claim of a box that has a password.
	ErrClaimed = errors.New("the box is claimed already")
	// ErrUnclaimed is a login to a box that has no password yet.
	ErrUnclaimed = errors.New("the box is not claimed yet")
	// ErrSession is a token without a session.
	ErrSession = errors.New("the session has ended")
)

// Token is what a browser shows to be known again. It is a secret: string(token) is
// for its cookie, and every other way to print it hides it.
type Token string

// String hides the token.
func (Token) String() string { return "[hidden]" }

// GoString hides the token.
func (Token) GoString() string { return "[hidden]" }

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue("[hidden]") }

// Guard knows the password and who is logged in. It is safe for concurrent use.
type Guard struct {
	vault Vault
	now   func() time.Time
	log   *slog.Logger
	cost  Cost
	limit limiter
	open  sessions
	// hashing lets one password at a time take memory and processor; changes of what
	// is stored happen with it, too.
	hashing chan struct{}

	mu      sync.Mutex
	what    state
	waiting int // for hashing
}

// maxWaiting bounds who waits for a turn: at some tenths of a second each, whoever is
// further back had better come again.
const maxWaiting = 32

// state is what is stored.
type state struct {
	secret   []byte // the claim code is made of it
	reset    string
	password string // as encode writes it; "" on a box of nobody
}

// The members of the stored document.
const (
	memberSecret   = "secret"
	memberReset    = "reset"
	memberPassword = "password"
)

// secretSize is the length of the box's secret in bytes.
const secretSize = 32

// New returns the guard of a box. At the first start it makes the box's secret and
// stores it.
func New(ctx context.Context, cfg Config) (*Guard, error) {
	g := &Guard{vault: cfg.Vault, now: cfg.Now, log: cfg.Logger, cost: cfg.Cost, hashing: make(chan struct{}, 1)}
	if g.cost == (Cost{}) {
		g.cost = DefaultCost
	}
	doc, err := cfg.Vault.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who may use the local page: %w", err)
	}
	fresh := state{reset: cfg.Reset}
	if doc != nil {
		last, known := text(doc, memberReset)
		again := cfg.Reset == "" || cfg.Reset == last || !known
		if g.what, err = read(doc); err == nil && again {
			return g, nil
		}
		if again {
			return nil, g.refuse(ctx, doc, known, cfg.Reset, err)
		}
		g.log.Warn("the password of the local page is forgotten, because web.reset has a new word")
		fresh.secret = g.what.secret
	}
	if len(fresh.secret) == 0 {
		fresh.secret = make([]byte, secretSize)
		_, _ = rand.Read(fresh.secret) // never fails (crypto/rand)
	}
	if err := g.put(ctx, fresh); err != nil {
		return nil, err
	}
	return g, nil
}

// refuse is the error for a document that cannot be read. When it does not tell the
// word of the last reset either, the one of now is noted in it: otherwise nobody could
// tell a new word from one that has been in the settings for years, and that must not
// open the box.
func (g *Guard) refuse(ctx context.Context, doc *document.Object, known bool, word string, why error) error {
	err := fmt.Errorf("who may use the local page is stored in a form that this version does not know: %w; give web.reset in the settings a new word to claim the box again", why)
	if known {
		return err
	}
	doc = doc.Clone()
	doc.Set(memberReset, word)
	if noted := g.vault.Save(ctx, doc); noted != nil {
		return errors.Join(err, fmt.Errorf("note the present word of web.reset: %w", noted))
	}
	return err
}

// text returns a member that is text, and whether it is.
func text(doc *document.Object, member string) (string, bool) {
	v, _ := doc.Get(member)
	s, ok := v.(string)
	return s, ok
}

// read takes nothing for granted: a document that lost its password is not that of a
// box that nobody has claimed.
func read(doc *document.Object) (s state, err error) {
	if s.secret, err = hex.DecodeString(doc.String(memberSecret)); err != nil || len(s.secret) != secretSize {
		return state{}, errors.New("its secret is damaged")
	}
	var hasReset, hasPassword bool
	s.reset, hasReset = text(doc, memberReset)
	s.password, hasPassword = text(doc, memberPassword)
	if !hasReset || !hasPassword {
		return state{secret: s.secret}, errors.New("its password or its word of the last reset is missing")
	}
	if s.password != "" {
		if _, err := decode(s.password); err != nil {
			return state{secret: s.secret}, err
		}
	}
	return s, nil
}

// put stores a state, and then it holds.
func (g *Guard) put(ctx context.Context, s state) error {
	doc := document.New(memberSecret, hex.EncodeToString(s.secret), memberReset, s.reset, memberPassword, s.password)
	if err := g.vault.Save(ctx, doc); err != nil {
		return fmt.Errorf("store who may use the local page: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.what = s
	return nil
}

func (g *Guard) state() state {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.what
}

// Claimed reports whether the box has a password.
func (g *Guard) Claimed() bool { return g.state().password != "" }

// crockford are the digits of a claim code, without those that look alike
// (Crockford's Base32).
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var encoding = base32.NewEncoding(crockford).WithPadding(base32.NoPadding)

// Code returns the claim code to be shown by the box, like 7M4K-QX2D; "" once the
// box is claimed.
func (g *Guard) Code() string {
	s := g.state()
	if s.password != "" {
		return ""
	}
	c := s.code()
	return c[:4] + "-" + c[4:]
}

func (s state) code() string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("claim " + s.reset)) // never fails (hash.Hash)
	return encoding.EncodeToString(mac.Sum(nil)[:5])
}

// typed is a claim code as somebody may have typed it.
func typed(code string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
}

// Claim sets the password of a box that has none and opens a session. host is who
// asks. Errors are ErrClaimed, ErrCode, *WeakPassword, *Throttled, or the vault's.
func (g *Guard) Claim(ctx context.Context, host, code, password string) (Token, error) {
	if g.Claimed() {
		return "", ErrClaimed
	}
	if err := g.limit.waitCode(g.now()); err != nil {
		return "", err
	}
	if err := g.lock(ctx, host); err != nil {
		return "", err
	}
	defer g.unlock()
	s := g.state()
	if s.password != "" {
		return "", ErrClaimed
	}
	if err := g.limit.wait(host, g.now()); err != nil {
		return "", err
	}
	if err := g.limit.waitCode(g.now()); err != nil { // others may have failed meanwhile
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(typed(code)), []byte(s.code())) != 1 {
		g.limit.failed(host, g.now())
		g.limit.failedCode(g.now())
		return "", ErrCode
	}
	g.limit.clear(host)
	if err := judge(password); err != nil {
		return "", err
	}
	s.password = g.cost.encode(password)
	if err := g.put(ctx, s); err != nil {
		return "", err
	}
	return g.open.add(g.now()), nil
}

// Login opens a session. host is who asks. Errors are ErrUnclaimed, ErrPassword or
// *Throttled.
func (g *Guard) Login(ctx context.Context, host, password string) (Token, error) {
	if !g.Claimed() {
		return "", ErrUnclaimed
	}
	if err := g.lock(ctx, host); err != nil {
		return "", err
	}
	defer g.unlock()
	if err := g.verify(host, password); err != nil {
		return "", err
	}
	return g.open.add(g.now()), nil
}

// verify compares a password; the caller holds the lock.
func (g *Guard) verify(host, password string) error {
	s := g.state()
	if s.password == "" {
		return ErrUnclaimed
	}
	if err := g.limit.wait(host, g.now()); err != nil {
		return err
	}
	h, err := decode(s.password)
	if err != nil {
		return err
	}
	if len(password) > maxPassword*4 || !h.matches(password) {
		g.limit.failed(host, g.now())
		return ErrPassword
	}
	g.limit.clear(host)
	return nil
}

// SetPassword changes the password and ends all sessions but the one of token. host
// is who asks. Errors are ErrSession, ErrPassword for a wrong old one, *WeakPassword,
// *Throttled, or the vault's.
func (g *Guard) SetPassword(ctx context.Context, token, host, old, fresh string) error {
	if !g.Check(token) {
		return ErrSession
	}
	if err := g.lock(ctx, host); err != nil {
		return err
	}
	defer g.unlock()
	if !g.Check(token) { // somebody else's new password may have ended it meanwhile
		return ErrSession
	}
	if err := g.verify(host, old); err != nil {
		return err
	}
	if err := judge(fresh); err != nil {
		return err
	}
	s := g.state()
	s.password = g.cost.encode(fresh)
	if err := g.put(ctx, s); err != nil {
		return err
	}
	g.open.keep(token)
	return nil
}

// lock waits for a turn at what takes long. Who has to wait as a guesser does not
// even queue, and neither does anybody when too many do.
func (g *Guard) lock(ctx context.Context, host string) error {
	if err := g.limit.wait(host, g.now()); err != nil {
		return err
	}
	if !g.queue() {
		return &Throttled{firstWait}
	}
	defer g.unqueue()
	select {
	case g.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Guard) queue() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting >= maxWaiting {
		return false
	}
	g.waiting++
	return true
}

func (g *Guard) unqueue() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting--
}

func (g *Guard) unlock() { <-g.hashing }

// Check reports whether a token is of a session, which is used with that.
func (g *Guard) Check(token string) bool { return g.open.check(token, g.now()) }

// Logout ends a session.
func (g *Guard) Logout(token string) { g.open.end(token) }

// Flash keeps a text for the next page of a session.
func (g *Guard) Flash(token, text string) { g.open.flash(token, text) }

// Flashes returns the texts that were kept for a session, once.
func (g *Guard) Flashes(token string) []string { return g.open.flashes(token) }
