package direct

import (
	"slices"
	"strings"

	"provbox/provd"
)

// content is what the variables of a message come to.
type content struct {
	event   string
	headers [][2]string
	body    string
}

// reserved are the headers that a message may not set: they are the
// transaction's own (RFC 3261 section 8.1.1), as Asterisk refuses them, too.
var reserved = []string{
	"via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "content-length",
	"v", "f", "t", "i", "m", "l", // their short forms
}

// parse reads variables of the form name=value as Asterisk's PJSIPNotify does:
// each is a header, but for Content, which is a line of the body.
func parse(variables []string) (content, error) {
	var c content
	var lines []string
	typed, state := false, false
	for _, v := range variables {
		name, value, ok := strings.Cut(v, "=")
		lower := strings.ToLower(name)
		switch {
		case !ok || !token(name):
			return content{}, provd.Errorf(provd.Invalid, "%q is not a header of a NOTIFY", v)
		case strings.ContainsAny(value, "\r\n\x00"):
			return content{}, provd.Errorf(provd.Invalid, "the header %s of a NOTIFY has more than one line", name)
		case slices.Contains(reserved, lower):
			return content{}, provd.Errorf(provd.Invalid, "the header %s of a NOTIFY is not for a package to set", name)
		case lower == "content":
			lines = append(lines, value)
			continue
		case lower == "event" || lower == "o":
			c.event = value
		case lower == "content-type" || lower == "c":
			typed = true
		case lower == "subscription-state":
			state = true
		}
		c.headers = append(c.headers, [2]string{name, value})
	}
	if c.event == "" {
		return content{}, provd.Errorf(provd.Invalid, "a NOTIFY without an Event")
	}
	if !state {
		// There is no subscription; RFC 6665 section 8.2.3 wants the header all
		// the same.
		c.headers = append(c.headers, [2]string{"Subscription-State", "terminated"})
	}
	if len(lines) > 0 {
		c.body = strings.Join(lines, "\r\n") + "\r\n"
		if !typed {
			c.headers = append(c.headers, [2]string{"Content-Type", "text/plain"})
		}
	}
	return c, nil
}

// token reports whether a text is a header's name (RFC 3261 section 25.1).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("-.!%*_+`'~", rune(c)) {
			return false
		}
	}
	return s != ""
}
