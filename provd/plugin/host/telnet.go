package host

import (
	"bytes"
	"errors"
	"io"
	"net"
	"regexp"
	"time"

	"provbox/provd/python"
)

var (
	pexpectError   = exception("pexpect", "ExceptionPexpect", python.ExceptionClass)
	pexpectTimeout = exception("pexpect", "TIMEOUT", pexpectError)
	pexpectEOF     = exception("pexpect", "EOF", pexpectError)
)

// telnet is a pexpect.spawn of the telnet command: a dialogue with the phone.
type telnet struct {
	conn    net.Conn
	timeout time.Duration
	buf     []byte
	before  []byte
	after   []byte
}

// Type returns the class spawn.
func (*telnet) Type() *python.Class { return telnetClass }

var telnetClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "spawn", Module: "pexpect", Final: true,
	New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var command string
		var argv, timeout python.Value
		if err := python.Unpack("spawn", args, kwargs, "command", &command, "args?", &argv, "timeout?", &timeout); err != nil {
			return nil, err
		}
		var list []python.Value
		if argv != nil {
			var err error
			if list, err = python.ListOf(t, argv); err != nil {
				return nil, err
			}
		}
		if command != "telnet" || len(list) != 1 {
			return nil, python.Raise(pexpectError, "The command was not found or was not executable: %s.", command)
		}
		host, err := octets(t, list[0])
		if err != nil {
			return nil, err
		}
		conn, err := dial(t, host, 23)
		if err != nil {
			return nil, python.Raise(pexpectEOF, "%v", err)
		}
		c := &telnet{conn: conn, timeout: 30 * time.Second}
		if s, ok := timeout.(python.Int); ok && s > 0 {
			c.timeout = min(c.timeout, time.Duration(s)*time.Second)
		}
		return c, nil
	},
	Getters: map[string]python.GetFunc{
		"after": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Bytes(self.(*telnet).after), nil
		},
		"before": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Bytes(self.(*telnet).before), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"close": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			self.(*telnet).conn.Close()
			return python.None, nil
		},
		"expect": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var pattern, timeout python.Value
			if err := python.Unpack("expect", args, kwargs, "pattern", &pattern, "timeout?", &timeout); err != nil {
				return nil, err
			}
			s, err := octets(t, pattern)
			if err != nil {
				return nil, err
			}
			re, err := regexp.Compile("(?s)" + s)
			if err != nil {
				return nil, python.ValueErrorf("cannot use the pattern %s: %v", s, err)
			}
			return python.Int(0), self.(*telnet).expect(t, re)
		},
		"send":     sendMethod(""),
		"sendline": sendMethod("\r\n"),
	},
})

func sendMethod(end string) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		text := python.Value(python.Str(""))
		if err := python.Unpack("send", args, kwargs, "s?", &text); err != nil {
			return nil, err
		}
		s, err := octets(t, text)
		if err != nil {
			return nil, err
		}
		c := self.(*telnet)
		if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
			return nil, python.Raise(pexpectEOF, "%v", err)
		}
		n, err := io.WriteString(c.conn, s+end)
		if err != nil {
			return nil, python.Raise(pexpectEOF, "%v", err)
		}
		return python.NewInt(n), nil
	}
}

// expect reads until the pattern matches.
func (c *telnet) expect(t *python.Thread, re *regexp.Regexp) error {
	deadline := time.Now().Add(c.timeout)
	if d, ok := t.Context().Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := c.conn.SetDeadline(deadline); err != nil {
		return python.Raise(pexpectEOF, "%v", err)
	}
	chunk := make([]byte, 4096)
	for {
		if at := re.FindIndex(c.buf); at != nil {
			c.before, c.after = c.buf[:at[0]], c.buf[at[0]:at[1]]
			c.buf = c.buf[at[1]:]
			return nil
		}
		if len(c.buf) > maxBody {
			return python.Raise(pexpectError, "the phone sent more than %d bytes", maxBody)
		}
		n, err := c.conn.Read(chunk)
		c.buf = append(c.buf, c.negotiate(chunk[:n])...)
		if err == nil || n > 0 {
			continue
		}
		var netErr net.Error
		if errors.As(err, &netErr) && netErr.Timeout() {
			return python.Raise(pexpectTimeout, "Timeout exceeded.")
		}
		return python.Raise(pexpectEOF, "End Of File (EOF).")
	}
}

// negotiate takes the Telnet commands out of what was received and refuses every
// option (RFC 854): DO is answered WONT, WILL is answered DONT.
func (c *telnet) negotiate(data []byte) []byte {
	const iac, dont, do, wont, will = 255, 254, 253, 252, 251
	var text, answer []byte
	for len(data) > 0 {
		i := bytes.IndexByte(data, iac)
		if i < 0 || i+1 >= len(data) {
			text = append(text, data...)
			break
		}
		text = append(text, data[:i]...)
		command := data[i+1]
		switch {
		case command == iac:
			text = append(text, iac)
			data = data[i+2:]
		case (command == do || command == will) && i+2 < len(data):
			reply := byte(wont)
			if command == will {
				reply = dont
			}
			answer = append(answer, iac, reply, data[i+2])
			data = data[i+3:]
		case (command == dont || command == wont) && i+2 < len(data):
			data = data[i+3:]
		default:
			data = data[i+2:]
		}
	}
	if len(answer) > 0 {
		// A phone that does not take the answer is noticed by the next read.
		_, _ = c.conn.Write(answer)
	}
	return text
}

func pexpectModule() module {
	return module{"EOF": pexpectEOF, "ExceptionPexpect": pexpectError, "TIMEOUT": pexpectTimeout, "spawn": telnetClass}
}
