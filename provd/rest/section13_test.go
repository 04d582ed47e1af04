package rest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// Section 13: what an outside DHCP server reports.
func TestSection13(t *testing.T) {
	t.Parallel()
	post := func(body string) request { return request{method: "POST", path: "/0.2/dev_mgr/dhcpinfo", body: body} }
	tests := []struct {
		name, body string
		code       int
		text       string
		want       *provd.Request
	}{
		{
			"commit", `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"0:15:65:A:BB:CC","options":["06059.65.61","0771"]}}`, 204, "",
			&provd.Request{Kind: provd.DHCP, IP: "10.0.0.5", MAC: "00:15:65:0a:bb:cc", Phone: true, Options: map[byte][]byte{60: []byte("Yea"), 77: {1}}},
		},
		{
			"short address", `{"dhcp_info":{"op":"commit","ip":"10.5","mac":"00:15:65:AA:BB:CC","options":[]}}`, 204, "",
			&provd.Request{Kind: provd.DHCP, IP: "10.0.0.5", MAC: "00:15:65:aa:bb:cc", Phone: true, Options: map[byte][]byte{}},
		},
		{
			"octal and hexadecimal address", `{"dhcp_info":{"op":"commit","ip":"012.0x5","mac":"001565AABBCC","options":["0550"]}}`, 204, "",
			&provd.Request{Kind: provd.DHCP, IP: "10.0.0.5", MAC: "00:15:65:aa:bb:cc", Phone: true, Options: map[byte][]byte{55: {0}}},
		},
		{"binary address", `{"dhcp_info":{"op":"commit","ip":"0b1010.5"}}`, 400, "'0b1010.5' is not a valid dotted quad IPv4 address", nil},
		{"no mac", `{"dhcp_info":{"op":"commit","ip":"10.5"}}`, 400, "'mac'", nil},
		{"release", `{"dhcp_info":{"op":"release","ip":"10.0.0.5"}}`, 204, "", nil},
		{"expiry", `{"dhcp_info":{"op":"expiry","ip":"10.0.0.5"}}`, 204, "", nil},
		{"no wrapper", `{}`, 400, "'dhcp_info'", nil},
		{"wrapper of another type", `{"dhcp_info":[]}`, 400, "'dhcp_info' must be an object", nil},
		{"no op", `{"dhcp_info":{}}`, 400, "'op'", nil},
		{"bad op", `{"dhcp_info":{"op":"x"}}`, 400, "invalid operation value", nil},
		{"no ip", `{"dhcp_info":{"op":"release"}}`, 400, "'ip'", nil},
		{"bad ip", `{"dhcp_info":{"op":"commit","ip":"x"}}`, 400, "'x' is not a valid dotted quad IPv4 address", nil},
		{"ip out of range", `{"dhcp_info":{"op":"commit","ip":"10.0.0.256"}}`, 400, "not a valid dotted quad", nil},
		{"bad mac", `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"00:15"}}`, 400, "invalid MAC string", nil},
		{"no options", `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"00:15:65:aa:bb:cc"}}`, 400, "'options'", nil},
		{"bad bytes", `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"00:15:65:aa:bb:cc","options":["060zz"]}}`, 400, "invalid literal for int() with base 16: 'zz'", nil},
		{"one huge number", `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"00:15:65:aa:bb:cc","options":["060596561"]}}`, 400, "base 16", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			a := s.do(t, post(tt.body))
			if a.code != tt.code || !strings.Contains(a.body, tt.text) {
				t.Fatalf("got %d %s", a.code, a.body)
			}
			var want []provd.Request
			if tt.want != nil {
				want = append(want, *tt.want)
			}
			if diff := cmp.Diff(want, s.observed.requests); diff != "" {
				t.Error(diff)
			}
		})
	}
}
