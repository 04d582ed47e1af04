package option

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A Memo gives what its table gives, the first time and afterwards, also for
// clients that differ only a little from one it knows.
func TestMemo(t *testing.T) {
	t.Parallel()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	memo := NewMemo(table)
	values := []Values{
		{URI: "http://10.0.0.2:8667", TFTPHost: "10.0.0.2", TFTPIP: netip.MustParseAddr("10.0.0.2")},
		{URI: "http://10.0.0.3:8667", TFTPHost: "10.0.0.3", TFTPIP: netip.MustParseAddr("10.0.0.3")},
		{},
	}
	long := make([]byte, 300)
	for _, mac := range [][]byte{{0, 0x15, 0x65, 1, 2, 3}, {0, 0x04, 0x13, 1, 2, 3}, {2, 0, 0, 1, 2, 3}, {0, 0x15, 0x65}, nil} {
		for _, class := range []string{"", "yealink", "yealinkx", "snom", "snom-m300", "Cisco Systems, Inc. IP Phone CP-7960G\x00", "Aastra6731i", "PolycomSoundPointIP-SPIP_335", "MSFT 5.0", "-", string(long)} {
			for _, user := range []string{"", "iPXE", "yealink"} {
				get := func(code byte) ([]byte, bool) {
					switch {
					case code == vendorClass && class != "":
						return []byte(class), true
					case code == 77 && user != "":
						return []byte(user), true
					}
					return nil, false
				}
				c := Client{MAC: mac, Get: get}
				for range 2 {
					for _, v := range values {
						if d := cmp.Diff(table.Decide(c, v), memo.Decide(c, v), cmpopts.EquateComparable(netip.Addr{})); d != "" {
							t.Errorf("%x %q %q (-table +memo):\n%s", mac, class, user, d)
						}
					}
				}
			}
		}
	}
}

// Absent and empty are two things, and no value runs into the next one.
func TestMemoKey(t *testing.T) {
	t.Parallel()
	m := &Memo{codes: []byte{60, 77}}
	seen := map[string]string{}
	for _, opts := range []map[byte]string{{}, {60: ""}, {77: ""}, {60: "", 77: ""}, {60: "ab"}, {77: "ab"}, {60: "a", 77: "b"}, {60: "ab", 77: ""}, {60: "", 77: "ab"}, {60: "\x00"}, {60: "\x01"}} {
		key, ok := m.key(nil, Client{Get: func(code byte) ([]byte, bool) {
			v, ok := opts[code]
			return []byte(v), ok
		}})
		name := fmt.Sprint(opts)
		if before, twice := seen[string(key)]; twice || !ok {
			t.Errorf("%s has the key of %s (%t)", name, before, ok)
		}
		seen[string(key)] = name
	}
}

// What strangers make up is forgotten again.
func TestMemoIsBounded(t *testing.T) {
	t.Parallel()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	memo := NewMemo(table)
	for i := range 5 * maxMemo {
		class := fmt.Appendf(nil, "class %d", i)
		memo.Decide(Client{Get: func(byte) ([]byte, bool) { return class, true }}, Values{TFTPHost: fmt.Sprint(i % 7)})
		n := 0
		for _, of := range memo.known {
			n += len(of)
		}
		if n > maxMemo || n != memo.size {
			t.Fatalf("%d clients remembered, counted as %d, after %d", n, memo.size, i+1)
		}
	}
}
