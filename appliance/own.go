package appliance

import (
	"crypto/rand"
	"encoding/hex"

	"provbox/appliance/journal"
	"provbox/provd"
	"provbox/provd/rest"
)

// ownRoutes is what the REST routes need that wazo-provd does not have.
func (a *App) ownRoutes(closing <-chan struct{}) *rest.Own {
	var boot [4]byte
	_, _ = rand.Read(boot[:]) // never fails: crypto/rand ends the program instead
	return &rest.Own{
		Files: a.manager, Bulks: a.manager, Renderings: a.manager,
		Journal: restJournal{a.journal, hex.EncodeToString(boot[:])}, Closing: closing,
	}
}

// restJournal shows the journal over REST.
type restJournal struct {
	*journal.Journal
	boot string
}

func (j restJournal) Boot() string { return j.boot }

func (j restJournal) Device(id string) []rest.Entry { return entries(j.Journal.Device(id)) }

func (j restJournal) After(seq uint64, n int) ([]rest.Entry, bool, <-chan struct{}) {
	events, missed, wake := j.Journal.After(seq, n)
	return entries(events), missed, wake
}

func entries(events []journal.Event) []rest.Entry {
	list := make([]rest.Entry, len(events))
	for i, e := range events {
		list[i] = rest.Entry{Seq: e.Seq, Time: e.Time, Event: provd.Event{
			Device: e.Device, MAC: e.MAC, IP: e.IP, Tenant: e.Tenant, Topic: e.Topic, Text: e.Text, Attrs: e.Attrs,
		}}
	}
	return list
}
