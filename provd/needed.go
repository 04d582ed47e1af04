package provd

import (
	"context"
	"log/slog"
)

// NeededState is a config that wazo-confd expects, and whether it is there.
type NeededState struct {
	NeededConfig
	// Present is true when it is stored, Own when it is one that the box made for
	// itself: wazo-confd's wizard has not posted it yet.
	Present, Own bool
}

// Needed returns the configs that wazo-confd expects, and whether they are there.
func (m *Manager) Needed(context.Context) (list []NeededState, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		for _, n := range NeededConfigs() {
			doc, err := tx.Configs().Get(n.ID)
			if err != nil && CodeOf(err) != NotFound {
				return err
			}
			list = append(list, NeededState{n, err == nil, err == nil && doc.Bool(ownConfig)})
		}
		return nil
	})
	return list, err
}

// tellMissing tells the journal which of them are missing.
func (m *Manager) tellMissing(ctx context.Context) {
	list, err := m.Needed(ctx)
	if err != nil {
		m.log.Error("cannot look which configs are missing", "err", err)
	}
	for _, n := range list {
		if n.Present {
			continue
		}
		m.events.Record(Event{Topic: "config", Text: "a config that wazo-confd needs is missing", Attrs: []slog.Attr{
			slog.String("config", n.ID), slog.String("without", n.Without),
		}})
	}
}
