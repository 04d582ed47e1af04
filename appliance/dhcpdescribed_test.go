package appliance_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"provbox/provd/rest/resttest"
)

// Every route below /0.2/dhcp answers with success as the box describes it.
func TestDHCPIsAsItDescribes(t *testing.T) {
	t.Parallel()
	s := newDHCPSite(t, dhcpFile)
	s.awake()
	resp, err := http.Get("http://" + s.app.REST().String() + "/0.2/api/api.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := resttest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) {
		t.Helper()
		code, answer, header := s.call(method, path, body)
		e := resttest.Exchange{Method: method, Path: "/0.2/dhcp" + path, Request: body, Code: code, Header: header, Answer: answer}
		if err := spec.Check(e); err != nil || code >= 300 {
			t.Errorf("%s %s: %d %s %v", method, path, code, answer, err)
		}
	}
	if _, err := s.acquire("02:00:00:00:00:01"); err != nil {
		t.Fatal(err)
	}
	ask("GET", "/leases", "")
	ask("GET", "/leases/127.77.0.1", "")
	ask("POST", "/leases/127.77.0.1/fix", `{}`)
	ask("DELETE", "/leases/127.77.0.1", "")
	ask("GET", "/reservations", "")
	ask("GET", "/reservations/02:00:00:00:00:01", "")
	ask("PUT", "/reservations/02:00:00:00:00:01", `{"reservation":{"mac":"02:00:00:00:00:01","ip":"127.77.0.5"}}`)
	ask("DELETE", "/reservations/02:00:00:00:00:01", "")
	ask("POST", "/reservations", `{"reservation":{"mac":"02:00:00:00:00:02","ip":"127.77.0.6"}}`)
	ask("GET", "/subnets", "")
	ask("POST", "/subnets", `{"subnet":{"interface":"lo","subnet":"10.9.0.0/24"}}`)
	ask("GET", "/subnets/10.9.0.0%2F24", "")
	ask("PUT", "/subnets/10.9.0.0%2F24", `{"subnet":{"lease_time":"2h"}}`)
	ask("DELETE", "/subnets/10.9.0.0%2F24", "")
	ask("PUT", "/rules", `{"rules":[{"name":"Mine","match":{"is":"snom300"},"set":{"66":"tftp://site"}}]}`)
	ask("GET", "/rules", "")
	ask("PUT", "/blocked", `{"blocked":["02:00:00:00:00:aa"]}`)
	ask("GET", "/blocked", "")
	ask("PUT", "/blocked/02:00:00:00:00:bb", `{}`)
	ask("DELETE", "/blocked/02:00:00:00:00:bb", "")
	ask("GET", "/status", "")
	ask("GET", "/confd", "")
	ask("PUT", "/confd", `{"active":false,"pool_start":null,"pool_end":null,"network_interfaces":[]}`)
	ask("PUT", "", `{"dhcp":{"mode":"off"}}`)
	ask("GET", "", "")
	ask("DELETE", "", "")
	served := strings.Join(spec.Seen(), "\n") + "\n"
	for _, op := range spec.Operations() {
		if _, path, _ := strings.Cut(op, " "); strings.HasPrefix(path, "/0.2/dhcp") && !strings.Contains(served, op+" 20") {
			t.Errorf("%s was never answered with success", op)
		}
	}
}
