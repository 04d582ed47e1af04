package provd_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
)

// At the start the box says which of wazo-confd's configs are missing; those that it
// made for itself are marked.
func TestMissingConfigsAreTold(t *testing.T) {
	t.Parallel()
	events := &journal{topic: "config"}
	b := newBox(t, func(c *provd.ManagerConfig) {
		c.Recorder = events
		c.Autoprov = []*document.Object{document.New("id", "autoprov", "parent_ids", []any{}, "raw_config", document.New())}
	})
	b.mustConfig(t, `{"id":"base","parent_ids":[],"raw_config":{}}`)
	events.taken()
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // Serve tells before it waits
	if err := b.Serve(ctx); err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, text := range events.taken() {
		if rest, ok := strings.CutPrefix(text, "a config that wazo-confd needs is missing config="); ok {
			id, without, _ := strings.Cut(rest, " without=")
			missing = append(missing, id)
			if without == "" {
				t.Errorf("%s: not told what for", id)
			}
		}
	}
	if d := cmp.Diff([]string{"default", "defaultconfigdevice"}, missing); d != "" {
		t.Error(d)
	}
	list, err := b.Needed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	own := slices.IndexFunc(list, func(n provd.NeededState) bool { return n.ID == "autoprov" && n.Present && n.Own })
	posted := slices.IndexFunc(list, func(n provd.NeededState) bool { return n.ID == "base" && n.Present && !n.Own })
	if own < 0 || posted < 0 {
		t.Errorf("%+v", list)
	}
}
