package dhcp

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"provbox/dhcp/option"
)

// tell writes an explanation in a few lines.
func tell(e Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %v answered=%v why=%s\n", e.Subnet, e.Server, e.Answered, e.Why)
	for _, s := range e.Steps {
		if s.Fired || s.Near {
			fmt.Fprintf(&b, "%s fired=%v: %s\n", s.Rule, s.Fired, s.Reason)
			for _, x := range s.Sets {
				fmt.Fprintf(&b, "  %s = %s %s\n", x.What, x.Value, x.Lost)
			}
		}
	}
	for _, o := range e.Options {
		fmt.Fprintf(&b, "%s: %s\n", option.Name(o.Code), option.Format(o))
	}
	return b.String()
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Blocked = []string{"00:15:65:00:00:66"}
	for name, tc := range map[string]struct {
		q    Question
		want string
	}{
		"phone": {Question{MAC: "00-15-65-01-02-03", VendorClass: []byte("yealink"), Parameters: []byte{66, 3}}, `10.0.0.0/24 10.0.0.1 answered=true why=fresh
yealink-oui fired=true: the hardware address begins with 00:15:65
  66 tftp-server-name = "http://10.0.0.1:8667" 
yealink-class fired=true: option 60 begins with "yealink"
  66 tftp-server-name = "http://10.0.0.1:8667" rule yealink-oui has set it
54 server-identifier: 10.0.0.1
51 lease-time: 3600
58 renewal-time: 1800
59 rebinding-time: 3150
1 subnet-mask: 255.255.255.0
66 tftp-server-name: "http://10.0.0.1:8667"
3 routers: 10.0.0.1
`},
		"behind a relay": {Question{VendorClass: []byte("Panasonic"), Server: ip("10.9.9.9"), Parameters: []byte{66}}, `10.0.0.0/24 10.9.9.9 answered=true why=fresh
Panasonic fired=true: option 60 is "Panasonic"
  66 tftp-server-name = "http://10.9.9.9:8667/" 
54 server-identifier: 10.9.9.9
51 lease-time: 3600
58 renewal-time: 1800
59 rebinding-time: 3150
1 subnet-mask: 255.255.255.0
66 tftp-server-name: "http://10.9.9.9:8667/"
`},
		"not a phone": {Question{MAC: "02:00:00:00:00:07", VendorClass: []byte("MSFT 5.0"), Server: ip("10.0.0.2")}, "10.0.0.0/24 10.0.0.2 answered=false why=not a phone, and the subnet serves phones only\n"},
		"blocked":     {Question{MAC: "001565000066", Parameters: []byte{66}}, "10.0.0.0/24 10.0.0.1 answered=false why=blocked by the operator\nyealink-oui fired=true: the hardware address begins with 00:15:65\n  66 tftp-server-name = \"http://10.0.0.1:8667\" \n"},
		"excepted":    {Question{MAC: "00:04:13:00:00:01", VendorClass: []byte("snomD999"), Subnet: prefix("10.1.0.0/24"), Parameters: []byte{6}}, "10.1.0.0/24 10.1.0.1 answered=true why=fresh\nsnom-oui fired=false: the hardware address begins with 00:04:13, but its exception does not hold: option 60 is there: \"snomD999\"\nsnom-class fired=true: option 60 begins with \"snom\"\n  66 tftp-server-name = \"http://10.1.0.1:8667\" \n  6 domain-name-servers = 10.1.0.1 \n54 server-identifier: 10.1.0.1\n51 lease-time: 3600\n58 renewal-time: 1800\n59 rebinding-time: 3150\n1 subnet-mask: 255.255.255.0\n6 domain-name-servers: 10.1.0.1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := c.Explain(tc.q)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, tell(e)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for _, q := range []Question{{MAC: "x"}, {Subnet: prefix("10.9.0.0/24")}, {MAC: "01:00:5e:00:00:01"}} {
		if _, err := c.Explain(q); err == nil {
			t.Errorf("%+v is explained", q)
		}
	}
	e, err := Config{}.Explain(Question{VendorClass: []byte("Panasonic")})
	if err != nil || len(e.Result.Rules) != 1 || e.Answered {
		t.Errorf("without subnets: %+v %v", e.Result, err)
	}
}

// The running server gives the same account as its configuration.
func TestTrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		got, err := r.Trace(Question{MAC: "00:15:65:aa:aa:aa"})
		if err != nil {
			t.Fatal(err)
		}
		if got.Server != ip("10.0.0.2") || got.Reserved != ip("10.0.0.20") || got.Why != "fixed" {
			t.Errorf("%+v", got)
		}
		r.stop()
	})
}
