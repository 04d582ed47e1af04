package provd

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Security writes the lines that fail2ban watches, in wazo-provd's words
// (spec/ident.md section 12), so that a filter written for it fits. It is safe for
// concurrent use; a nil *Security writes nothing.
//
// A stranger can cause lines, so no address gets more than 600 a minute, which is
// sixty times what has it banned, and all together no more than 6000.
type Security struct {
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	w      io.Writer
	failed bool // the last write
	minute time.Time
	total  int
	byIP   map[string]int // in this minute; never more entries than total
}

const (
	maxLines      = 6000
	maxLinesPerIP = 600
)

// NewSecurity returns a log that writes to w, one line a call. log is told when
// that fails; nil discards.
func NewSecurity(w io.Writer, now func() time.Time, log *slog.Logger) *Security {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Security{w: w, now: now, log: log}
}

// NewDevice notes that an unknown phone's request made a device.
func (s *Security) NewDevice(ip, id string) {
	s.line("New device created automatically from %s: %s", ip, id)
}

// SensitiveFile notes that a file that may hold secrets was asked for, whether it
// is there or not. name is its base name.
func (s *Security) SensitiveFile(ip, name string) {
	s.line("Sensitive file requested from %s: %s", ip, name)
}

func (s *Security) line(format, ip, what string) {
	if s == nil || ip == "" {
		return
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(s.minute) {
		s.minute, s.total, s.byIP = minute, 0, make(map[string]int)
	}
	if s.total >= maxLines || s.byIP[ip] >= maxLinesPerIP {
		return
	}
	s.total++
	s.byIP[ip]++
	_, err := fmt.Fprintf(s.w, "[%s] "+format+"\n", now.Format("2006-01-02 15:04:05,000"), ip, oneLine(what))
	if err != nil && !s.failed {
		s.log.Error("could not write the security log", "err", err)
	}
	s.failed = err != nil
}

// oneLine keeps a name that a stranger chose from looking like a line of its own.
func oneLine(s string) string {
	const most = 255
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
