package central_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
	"provbox/provd"
)

func TestConfdLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		stack.AddLine("d1", 1, "Alice Martin", "1001", "default")
		stack.AddLine("d1", 2, "Bob", "1002", "default")
		a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
		serve(t, a)
		synctest.Wait()
		stack.Calls()
		confd := central.NewConfd(central.ConfdConfig{Endpoint: inMemory(stack), Cache: time.Minute}, a)
		registrar := central.Registrar{ID: "default", Name: "Registrar default", Host: "10.0.0.1"}
		want := []central.Line{
			{Name: "line1", Position: 1, Extensions: []string{"1001@default"}, Users: []string{"Alice Martin"}, CallerID: "Alice Martin", Registrar: registrar},
			{Name: "line2", Position: 2, Extensions: []string{"1002@default"}, Users: []string{"Bob"}, CallerID: "Bob", Registrar: registrar},
		}
		read := time.Now()
		for range 3 {
			got, at, err := confd.Lines(t.Context(), "d1", centraltest.Sub1)
			if diff := cmp.Diff(want, got); diff != "" || err != nil || at != read {
				t.Errorf("%v at %v\n%s", err, at, diff)
			}
		}
		calls := []string{"GET /1.1/devices/d1/lines", "GET /1.1/lines/1", "GET /1.1/registrars/default", "GET /1.1/lines/2"}
		if diff := cmp.Diff(calls, stack.Calls()); diff != "" {
			t.Error(diff)
		}
		// Away, the last answer is shown beside the reason.
		time.Sleep(time.Minute)
		for name, m := range map[string]centraltest.Mode{"away": {Away: true}, "slow": {Delay: time.Hour}, "nonsense": {Nonsense: true}, "errors": {Status: 500}} {
			stack.Set(m, centraltest.Confd)
			got, at, err := confd.Lines(t.Context(), "d1", centraltest.Sub1)
			if diff := cmp.Diff(want, got); diff != "" || provd.CodeOf(err) != provd.Unavailable || at != read {
				t.Errorf("%s: %v at %v\n%s", name, err, at, diff)
			}
		}
		stack.Set(centraltest.Mode{})
		if got, _, err := confd.Lines(t.Context(), "unknown", ""); len(got) != 0 || err != nil {
			t.Errorf("unknown device: %v, %v", got, err)
		}
		if _, _, err := confd.Lines(t.Context(), "..", ""); provd.CodeOf(err) != provd.Invalid {
			t.Errorf("no id: %v", err)
		}
		stack.Set(centraltest.Mode{Status: 401}, centraltest.Confd)
		if _, _, err := confd.Lines(t.Context(), "d2", ""); provd.CodeOf(err) != provd.Denied {
			t.Errorf("without the policy: %v", err)
		}
	})
}

// Names are remembered, so they have a length.
func TestConfdNamesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		stack.AddLine("d1", 1, strings.Repeat("é", 10_000), strings.Repeat("1", 10_000), "default")
		a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
		serve(t, a)
		synctest.Wait()
		lines, _, err := central.NewConfd(central.ConfdConfig{Endpoint: inMemory(stack)}, a).Lines(t.Context(), "d1", "")
		if err != nil || len(lines) != 1 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for _, text := range []string{lines[0].CallerID, lines[0].Users[0], lines[0].Extensions[0]} {
			if len(text) > 300 || !utf8.ValidString(text) || !strings.HasSuffix(text, "…") {
				t.Errorf("%d bytes", len(text))
			}
		}
	})
}
