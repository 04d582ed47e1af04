package journal

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newJournal(out *bytes.Buffer) *Journal {
	clock := time.Date(2026, 11, 22, 14, 2, 3, 0, time.UTC)
	return New(func() time.Time { clock = clock.Add(time.Second); return clock }, slog.New(slog.NewTextHandler(out, nil)))
}

func texts(events []Event) []string {
	var s []string
	for _, e := range events {
		s = append(s, e.Text)
	}
	return s
}

func TestTimelineStartsWithTheLease(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	j := newJournal(&out)
	j.Record(Event{MAC: "m1", IP: "10.0.0.5", Topic: "dhcp", Text: "ACK"})
	j.Record(Event{MAC: "m2", Topic: "dhcp", Text: "other phone"})
	j.Record(Event{Device: "d1", MAC: "m1", Topic: "ident", Text: "new device"})
	j.Record(Event{MAC: "m1", Topic: "dhcp", Text: "renewed"})
	if diff := cmp.Diff([]string{"ACK", "new device", "renewed"}, texts(j.Device("d1"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"new device", "renewed"}, texts(j.Recent(2))); diff != "" {
		t.Error(diff)
	}
	if got := out.String(); !strings.Contains(got, "msg=renewed topic=dhcp device=d1 mac=m1\n") {
		t.Errorf("log:\n%s", got)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	j := newJournal(&out)
	for i := range maxDevices + 10 {
		j.Record(Event{Device: fmt.Sprint("d", i), MAC: fmt.Sprint("m", i), Text: "x"})
	}
	for i := range perDevice + 5 {
		j.Record(Event{Device: "busy", Text: fmt.Sprint(i)})
	}
	j.mu.Lock()
	devices, macs, all := len(j.devices), len(j.macs), len(j.all.buf)
	j.mu.Unlock()
	if devices > maxDevices || macs > maxDevices || all != recent {
		t.Errorf("%d devices, %d macs, %d events", devices, macs, all)
	}
	if j.Device("d0") != nil {
		t.Error("the device that was quiet for longest is still there")
	}
	got := texts(j.Device("busy"))
	if len(got) != perDevice || got[0] != "5" || got[perDevice-1] != fmt.Sprint(perDevice+4) {
		t.Errorf("kept %d events, %s to %s", len(got), got[0], got[len(got)-1])
	}
}

func TestMACMovesToAnotherDevice(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	j := newJournal(&out)
	j.Record(Event{Device: "d1", MAC: "old", Text: "a"})
	j.Record(Event{Device: "d1", MAC: "new", Text: "b"})
	j.Record(Event{MAC: "new", Text: "c"})
	j.Record(Event{MAC: "old", Text: "d"})
	if diff := cmp.Diff([]string{"a", "b", "c"}, texts(j.Device("d1"))); diff != "" {
		t.Error(diff)
	}
}

// Whoever follows the journal gets every event once, learns what was missed, and is
// woken.
func TestFollow(t *testing.T) {
	t.Parallel()
	j := New(time.Now, slog.New(slog.DiscardHandler))
	_, missed, wake := j.After(0, 10)
	if missed || wake == nil {
		t.Fatalf("an empty journal: missed %v, wake %v", missed, wake)
	}
	for i := range 3 {
		j.Record(Event{Text: fmt.Sprint(i)})
	}
	<-wake
	events, missed, wake := j.After(1, 1)
	if len(events) != 1 || events[0].Seq != 2 || events[0].Text != "1" || missed || wake != nil {
		t.Errorf("after the first, one: %v %v", events, missed)
	}
	if events, _, _ = j.After(1, 10); len(events) != 2 || j.Last() != 3 {
		t.Errorf("after the first: %v, last %d", events, j.Last())
	}
	for range 5000 {
		j.Record(Event{Text: "more"})
	}
	events, missed, _ = j.After(3, 1)
	if !missed || len(events) != 1 || events[0].Seq != 5003-4096+1 {
		t.Errorf("after one that is gone: missed %v, %v", missed, events)
	}
	if events, missed, _ = j.After(5002, 10); missed || len(events) != 1 || events[0].Seq != 5003 {
		t.Errorf("the newest: missed %v, %v", missed, events)
	}
}

// Of too many devices the one that was quiet for longest is forgotten.
func TestQuietDevicesAreForgotten(t *testing.T) {
	t.Parallel()
	j := New(time.Now, slog.New(slog.DiscardHandler))
	for i := range 4096 {
		j.Record(Event{Device: fmt.Sprint(i), MAC: fmt.Sprint(i), Text: "seen"})
	}
	j.Record(Event{Device: "0", Text: "again"})
	j.Record(Event{Device: "new", Text: "seen"})
	if len(j.Device("0")) != 2 || j.Device("1") != nil || len(j.Device("2")) != 1 || len(j.Device("new")) != 1 {
		t.Errorf("0: %v, 1: %v, 2: %v", j.Device("0"), j.Device("1"), j.Device("2"))
	}
}
