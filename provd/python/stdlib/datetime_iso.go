package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// isoReader reads the ISO 8601 forms that fromisoformat of Python 3.11 accepts.
type isoReader struct {
	s  string
	ok bool
}

// digits reads exactly n digits.
func (r *isoReader) digits(n int) int {
	if len(r.s) < n {
		r.ok = false
		return 0
	}
	v := 0
	for i := range n {
		c := r.s[i]
		if c < '0' || c > '9' {
			r.ok = false
			return 0
		}
		v = v*10 + int(c-'0')
	}
	r.s = r.s[n:]
	return v
}

func (r *isoReader) skip(c byte) bool {
	if r.s != "" && r.s[0] == c {
		r.s = r.s[1:]
		return true
	}
	return false
}

// date reads YYYY-MM-DD, YYYYMMDD, YYYY-Www-D and YYYYWwwD.
func (r *isoReader) date(m *moment) error {
	m.y = r.digits(4)
	sep := r.skip('-')
	if r.skip('W') {
		w, d := r.digits(2), 1
		if sep && r.skip('-') || !sep && r.s != "" && r.s[0] >= '0' && r.s[0] <= '9' {
			d = r.digits(1)
		}
		if !r.ok {
			return nil
		}
		c, err := isoCalendar(m.y, w, d)
		m.y, m.m, m.d = c.y, c.m, c.d
		return err
	}
	m.m = r.digits(2)
	if sep != r.skip('-') {
		r.ok = false
	}
	m.d = r.digits(2)
	return nil
}

// clock reads HH[:MM[:SS[.ffffff]]] or the same without colons.
func (r *isoReader) clock() (h, m, s, us int) {
	h = r.digits(2)
	colon := r.skip(':')
	next := func() bool { return r.ok && r.s != "" && r.s[0] >= '0' && r.s[0] <= '9' }
	if !next() {
		r.ok = r.ok && !colon
		return h, 0, 0, 0
	}
	m = r.digits(2)
	if colon != r.skip(':') {
		if colon {
			return h, m, 0, 0
		}
		r.ok = false
		return
	}
	if !next() {
		r.ok = r.ok && !colon
		return h, m, 0, 0
	}
	s = r.digits(2)
	if !r.skip('.') && !r.skip(',') {
		return h, m, s, 0
	}
	n := 0
	for next() {
		if n < 6 {
			us = us*10 + int(r.s[0]-'0')
		}
		r.s = r.s[1:]
		n++
	}
	r.ok = r.ok && n > 0
	for ; n < 6; n++ {
		us *= 10
	}
	return h, m, s, us
}

// time reads a time of day with an optional offset.
func (r *isoReader) time(mod *datetimeModule, m *moment) error {
	m.h, m.min, m.s, m.us = r.clock()
	m.tz = python.None
	switch {
	case r.s == "" || !r.ok:
		return nil
	case r.skip('Z'):
		m.tz = mod.utc
		return nil
	}
	negative := r.s[0] == '-'
	if !negative && r.s[0] != '+' {
		r.ok = false
		return nil
	}
	r.s = r.s[1:]
	oh, om, os, ous := r.clock()
	if !r.ok {
		return nil
	}
	us := int64(oh*3600+om*60+os)*1e6 + int64(ous)
	if us >= microsPerDay {
		return python.ValueErrorf("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).")
	}
	if negative {
		us = -us
	}
	if m.tz = mod.utc; us != 0 {
		m.tz = &zone{mod: mod, offset: us}
	}
	return nil
}

// fromISO is fromisoformat of one of the three classes.
func (mod *datetimeModule) fromISO(kind momentKind) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		if err := python.Unpack("fromisoformat", args, kwargs, "string", &v); err != nil {
			return nil, err
		}
		text, ok := asStr(v)
		if !ok {
			return nil, python.TypeErrorf("fromisoformat: argument must be str")
		}
		invalid := func() error {
			q, err := python.Repr(t, v)
			if err != nil {
				return err
			}
			return python.ValueErrorf("Invalid isoformat string: %s", q)
		}
		r := isoReader{s: text, ok: len(text) < 100}
		m := moment{kind: kind}
		if c, ok := self.(*python.Class); ok && kind == kindDate && c.IsSubclass(mod.datetime) {
			m.kind = kindDateTime
		}
		var err error
		switch m.kind {
		case kindDate:
			err = r.date(&m)
		case kindTime:
			r.s = strings.TrimPrefix(r.s, "T")
			err = r.time(mod, &m)
		default:
			if err = r.date(&m); err == nil && r.ok && r.s != "" {
				_, size := python.DecodeRune(r.s) // any separator
				r.s = r.s[size:]
				err = r.time(mod, &m)
			}
		}
		if err != nil {
			return nil, err
		}
		if !r.ok || r.s != "" {
			return nil, invalid()
		}
		return moments(mod.newMoment(m))
	}
}
