package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"
)

// Bounds of sessions.
const (
	idleLimit   = 12 * time.Hour
	ageLimit    = 7 * 24 * time.Hour
	maxSessions = 64
	maxFlashes  = 8
	maxFlash    = 1 << 10
	tokenSize   = 32
)

// sessions are those that are open.
type sessions struct {
	mu  sync.Mutex
	all map[key]*entry
}

// key stands for a token: who reads the memory or a dump of it has no token.
type key [sha256.Size]byte

type entry struct {
	made, seen time.Time
	texts      []string
}

func keyOf(token string) key { return sha256.Sum256([]byte(token)) }

func (e *entry) over(now time.Time) bool {
	return now.Sub(e.seen) > idleLimit || now.Sub(e.made) > ageLimit
}

// add opens a session. When there are too many the one not used for longest goes.
func (s *sessions) add(now time.Time) Token {
	raw := make([]byte, tokenSize)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	token := base64.RawURLEncoding.EncodeToString(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[key]*entry)
	}
	var oldest key
	for k, e := range s.all {
		if e.over(now) {
			delete(s.all, k)
		} else if o := s.all[oldest]; o == nil || e.seen.Before(o.seen) {
			oldest = k
		}
	}
	if len(s.all) >= maxSessions {
		delete(s.all, oldest)
	}
	s.all[keyOf(token)] = &entry{made: now, seen: now}
	return Token(token)
}

func (s *sessions) check(token string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.all[keyOf(token)]
	if e == nil {
		return false
	}
	if e.over(now) {
		delete(s.all, keyOf(token))
		return false
	}
	e.seen = now
	return true
}

func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, keyOf(token))
}

// keep ends all sessions but one.
func (s *sessions) keep(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.all {
		if k != keyOf(token) {
			delete(s.all, k)
		}
	}
}

func (s *sessions) flash(token, text string) {
	if len(text) > maxFlash {
		text = strings.ToValidUTF8(text[:maxFlash], "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.all[keyOf(token)]; e != nil && len(e.texts) < maxFlashes {
		e.texts = append(e.texts, text)
	}
}

func (s *sessions) flashes(token string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.all[keyOf(token)]
	if e == nil {
		return nil
	}
	texts := e.texts
	e.texts = nil
	return texts
}
