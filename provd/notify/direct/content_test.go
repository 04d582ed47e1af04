package direct

import (
	"strings"
	"testing"
)

// Whatever a package sets, no header becomes two, and none of the transaction's
// own is set.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"Event=check-sync", "Event=x\x00Content-Type=text/plain\x00Content=a\x00Content=b", "Event=x\x00Via=y", "Event=x\x00v=y", "=", "Event=x\x00A\r\nB=c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse(strings.Split(text, "\x00"))
		if err != nil {
			return
		}
		if c.event == "" {
			t.Error("no event")
		}
		for _, h := range c.headers {
			if strings.ContainsAny(h[0]+h[1], "\r\n\x00") || strings.ContainsAny(h[0], ": \t") || strings.EqualFold(h[0], "via") || strings.EqualFold(h[0], "v") {
				t.Errorf("header %q", h)
			}
		}
	})
}
